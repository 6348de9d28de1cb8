import Synchronization

/// The writer's logic where its driver and those who ask for its findings meet. Its driver is a thread, or a cluster
/// that the writer was admitted to (`LabCluster.admit`).
package final class WriterShare: Sendable {
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

    /// Whether the driver has nothing more to do.
    package var isOver: Bool { state.withLock { $0.isEnding || $0.writer.isDone } }

    /// When `tick` is to be called; nil when nothing but a reply can change anything.
    package var nextTime: Duration? { state.withLock { $0.isEnding ? nil : $0.writer.nextTime } }

    /// Writes a second of the cluster's time.
    package var pace: Int { state.withLock(\.writer.plan.pace) }

    /// Whether all is sent and answered that was due by then.
    package func hasCaughtUp(with time: Duration) -> Bool {
        state.withLock { $0.isEnding || $0.writer.hasCaughtUp(with: time) }
    }

    /// Asks the driver to leave at once.
    func end() { state.withLock { $0.isEnding = true } }

    /// Tells the writer how often, and to which moments, the cluster has been rewound since this was done last.
    func noteRewinds(of cluster: any LabCluster) -> [ClusterWriter.Action] {
        cluster.events.map { noteRewinds($0, at: cluster.time) } ?? []
    }

    /// The same for who knows the time.
    package func noteRewinds(_ events: EventLog, at now: Duration) -> [ClusterWriter.Action] {
        let rewinds = events.rewinds
        return state.withLock { state in
            defer { state.rewinds = rewinds.count }
            return rewinds.dropFirst(state.rewinds).flatMap { state.writer.rewind(to: $0, at: now) }
        }
    }

    /// Tells the writer something.
    package func change<Result: Sendable>(_ body: (inout ClusterWriter) -> Result) -> Result {
        state.withLock { body(&$0.writer) }
    }
}
