import Keyspace
import RESP

/// The subcommands of CLUSTER about slots.
let clusterSlotCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "addslots", arity: -3, [.admin, .stale, .noAsyncLoading], .cluster, since: "3.0.0",
        complexity: "O(N) where N is the total number of hash slot arguments",
        summary: "Makes this node the owner of slots that nobody owns.", syntax: "slot:integer..."
    ) { node, arguments, reply throws(ReplyError) in
        try node.changeSlots(try singleSlots(arguments), assigning: true)
        reply.ok()
    },
    CommandSpec(
        "addslotsrange", arity: -4, [.admin, .stale, .noAsyncLoading], .cluster, since: "7.0.0",
        complexity:
            "O(N) where N is the total number of the slots between the start slot and end slot arguments.",
        summary: "Makes this node the owner of whole ranges of slots.",
        syntax: "start-slot_end-slot(start-slot end-slot)..."
    ) { node, arguments, reply throws(ReplyError) in
        try node.changeSlots(
            in: arguments, of: "cluster|addslotsrange", assigning: true)
        reply.ok()
    },
    CommandSpec(
        "delslots", arity: -3, [.admin, .stale, .noAsyncLoading], .cluster, since: "3.0.0",
        complexity: "O(N) where N is the total number of hash slot arguments",
        summary: "Lets this node forget who owns these slots.", syntax: "slot:integer..."
    ) { node, arguments, reply throws(ReplyError) in
        try node.changeSlots(try singleSlots(arguments), assigning: false)
        reply.ok()
    },
    CommandSpec(
        "delslotsrange", arity: -4, [.admin, .stale, .noAsyncLoading], .cluster, since: "7.0.0",
        complexity:
            "O(N) where N is the total number of the slots between the start slot and end slot arguments.",
        summary: "Lets this node forget who owns whole ranges of slots.",
        syntax: "start-slot_end-slot(start-slot end-slot)..."
    ) { node, arguments, reply throws(ReplyError) in
        try node.changeSlots(
            in: arguments, of: "cluster|delslotsrange", assigning: false)
        reply.ok()
    },
    CommandSpec(
        "flushslots", arity: 2, [.admin, .stale, .noAsyncLoading], .cluster, since: "3.0.0",
        summary: "Lets this node forget who owns any slot."
    ) { node, _, reply throws(ReplyError) in
        guard node.database.count == 0 else {
            throw ReplyError("ERR DB must be empty to perform CLUSTER FLUSHSLOTS.")
        }
        let slots = node.cluster.myself.slots
        slots.forEach { node.cluster.assign($0, to: .none) }
        node.cluster.todo.formUnion([.updateState, .saveConfiguration])
        reply.ok()
    },
    CommandSpec(
        "keyslot", arity: 3, [.stale], .cluster, since: "3.0.0",
        complexity: "O(N) where N is the number of bytes in the key",
        summary: "Tells the slot that a key hashes to.", syntax: "key:string"
    ) { _, arguments, reply throws(ReplyError) in
        reply.integer(HashSlot(of: arguments[2]).index)
    },
    CommandSpec(
        "countkeysinslot", arity: 3, [.stale], .cluster, since: "3.0.0",
        summary: "Counts the keys of a slot on this node.", syntax: "slot:integer"
    ) { node, arguments, reply throws(ReplyError) in
        guard let number = arguments[2].integer else { throw .notAnInteger }
        guard let slot = HashSlot(number) else { throw ReplyError("ERR Invalid slot") }
        reply.integer(node.database.count(in: slot))
    },
    CommandSpec(
        "getkeysinslot", arity: 4, [.stale], .cluster, tips: ["nondeterministic_output"],
        since: "3.0.0", complexity: "O(N) where N is the number of requested keys",
        summary: "Names some keys that this node has in a slot.", syntax: "slot:integer count:integer"
    ) { node, arguments, reply throws(ReplyError) in
        guard let number = arguments[2].integer, let limit = arguments[3].integer else {
            throw .notAnInteger
        }
        guard let slot = HashSlot(number), let limit = Int(exactly: limit), limit >= 0 else {
            throw ReplyError("ERR Invalid slot or number of keys")
        }
        let keys = node.database.keys(in: slot, limit: limit)
        reply.array(keys.count)
        for key in keys { reply.bulkString(key) }
    },
]

extension Node {
    /// Gives slots to this node, or takes them from whoever has them in this node's view; all or none. Either is
    /// local: others learn of an assignment by gossip, and of a removal never.
    fileprivate mutating func changeSlots(
        _ slots: [HashSlot], assigning: Bool
    ) throws(ReplyError) {
        var chosen = SlotSet()
        for slot in slots { try choose(slot, assigning: assigning, &chosen) }
        change(chosen, assigning: assigning)
    }

    /// The same for pairs of first and last. Each pair is looked at as it comes: no request is worth more than all
    /// slots.
    fileprivate mutating func changeSlots(
        in arguments: Arguments, of name: String, assigning: Bool
    ) throws(ReplyError) {
        guard arguments.count.isMultiple(of: 2) else { throw .wrongNumberOfArguments(name) }
        var chosen = SlotSet()
        for index in stride(from: 2, to: arguments.count, by: 2) {
            let first = try slot(arguments[index])
            let last = try slot(arguments[index + 1])
            guard first <= last else {
                throw ReplyError(
                    "ERR start slot number \(first) is greater than end slot number \(last)")
            }
            for number in first.index...last.index {
                try choose(HashSlot(unchecked: number), assigning: assigning, &chosen)
            }
        }
        change(chosen, assigning: assigning)
    }

    /// Checks that a slot can be given or taken (`checkSlotAssignmentsOrReply`).
    private func choose(
        _ slot: HashSlot, assigning: Bool, _ chosen: inout SlotSet
    ) throws(ReplyError) {
        let isAssigned = cluster.owner(of: slot) != .none
        if assigning, isAssigned { throw ReplyError("ERR Slot \(slot) is already busy") }
        if !assigning, !isAssigned { throw ReplyError("ERR Slot \(slot) is already unassigned") }
        guard !chosen.contains(slot) else {
            throw ReplyError("ERR Slot \(slot) specified multiple times")
        }
        chosen.insert(slot)
    }

    private mutating func change(_ slots: SlotSet, assigning: Bool) {
        slots.forEach { slot in
            cluster.importing[slot] = nil
            cluster.assign(slot, to: assigning ? .myself : .none)
        }
        cluster.todo.formUnion([.updateState, .saveConfiguration])
    }
}

private func slot(_ argument: Argument) throws(ReplyError) -> HashSlot {
    guard let slot = argument.integer.flatMap({ HashSlot($0) }) else {
        throw ReplyError("ERR Invalid or out of range slot")
    }
    return slot
}

/// The slots of ADDSLOTS and DELSLOTS.
private func singleSlots(_ arguments: Arguments) throws(ReplyError) -> [HashSlot] {
    var slots: [HashSlot] = []
    for index in 2..<arguments.count { slots.append(try slot(arguments[index])) }
    return slots
}
