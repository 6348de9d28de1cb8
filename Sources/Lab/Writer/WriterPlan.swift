/// What the writer, or the reader, is asked to do.
package struct WriterPlan: Hashable, Sendable {
    package var traffic: Traffic
    /// Writes, or reads, a second of the cluster's time.
    package var pace: Int
    /// The one key that is meant; nil for one key of every slot in turn.
    package var key: String?
    /// So many replicas have to confirm a write before it counts as acknowledged (WAIT); 0 asks for none.
    package var replicas: Int

    /// What is done to the keys.
    package enum Traffic: String, Hashable, Sendable {
        /// SET, with a value that tells which write it was.
        case writes
        /// GET.
        case reads
    }

    package init(
        _ traffic: Traffic = .writes, pace: Int = 50, key: String? = nil, replicas: Int = 0
    ) {
        self.traffic = traffic
        self.pace = pace
        self.key = key
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
