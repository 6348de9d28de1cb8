import RESP

// Verbs that do the same thing on every node.
extension ClusterManager {
    /// `call`: a command on every node, with the replies behind the nodes' addresses.
    mutating func call() throws(VerbFailure) {
        try load(from: node(options.arguments.prefix(1)))
        // redis-cli's words are C strings, what standard input held among them.
        let command = options.words.dropFirst().map { Array($0.prefix { $0 != 0 }) }
        log(.info, ">>> Calling")
        surroundings.standardOutput(command.flatMap { [0x20] + $0 } + [0x0A])
        for node in nodes {
            let isReplica = node.masterName != nil
            if isReplica ? options.onlyMasters : options.onlyReplicas { continue }
            guard let reply = try reply(node, command) else {
                say("\(node.address): Failed!\n")
                continue
            }
            // redis-cli prints a C string.
            let text = reply.rawText.prefix { $0 != 0 }
            surroundings.standardOutput(Array("\(node.address): ".utf8) + text + [0x0A])
        }
    }

    /// `set-timeout`: another cluster-node-timeout, in the nodes' files too.
    mutating func setTimeout() throws(VerbFailure) {
        let reference = try node(options.arguments.prefix(1))
        let timeout = leadingInteger(options.arguments[1])
        guard timeout >= 100 else {
            throw fail("Setting a node timeout of less than 100 milliseconds is a bad idea.\n")
        }
        try load(from: reference)
        log(.info, ">>> Reconfiguring node timeout in every cluster node...\n")
        var (done, failed) = (0, 0)
        for node in nodes {
            if let reason = try obstacleToSetting(timeout, on: node) {
                log(.error, "ERR setting node-timeout for \(node.address): \(reason)\n")
                failed += 1
            } else {
                log(.warning, "*** New timeout set for \(node.address)\n")
                done += 1
            }
        }
        log(.info, ">>> New node timeout set. \(done) OK, \(failed) ERR.\n")
    }

    /// The node's error, which is empty where it has gone away; nil when all is well.
    private func obstacleToSetting(
        _ timeout: Int, on node: ManagedNode
    ) throws(VerbFailure) -> String? {
        let set = try reply(node, "CONFIG", "SET", "cluster-node-timeout", "\(timeout)")
        guard let set else { return "" }
        if let message = Self.message(of: set) { return message }
        guard let rewritten = try reply(node, "CONFIG", "REWRITE") else { return "" }
        return Self.message(of: rewritten)
    }
}
