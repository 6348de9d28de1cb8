/// Which nodes a cluster has, who owns which slots, who replicates whom, and what each is set to: what an export makes
/// again elsewhere.
package struct ClusterTopology: Hashable, Sendable {
    /// The masters by their slots, then the replicas in the order of their masters.
    package let nodes: [Node]
    /// Of Redis, such as `7.0.15`.
    package let version: String
    /// What the export leaves out or takes for what it is not, in lines for people.
    package let remarks: [String]

    /// A node of it.
    package struct Node: Hashable, Sendable {
        /// Unique, such as `redis-7000`.
        package var name: String
        package var host: String
        package var port: Int
        package var busPort: Int
        /// The place of the node's master among the nodes; nil for a master.
        package var master: Int?
        /// Of a master, in ascending order.
        package var slots: [ClosedRange<Int>]
        /// Lines of redis.conf that are not Redis' defaults.
        package var settings: [Setting]

        package init(
            name: String, host: String, port: Int, busPort: Int, master: Int? = nil,
            slots: [ClosedRange<Int>] = [], settings: [Setting] = []
        ) {
            self.name = name
            self.host = host
            self.port = port
            self.busPort = busPort
            self.master = master
            self.slots = slots
            self.settings = settings
        }

        /// `0-5460 10923`, as CLUSTER NODES writes them.
        var slotText: String {
            slots.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
                .joined(separator: " ")
        }

        /// Whether it keeps what it writes in an append-only file.
        package var isAppendOnly: Bool {
            settings.contains(Setting(name: "appendonly", value: "yes"))
        }
    }

    /// A parameter and its value.
    package struct Setting: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(nodes: [Node], version: String, remarks: [String] = []) {
        self.nodes = nodes
        self.version = version
        self.remarks = remarks
    }

    /// `7.0` of `7.0.15`: what images are called by.
    package var shortVersion: String {
        version.split(separator: ".").prefix(2).joined(separator: ".")
    }

    /// `3 masters and 3 replicas`.
    package var summary: String {
        let masters = nodes.count { $0.master == nil }
        let replicas = nodes.count - masters
        return "\(masters) \(masters == 1 ? "master" : "masters") and \(replicas) "
            + (replicas == 1 ? "replica" : "replicas")
    }

    /// The name of a node's master; `-` for a master.
    func masterName(of node: Node) -> String { node.master.map { nodes[$0].name } ?? "-" }

    /// What a node is, in words for the comments of its files.
    func role(of node: Node) -> String {
        if node.master != nil { return "a replica of \(masterName(of: node))" }
        return node.slots.isEmpty
            ? "a master without slots" : "the master of the slots \(node.slotText)"
    }
}
