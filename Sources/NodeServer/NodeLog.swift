import ClusterCore

/// Where a node's log lines go.
package struct NodeLog: Sendable {
    private let sink: (@Sendable (String) -> Void)?

    /// - Parameter sink: takes each line, which already has the node's port in front; nil to keep quiet.
    package init(_ sink: (@Sendable (String) -> Void)? = nil) {
        self.sink = sink
    }

    func write(_ level: LogLevel, _ message: String, of node: Node) {
        guard let sink else { return }
        let role = node.isReplica ? "S" : "M"
        sink("\(node.configuration.port):\(role) \(level.rawValue) \(message)")
    }
}
