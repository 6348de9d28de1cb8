import Lab
import RESP

// Waiting until nodes that were told to meet agree on who owns what.
extension ClusterManager {
    /// Waits for as long as it takes. After a few seconds it says which nodes do not join, and why if that can be
    /// seen: redis-cli prints dots, and nothing else where a failed handshake has left no trace.
    func awaitJoin() throws(VerbFailure) {
        say("Waiting for the cluster to join\n")
        let warningInterval = 20 + Int(Float(nodes.count) * 0.15)
        var (seconds, sinceWarning) = (0, 0)
        while try !isConsistent() {
            say(".")
            try pause(.seconds(1))
            seconds += 1
            sinceWarning += 1
            if sinceWarning > warningInterval {
                try warnOfUnreachableNodes()
                sinceWarning = 0
            }
            if seconds == 5 || seconds > 5 && sinceWarning == 0 { try tellWhoIsMissing(seconds) }
        }
        say("\n")
    }

    /// What redis-cli says after some twenty seconds: the links that nodes report as down.
    private func warnOfUnreachableNodes() throws(VerbFailure) {
        var unreachable = RedisDictionary<[String]>()
        for node in nodes {
            guard let text = try value(node, ["CLUSTER", "NODES"])?.text else { continue }
            for line in NodesLine.parse(text) ?? [] where !line.isMyself && line.isDown {
                let sources = unreachable.find(line.address) ?? []
                unreachable.replace(line.address, with: sources + ["\(node.address)"])
            }
        }
        guard !unreachable.isEmpty else { return }
        say("\n")
        log(.error, "Warning: \(unreachable.count) node(s) may be unreachable\n")
        for (address, sources) in unreachable.entries {
            if let place = splitAddress(address), place.busPort != 0 {
                log(
                    .error,
                    " - The port \(place.busPort) of node \(place.host) may be unreachable from:\n")
            } else {
                log(.error, " - Node \(address) may be unreachable from:\n")
            }
            for source in sources { log(.error, "   \(source)\n") }
            log(
                .error,
                "Cluster bus ports must be reachable by every node.\nRemember that "
                    + "cluster bus ports are different from standard instance ports.\n")
        }
    }

    private func tellWhoIsMissing(_ seconds: Int) throws(VerbFailure) {
        guard let first = nodes.first else { return }
        say("\nAfter \(seconds) seconds the nodes have not joined:\n")
        for node in nodes {
            let missing = try nodes(unknownTo: node)
            guard !missing.isEmpty else { continue }
            let names =
                missing.count == nodes.count - 1
                ? "any other node" : missing.map(\.address.description).joined(separator: ", ")
            say(" - \(node.address) does not know \(names)\n")
        }
        var areAllReachable = true
        var told: Set<String> = []
        for node in nodes {
            guard let reason = try obstacle(to: node) else { continue }
            areAllReachable = false
            let place = "the bus port \(node.busPort) of \(node.address.host)"
            // Nodes in containers have all the same one.
            guard told.insert(place).inserted else { continue }
            say(" - \(place) cannot be reached from here: \(reason)\n")
        }
        if areAllReachable {
            say(
                " - the bus ports can all be reached from here; the nodes themselves may not reach "
                    + "\(first.address.host):\(first.busPort), which they were told to meet\n")
        }
        say("Every node must reach the bus port of every other. Still waiting; Ctrl-C ends it.\n")
    }

    /// The nodes that a node has no name or no link for.
    private func nodes(unknownTo node: ManagedNode) throws(VerbFailure) -> [ManagedNode] {
        let text = try reply(node, "CLUSTER", "NODES")?.text ?? ""
        let known = (NodesLine.parse(text) ?? []).filter { $0.isMyself || !$0.isDown }.map(\.name)
        return nodes.filter { $0 !== node && !known.contains($0.name) }
    }

    /// Why a node's bus port cannot be connected to from here; nil where it can.
    private func obstacle(to node: ManagedNode) throws(VerbFailure) -> String? {
        let port = NodeAddress(host: node.address.host, port: node.busPort)
        do { return try surroundings.obstacle(port) } catch { throw VerbFailure(error) }
    }
}

extension NodesLine {
    /// Whether the node has no link to the other, or does not know its name yet.
    fileprivate var isDown: Bool {
        linkStatus.contains("disconnected")
            || flags.contains { $0.contains("disconnected") || $0.contains("handshake") }
    }
}
