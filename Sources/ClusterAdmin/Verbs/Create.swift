import Lab
import RESP

extension ClusterManager {
    /// `create`: makes one cluster of nodes that know nobody.
    mutating func create() throws(VerbFailure) {
        for word in options.arguments { nodes.append(try emptyNode(word)) }
        try demandMasters(nodes.count / (options.replicas + 1))
        log(.info, ">>> Performing hash slots allocation on \(nodes.count) nodes...\n")
        plan()
        optimizeAntiAffinity()
        showNodes()
        guard try confirms("Can I set the above configuration?") else { return }
        for node in nodes { try sendPlan(to: node) }
        log(.info, ">>> Nodes configuration updated\n")
        log(.info, ">>> Assign a different config epoch to each node\n")
        for (index, node) in nodes.enumerated() {
            _ = try reply(node, "cluster", "set-config-epoch", "\(index + 1)")
        }
        log(.info, ">>> Sending CLUSTER MEET messages to join the cluster\n")
        for node in nodes.dropFirst() { try meet(nodes[0], from: node, lowercase: true) }
        // Before the first gossip all nodes agree that nobody owns anything.
        try pause(.seconds(1))
        try awaitJoin()
        // Most replicas did not know their master before.
        for node in nodes where node.isDirty { try sendPlan(to: node) }
        for node in nodes.dropFirst() { node.connection?.close() }
        try load(from: nodes[0])
        _ = try checkCluster()
    }

    /// A node that may become part of a new cluster.
    private func emptyNode(_ word: String) throws(VerbFailure) -> ManagedNode {
        guard let place = splitAddress(word) else {
            throw fail("Invalid address format: \(word)\n")
        }
        let node = ManagedNode(NodeAddress(host: place.host, port: place.port))
        guard try connect(node) else { throw .failed }
        try demandClusterMode(of: node)
        try loadInfo(of: node)
        try demandEmptiness(of: node)
        return node
    }

    private func demandMasters(_ count: Int) throws(VerbFailure) {
        guard count < 3 else { return }
        log(
            .error,
            """
            *** ERROR: Invalid configuration for cluster creation.
            *** Redis Cluster requires at least 3 master nodes.
            *** This is not possible with \(nodes.count) nodes and \(options.replicas) replicas per node.
            """)
        log(.error, "\n*** At least \(3 * (options.replicas + 1)) nodes are required.\n")
        throw .failed
    }

    private func plan() {
        let plan = SlotPlan(hosts: nodes.map(\.address.host), replicas: options.replicas)
        for (index, (place, slots)) in zip(plan.masters, plan.slots).enumerated() {
            say("Master[\(index)] -> Slots \(slots.lowerBound) - \(slots.upperBound)\n")
            let master = nodes[place]
            for slot in slots { master.slots[slot] = true }
            master.slotCount = slots.count
            master.isDirty = true
        }
        for (index, assignment) in plan.replicas.enumerated() {
            if index == plan.firstExtra { say("Adding extra replicas...\n") }
            let (replica, master) = (nodes[assignment.replica], nodes[assignment.master])
            replica.masterName = master.name
            replica.isDirty = true
            say("Adding replica \(replica.address) to \(master.address)\n")
        }
    }

    private func optimizeAntiAffinity() {
        var affinity = AntiAffinity(
            hosts: nodes.map(\.address.host), names: nodes.map(\.name),
            masterNames: nodes.map(\.masterName))
        guard affinity.score().value > 0 else { return }
        log(.info, ">>> Trying to optimize slaves allocation for anti-affinity\n")
        var random = GlibcRandom(seed: surroundings.unixTime())
        affinity.optimize(&random)
        for (node, masterName) in zip(nodes, affinity.masterNames) { node.masterName = masterName }
        switch affinity.score().value {
        case 0: log(.success, "[OK] Perfect anti-affinity obtained!\n")
        case 10_000...:
            log(.warning, "[WARNING] Some slaves are in the same host as their master\n")
        default:
            log(.warning, "[WARNING] Some slaves of the same master are in the same host\n")
        }
    }

    /// Gives a node the slots or the master of the plan. A replica that does not know its master yet refuses, and is
    /// asked again later; what a master refuses, the check finds.
    private func sendPlan(to node: ManagedNode) throws(VerbFailure) {
        guard node.isDirty else { return }
        let reply: RESPValue?
        if let masterName = node.masterName {
            reply = try self.reply(node, "CLUSTER", "REPLICATE", masterName)
            if reply == nil || Self.message(of: reply) != nil { return }
        } else {
            let slots = node.slots.slots.map { Array("\($0)".utf8) }
            reply = try self.reply(node, [Array("CLUSTER".utf8), Array("ADDSLOTS".utf8)] + slots)
        }
        node.isDirty = false
    }

    /// Tells a node to meet another one. MEET wants an IP address, and the bus port only where it is not the usual one.
    func meet(
        _ other: ManagedNode, from node: ManagedNode, lowercase: Bool
    ) throws(VerbFailure) {
        guard let host = surroundings.resolve(other.address.host) else {
            throw fail("Invalid IP address or hostname specified: \(other.address.host)\n")
        }
        let port = other.address.port
        let isUsual = other.busPort == 0 || other.busPort == port + 10_000
        let words =
            (lowercase ? ["cluster", "meet"] : ["CLUSTER", "MEET"]) + [host, "\(port)"]
            + (isUsual ? [] : ["\(other.busPort)"])
        guard try succeeds(node, words) else { throw .failed }
    }
}
