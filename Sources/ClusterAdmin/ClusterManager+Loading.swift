import Lab
import RESP

// Finding out which nodes there are, and what each says of itself.
extension ClusterManager {
    /// The node with this name; redis-cli takes upper case, too.
    func node(named name: String) -> ManagedNode? {
        let name = name.lowercased()
        return nodes.first { $0.name == name }
    }

    /// All nodes of the cluster that a node belongs to, each asked for itself. Those that do not answer are left out.
    mutating func load(from node: ManagedNode) throws(VerbFailure) {
        if node.connection == nil, try !connect(node) { throw .failed }
        try demandClusterMode(of: node)
        let lines = try loadInfo(of: node)
        nodes = [node]
        for line in lines where !line.isMyself { try loadFriend(line) }
        for replica in nodes {
            guard let name = replica.masterName else { continue }
            guard let master = self.node(named: name) else {
                log(
                    .warning,
                    "*** WARNING: \(replica.address) claims to be slave of unknown node ID \(name).\n"
                )
                continue
            }
            master.replicaCount += 1
        }
    }

    private mutating func loadFriend(_ line: NodesLine) throws(VerbFailure) {
        let friend = ManagedNode(
            NodeAddress(host: line.host, port: line.port), busPort: line.busPort)
        friend.update(from: line)
        if try isReachable(friend) {
            nodes.append(friend)
        } else if !friend.isReplica {
            unreachableMasters += 1
        }
    }

    private func isReachable(_ friend: ManagedNode) throws(VerbFailure) -> Bool {
        guard friend.address.port != 0, try connect(friend) else { return false }
        let text = try reply(friend, "CLUSTER", "NODES")?.text
        guard let text, let lines = NodesLine.parse(text) else {
            log(.error, "[ERR] Unable to load info for node \(friend.address)\n")
            return false
        }
        if let myself = lines.first(where: \.isMyself) { friend.update(from: myself) }
        return !friend.isUnusable
    }

    /// What the node says of itself; the lines of all nodes that it knows.
    /// - Throws: after having said why there is none.
    @discardableResult
    func loadInfo(of node: ManagedNode) throws(VerbFailure) -> [NodesLine] {
        guard let text = try value(node, ["CLUSTER", "NODES"])?.text else { throw .failed }
        guard let lines = NodesLine.parse(text) else {
            throw fail("Error: invalid CLUSTER NODES reply\n")
        }
        if let myself = lines.first(where: \.isMyself) { node.update(from: myself) }
        return lines
    }

    /// Ends the verb where the node is not in cluster mode.
    func demandClusterMode(of node: ManagedNode) throws(VerbFailure) {
        let reply = try reply(node, "INFO")
        let info = reply?.text ?? ""
        guard Self.integerField("cluster_enabled", of: info) == 1 else {
            let reason = Self.message(of: reply) ?? "is not configured as a cluster node."
            log(.error, "[ERR] Node \(node.address) \(reason)\n")
            throw .failed
        }
    }

    /// Ends the verb where the node has keys, or knows others.
    func demandEmptiness(of node: ManagedNode) throws(VerbFailure) {
        let reason: String
        let info = try reply(node, "INFO")
        if let text = info?.text, !text.contains("db0:") {
            let reply = try reply(node, "CLUSTER", "INFO")
            if Self.integerField("cluster_known_nodes", of: reply?.text ?? "") == 1 { return }
            reason = Self.message(of: reply) ?? Self.notEmpty
        } else {
            reason = Self.message(of: info) ?? Self.notEmpty
        }
        log(.error, "[ERR] Node \(node.address) \(reason)\n")
        throw .failed
    }

    private static let notEmpty =
        "is not empty. Either the node already knows other nodes (check with CLUSTER NODES) "
        + "or contains some key in database 0."

    /// The text of an error reply; nil for any other.
    static func message(of reply: RESPValue?) -> String? {
        guard case .error(let message) = reply else { return nil }
        return message
    }

    /// A number among lines of `name:value`.
    static func integerField(_ name: String, of text: String) -> Int? {
        text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }
            .map { leadingInteger($0.dropFirst(name.count + 1)) }
    }
}
