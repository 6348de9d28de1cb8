import Lab
import RESP

// Commands to single nodes, and what redis-cli makes of their replies.
extension ClusterManager {
    /// Opens the node's connection and gives the password, if there is one.
    /// - Returns: whether that went well; if not, it has been said why.
    func connect(_ node: ManagedNode) throws(VerbFailure) -> Bool {
        node.connection?.close()
        node.connection = nil
        do throws(LabError) {
            node.connection = try surroundings.connect(node.address)
        } catch {
            if error == .interrupted { throw .interrupted }
            surroundings.complain("\(error)\n")
            return false
        }
        guard let password = options.password else { return true }
        return try succeeds(node, ["AUTH"] + (options.user.map { [$0] } ?? []) + [password])
    }

    /// The node's reply, an error among them; nil where the node has gone away.
    func reply(_ node: ManagedNode, _ command: [[UInt8]]) throws(VerbFailure) -> RESPValue? {
        guard let connection = node.connection else { return nil }
        do throws(LabError) {
            return try connection.send(command)
        } catch {
            if error == .interrupted { throw .interrupted }
            return nil
        }
    }

    /// `reply` for words that are text.
    func reply(_ node: ManagedNode, _ words: String...) throws(VerbFailure) -> RESPValue? {
        try reply(node, words.map { Array($0.utf8) })
    }

    /// The node's reply, an error among them.
    func answer(_ node: ManagedNode, _ command: [[UInt8]]) throws(VerbFailure) -> RESPValue {
        guard let reply = try reply(node, command) else {
            throw .lost(.connectionLost(node.address))
        }
        return reply
    }

    /// `answer` for words that are text.
    func answer(_ node: ManagedNode, _ words: String...) throws(VerbFailure) -> RESPValue {
        try answer(node, words.map { Array($0.utf8) })
    }

    /// The node's reply, or nil after having printed its error.
    func value(_ node: ManagedNode, _ words: [String]) throws(VerbFailure) -> RESPValue? {
        let reply = try answer(node, words.map { Array($0.utf8) })
        guard case .error(let message) = reply else { return reply }
        tellError(message, of: node)
        return nil
    }

    /// Whether the node does it; if not, its error is printed.
    func succeeds(_ node: ManagedNode, _ words: [String]) throws(VerbFailure) -> Bool {
        try value(node, words) != nil
    }

    /// `succeeds` for words one by one.
    func succeeds(_ node: ManagedNode, _ words: String...) throws(VerbFailure) -> Bool {
        try succeeds(node, words)
    }

    /// Ends the verb if the node does not do it.
    func demand(_ node: ManagedNode, _ words: String...) throws(VerbFailure) {
        guard try succeeds(node, words) else { throw .failed }
    }

    // MARK: Slots

    /// CLUSTER SETSLOT with a node: the node's error, or nil.
    func setSlot(
        _ slot: Int, on node: ManagedNode, _ state: String, _ other: ManagedNode
    ) throws(VerbFailure) -> String? {
        let reply = try reply(node, "CLUSTER", "SETSLOT", "\(slot)", state, other.name)
        guard let reply else { return "CLUSTER SETSLOT failed to run" }
        guard case .error(let message) = reply else { return nil }
        return message
    }

    /// `setSlot`, its error printed.
    func setsSlot(
        _ slot: Int, on node: ManagedNode, _ state: String, _ other: ManagedNode
    ) throws(VerbFailure) -> Bool {
        guard let message = try setSlot(slot, on: node, state, other) else { return true }
        tellError(message, of: node)
        return false
    }

    /// Ends the slot's importing or migrating state.
    func closesSlot(_ slot: Int, on node: ManagedNode) throws(VerbFailure) -> Bool {
        try succeeds(node, "CLUSTER", "SETSLOT", "\(slot)", "STABLE")
    }

    /// How many keys of the slot a node has; nil after having printed an error.
    func countKeys(in slot: Int, of node: ManagedNode) throws(VerbFailure) -> Int? {
        try value(node, ["CLUSTER", "COUNTKEYSINSLOT", "\(slot)"])?.integer.map(Int.init)
    }

    /// CLUSTER DELSLOTS. That the slot has no owner anyway is no error.
    func deletesSlot(_ slot: Int, on node: ManagedNode) throws(VerbFailure) -> Bool {
        let reply = try answer(node, "CLUSTER", "DELSLOTS", "\(slot)")
        guard case .error(let message) = reply else { return true }
        switch try owner(of: slot, on: node) {
        case .nobody: return true
        case .error(let reason): tellError(reason, of: node)
        case .node: break
        }
        tellError(message, of: node)
        return false
    }

    /// Makes the node own the slot, whatever it believed before, with an epoch that wins.
    func setsOwner(
        of slot: Int, to owner: ManagedNode, closing: Bool = false
    ) throws(VerbFailure) -> Bool {
        guard try succeeds(owner, "MULTI") else { return false }
        _ = try deletesSlot(slot, on: owner)
        _ = try succeeds(owner, "CLUSTER", "ADDSLOTS", "\(slot)")
        if closing { _ = try closesSlot(slot, on: owner) }
        _ = try succeeds(owner, "CLUSTER", "BUMPEPOCH")
        guard let replies = try value(owner, ["EXEC"])?.elements else { return false }
        // Only ADDSLOTS, the second command, has to succeed.
        if replies.count > 1, case .error(let message) = replies[1] {
            tellError(message, of: owner)
            return false
        }
        return true
    }

    /// Who owns a slot in the eyes of a node.
    enum SlotOwner {
        case nobody
        case node(ManagedNode)
        case error(String)
    }

    /// The owner of a slot as CLUSTER SLOTS names it. One that is not among the nodes is nobody.
    func owner(of slot: Int, on node: ManagedNode) throws(VerbFailure) -> SlotOwner {
        let reply = try answer(node, "CLUSTER", "SLOTS")
        if case .error(let message) = reply { return .error(message) }
        for range in reply.elements ?? [] {
            guard let fields = range.elements, fields.count >= 3, let first = fields[0].integer,
                let last = fields[1].integer, (first...max(first, last)).contains(Int64(slot)),
                let master = fields[2].elements, master.count >= 3, let name = master[2].text,
                let owner = self.node(named: name)
            else { continue }
            return .node(owner)
        }
        return .nobody
    }
}
