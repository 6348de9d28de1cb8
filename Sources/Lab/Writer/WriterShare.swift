import Synchronization

/// The writer's logic where its driver and those who ask for its findings meet.
final class WriterShare: Sendable {
    private let state: Mutex<State>

    private struct State {
        var writer: ClusterWriter
        var isEnding = false
        /// Of how many rewinds of the cluster the writer knows.
        var rewinds: Int
    }

    init(_ writer: ClusterWriter, in cluster: any LabCluster) {
        state = Mutex(State(writer: writer, rewinds: cluster.events?.rewinds.count ?? 0))
    }

    /// The writer as it is now.
    var writer: ClusterWriter { state.withLock(\.writer) }

    /// Whether the driver is to leave at once.
    var isEnding: Bool { state.withLock(\.isEnding) }

    /// Asks the driver to leave at once.
    func end() { state.withLock { $0.isEnding = true } }

    /// Tells the writer how often, and to which moments, the cluster has been rewound since this was done last.
    func noteRewinds(of cluster: any LabCluster) -> [ClusterWriter.Action] {
        guard let rewinds = cluster.events?.rewinds else { return [] }
        let now = cluster.time
        return state.withLock { state in
            defer { state.rewinds = rewinds.count }
            return rewinds.dropFirst(state.rewinds).flatMap { state.writer.rewind(to: $0, at: now) }
        }
    }

    /// Tells the writer something.
    func change<Result: Sendable>(_ body: (inout ClusterWriter) -> Result) -> Result {
        state.withLock { body(&$0.writer) }
    }
}
