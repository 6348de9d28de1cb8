import Lab
import RESP

// The keys of one slot, a handful in each MIGRATE.
extension ClusterManager {
    /// Moves keys until the source has none in the slot.
    /// - Returns: what went wrong, or nil.
    func moveKeys(
        of slot: Int, from source: ManagedNode, to target: ManagedNode, _ moveOptions: MoveOptions
    ) throws(VerbFailure) -> MoveFailure? {
        while true {
            let reply = try answer(
                source, "CLUSTER", "GETKEYSINSLOT", "\(slot)", "\(options.pipeline)")
            if case .error(let message) = reply {
                if !moveOptions.contains(.tellsErrors) { tellError(message, of: source) }
                return MoveFailure(text: message)
            }
            let keys = (reply.elements ?? []).compactMap(\.bytes)
            guard !keys.isEmpty else { return nil }
            let outcome = try migrate(keys, from: source, to: target, replacing: false)
            if case .error(let message) = outcome {
                let batch = KeyBatch(slot: slot, keys: keys, source: source, target: target)
                if let failure = try retry(batch, after: message) { return failure }
            }
            if moveOptions.contains(.dots) { say(String(repeating: ".", count: keys.count)) }
        }
    }

    /// Keys on their way.
    private struct KeyBatch {
        let slot: Int
        let keys: [[UInt8]]
        let source: ManagedNode
        let target: ManagedNode
    }

    private func migrate(
        _ keys: [[UInt8]], from source: ManagedNode, to target: ManagedNode, replacing: Bool
    ) throws(VerbFailure) -> RESPValue {
        var words = [
            "MIGRATE", target.address.host, "\(target.address.port)", "", "0",
            "\(options.timeout)",
        ]
        if replacing { words.append("REPLACE") }
        words += migrateCredentials
        words.append("KEYS")
        return try answer(source, words.map { Array($0.utf8) } + keys)
    }

    /// AUTH or AUTH2 with what the user gave for all nodes.
    var migrateCredentials: [String] {
        guard let password = options.password else { return [] }
        return options.user.map { ["AUTH2", $0, password] } ?? ["AUTH", password]
    }

    /// Deals with a refused MIGRATE: keys that the target has already, or a slot that the source does not serve.
    private func retry(
        _ batch: KeyBatch, after message: String
    ) throws(VerbFailure) -> MoveFailure? {
        let isBusy = message.contains("BUSYKEY")
        var isUnserved = false
        if !isBusy { isUnserved = try self.isUnserved(batch.slot, on: batch.source) }
        guard isBusy || isUnserved else { return giveUp(batch, message) }
        if isUnserved, options.verb == Verb.fix.rawValue {
            log(
                .warning,
                "*** Slot was not served, setting owner to node \(batch.target.address).\n")
            _ = try setsSlot(batch.slot, on: batch.source, "node", batch.target)
        }
        if isBusy {
            log(.warning, "\n*** Target key exists\n")
            if !options.replaces, try !areEqual(batch) { return MoveFailure() }
            log(.warning, "*** Replacing target keys...\n")
        }
        let outcome = try migrate(
            batch.keys, from: batch.source, to: batch.target, replacing: isBusy)
        guard case .error(let message) = outcome else { return nil }
        return giveUp(batch, message)
    }

    private func giveUp(_ batch: KeyBatch, _ message: String) -> MoveFailure {
        say("\n")
        tellError(message, of: batch.source)
        return MoveFailure(text: message)
    }

    private func isUnserved(_ slot: Int, on source: ManagedNode) throws(VerbFailure) -> Bool {
        switch try owner(of: slot, on: source) {
        case .nobody: return true
        case .node: return false
        case .error(let reason):
            tellError(reason, of: source)
            return false
        }
    }

    /// Whether no key has different values at source and target; if one has, it is said.
    private func areEqual(_ batch: KeyBatch) throws(VerbFailure) -> Bool {
        log(.warning, "*** Checking key values on both nodes...\n")
        guard let differing = try differingKeys(batch) else {
            log(.error, "*** Value check failed!\n")
            return false
        }
        guard !differing.isEmpty else { return true }
        log(
            .error,
            """
            *** Found \(differing.count) key(s) in both source node and target node having different values.
                Source node: \(batch.source.address)
                Target node: \(batch.target.address)
                Keys(s):

            """)
        for key in differing { log(.error, "    - \(String(decoding: key, as: UTF8.self))\n") }
        log(
            .error,
            """
            Please fix the above key(s) manually and try again or relaunch the command \n\
            with --cluster-replace option to force key overriding.

            """)
        return false
    }

    /// The keys that both nodes have, with different values; nil after having printed an error.
    private func differingKeys(_ batch: KeyBatch) throws(VerbFailure) -> [[UInt8]]? {
        let command = ["DEBUG", "DIGEST-VALUE"].map { Array($0.utf8) } + batch.keys
        let replies = (
            try answer(batch.source, command), try answer(batch.target, command)
        )
        for (reply, node) in [(replies.0, batch.source), (replies.1, batch.target)] {
            if case .error(let message) = reply { tellError(message, of: node) }
        }
        guard let source = replies.0.elements, let target = replies.1.elements else { return nil }
        let absent = String(repeating: "0", count: 40)
        return zip(batch.keys, zip(source, target)).filter { _, digests in
            digests.0 != digests.1 && digests.0.text != absent && digests.1.text != absent
        }.map(\.0)
    }
}

extension RESPValue {
    /// The bytes of a string; nil for anything else.
    var bytes: [UInt8]? {
        switch self {
        case .bulkString(let bytes), .verbatimString(_, let bytes): bytes
        case .simpleString(let text): Array(text.utf8)
        case .error, .integer, .null, .array, .map, .set, .push, .double, .boolean, .bigNumber: nil
        }
    }
}
