package import ClusterCore

/// Where a node's log lines and events go.
package struct NodeLog: Sendable {
    private let sink: (@Sendable (Line) -> Void)?
    private let events: Trace?

    /// Takes what a node did or noticed: where clients of the machine find it, when, and what.
    package typealias Trace = @Sendable (Place, Instant, NodeEvent) -> Void

    /// Where clients of the machine find a node.
    package struct Place: Hashable, Sendable {
        /// The own address of a container that publishes no port; nil for the machine's.
        package let address: String?
        package let port: Int
    }

    /// What a node has to say.
    package struct Line: Sendable {
        package let port: Int
        package let isReplica: Bool
        package let level: LogLevel
        package let message: String
        /// Whether the node's loglevel lets it into the log.
        package let isWanted: Bool

        /// `M` or `S`, as in Redis' log.
        package var role: String { isReplica ? "S" : "M" }
    }

    /// - Parameters:
    ///   - sink: takes each line, which already has the node's port in front; nil to keep quiet.
    ///   - trace: takes the events, on the node's event loop; nil where nobody wants them.
    package init(_ sink: (@Sendable (String) -> Void)? = nil, trace: Trace? = nil) {
        if let sink {
            self.sink = { line in
                sink("\(line.port):\(line.role) \(line.level.rawValue) \(line.message)")
            }
        } else {
            self.sink = nil
        }
        events = trace
    }

    /// - Parameter lines: takes what the nodes say, on their event loops.
    package init(lines: @escaping @Sendable (Line) -> Void) {
        sink = lines
        events = nil
    }

    private init(sink: (@Sendable (Line) -> Void)?, events: Trace?) {
        self.sink = sink
        self.events = events
    }

    /// The same log, of which somebody else gets each line, too.
    func copied(to other: (@Sendable (Line) -> Void)?) -> NodeLog {
        guard let other else { return self }
        guard let sink else { return NodeLog(sink: other, events: events) }
        return NodeLog(
            sink: { line in
                sink(line)
                other(line)
            }, events: events)
    }

    func write(_ level: LogLevel, _ message: String, of node: Node) {
        guard let sink else { return }
        sink(
            Line(
                port: node.configuration.mainPort, isReplica: node.isReplica, level: level,
                message: message, isWanted: node.configuration.logs(level)))
    }

    func trace(_ event: NodeEvent, of node: Node, in network: NetworkView) {
        events?(network.place(of: node.configuration.mainPort), node.now, event)
    }
}
