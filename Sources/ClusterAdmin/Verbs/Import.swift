import Lab
import RESP

extension ClusterManager {
    /// `import`: moves or copies all keys of a server without cluster mode into the cluster.
    mutating func importKeys() throws(VerbFailure) {
        let reference = try node(options.arguments)
        guard let from = options.from else {
            throw fail("[ERR] Option '--cluster-from' is required for subcommand 'import'.\n")
        }
        guard let address = Self.address([from]) else {
            throw fail(
                "[ERR] Invalid --cluster-from host. You need to pass a valid address "
                    + "(ie. 120.0.0.1:7000).\n")
        }
        log(.info, ">>> Importing data from \(address) to cluster \(reference.address)\n")
        try load(from: reference)
        guard try checkCluster() else { throw .failed }
        let source = ManagedNode(address)
        try connectSource(source)
        let info = try sourceValue(source, ["INFO"]).text ?? ""
        if Self.integerField("cluster_enabled", of: info) ?? 0 != 0 {
            log(.error, "[ERR] The source node should not be a cluster node.\n")
            throw .failed
        }
        let size = try sourceValue(source, ["DBSIZE"]).integer ?? 0
        log(.warning, "*** Importing \(size) keys from DB 0\n")
        try importAll(from: source)
    }

    private func connectSource(_ source: ManagedNode) throws(VerbFailure) {
        do throws(LabError) {
            source.connection = try surroundings.connect(source.address)
        } catch {
            if error == .interrupted { throw .interrupted }
            throw fail("\(error).\n")
        }
        guard let password = options.fromPassword else { return }
        let words = ["AUTH"] + (options.fromUser.map { [$0] } ?? []) + [password]
        let reply = try answer(source, words.map { Array($0.utf8) })
        if let message = Self.message(of: reply) { throw fail("AUTH failed: \(message)\n") }
    }

    private func importAll(from source: ManagedNode) throws(VerbFailure) {
        let owners = slotOwners()
        let options =
            migrateCredentials + (options.copies ? ["COPY"] : [])
            + (options.replaces ? ["REPLACE"] : [])
        var cursor = "0"
        repeat {
            let reply = try sourceValue(source, ["SCAN", cursor, "COUNT", "1000"])
            guard let parts = reply.elements, parts.count == 2, let next = parts[0].text else {
                throw .lost(.malformedReply(source.address))
            }
            cursor = next
            for key in parts[1].elements?.compactMap(\.bytes) ?? [] {
                try importKey(key, from: source, to: owners[slot(ofKey: key)], options)
            }
        } while cursor != "0"
    }

    /// Each slot's owner.
    private func slotOwners() -> [ManagedNode?] {
        var owners = [ManagedNode?](repeating: nil, count: SlotSet.slotCount)
        for node in nodes.reversed() where !node.isReplica {
            for slot in node.slots.slots { owners[slot] = node }
        }
        return owners
    }

    private func importKey(
        _ key: [UInt8], from source: ManagedNode, to target: ManagedNode?, _ options: [String]
    ) throws(VerbFailure) {
        guard let target else {
            throw fail("*** No node owns the slot of a key of the source.\n")
        }
        let (host, port) = (target.address.host, "\(target.address.port)")
        surroundings.standardOutput(
            Array("Migrating ".utf8) + key.prefix { $0 != 0 } + Array(" to \(host):\(port): ".utf8))
        let command =
            ["MIGRATE", host, port].map { Array($0.utf8) } + [key]
            + (["0", "\(self.options.timeout)"] + options).map { Array($0.utf8) }
        let reply = try answer(source, command)
        if let message = Self.message(of: reply) { throw tellSourceError(message, source) }
        log(.success, "OK\n")
    }

    private func sourceValue(
        _ source: ManagedNode, _ words: [String]
    ) throws(VerbFailure) -> RESPValue {
        let reply = try answer(source, words.map { Array($0.utf8) })
        if let message = Self.message(of: reply) { throw tellSourceError(message, source) }
        return reply
    }

    private func tellSourceError(_ message: String, _ source: ManagedNode) -> VerbFailure {
        log(.error, "Source \(source.address) replied with error:\n\(message)\n")
        return .failed
    }
}
