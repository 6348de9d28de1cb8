package import ClusterCore

/// Where a node's log lines and events go.
package struct NodeLog: Sendable {
    private let sink: (@Sendable (String) -> Void)?
    private let events: Trace?

    /// Takes what a node did or noticed: its port, when, and what.
    package typealias Trace = @Sendable (Int, Instant, NodeEvent) -> Void

    /// - Parameters:
    ///   - sink: takes each line, which already has the node's port in front; nil to keep quiet.
    ///   - trace: takes the events, on the node's event loop; nil where nobody wants them.
    package init(_ sink: (@Sendable (String) -> Void)? = nil, trace: Trace? = nil) {
        self.sink = sink
        events = trace
    }

    func write(_ level: LogLevel, _ message: String, of node: Node) {
        guard let sink else { return }
        let role = node.isReplica ? "S" : "M"
        sink("\(node.configuration.port):\(role) \(level.rawValue) \(message)")
    }

    func trace(_ event: NodeEvent, of node: Node) {
        events?(node.configuration.port, node.now, event)
    }
}
