/// What the writer is asked to do.
package struct WriterPlan: Hashable, Sendable {
    /// Writes a second of the cluster's time.
    package var pace: Int
    /// So many replicas have to confirm a write before it counts as acknowledged (WAIT); 0 asks for none.
    package var replicas: Int

    package init(pace: Int = 50, replicas: Int = 0) {
        self.pace = pace
        self.replicas = replicas
    }

    /// One thread with one connection a node keeps that up on any machine.
    package static let paces = 1...1000

    /// For so long of the cluster's time a node may owe a reply; then the write's fate is unknown.
    static let patience = Duration.seconds(2)

    /// The same for WAIT, as Redis takes it.
    static let waitMilliseconds = 1000

    /// Between two writes.
    var interval: Duration { .seconds(1) / pace }
}
