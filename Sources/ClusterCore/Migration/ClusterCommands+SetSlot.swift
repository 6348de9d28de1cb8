import Keyspace
import RESP

/// The subcommand of CLUSTER that moves slots.
let clusterMigrationCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "setslot", arity: -4, [.admin, .stale, .noAsyncLoading], .cluster, since: "3.0.0",
        summary: "Opens a slot for its move to another node, closes it, or gives it to a node.",
        syntax: "slot:integer subcommand<IMPORTING node-id|MIGRATING node-id|NODE node-id|STABLE>"
    ) { node, arguments, reply throws(ReplyError) in
        try node.setSlot(arguments)
        reply.ok()
    }
]

extension Node {
    fileprivate mutating func setSlot(_ arguments: Arguments) throws(ReplyError) {
        guard cluster.myself.isMaster else {
            throw ReplyError("ERR Please use SETSLOT only with masters.")
        }
        guard let slot = arguments[2].integer.flatMap({ HashSlot($0) }) else {
            throw ReplyError("ERR Invalid or out of range slot")
        }
        let action = arguments[3]
        if arguments.count == 5, action.isKeyword("MIGRATING") {
            try openForMigration(slot, to: arguments[4])
        } else if arguments.count == 5, action.isKeyword("IMPORTING") {
            try openForImport(slot, from: arguments[4])
        } else if arguments.count == 4, action.isKeyword("STABLE") {
            cluster.importing[slot] = nil
            cluster.migrating[slot] = nil
        } else if arguments.count == 5, action.isKeyword("NODE") {
            try give(slot, to: arguments[4])
        } else {
            throw ReplyError(
                "ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP")
        }
        cluster.todo.formUnion([.saveConfiguration, .updateState])
    }

    private mutating func openForMigration(
        _ slot: HashSlot, to id: Argument
    ) throws(ReplyError) {
        guard cluster.owner(of: slot) == .myself else {
            throw ReplyError("ERR I'm not the owner of hash slot \(slot)")
        }
        cluster.migrating[slot] = try master(id, orElse: "I don't know about node")
    }

    private mutating func openForImport(_ slot: HashSlot, from id: Argument) throws(ReplyError) {
        guard cluster.owner(of: slot) != .myself else {
            throw ReplyError("ERR I'm already the owner of hash slot \(slot)")
        }
        cluster.importing[slot] = try master(id, orElse: "I don't know about node")
    }

    /// SETSLOT NODE: the slot's new owner, in this node's view.
    private mutating func give(_ slot: HashSlot, to id: Argument) throws(ReplyError) {
        let owner = try master(id, orElse: "Unknown node")
        let wasMine = cluster.owner(of: slot) == .myself
        let isEmpty = database.count(in: slot) == 0
        guard !wasMine || owner == .myself || isEmpty else {
            throw ReplyError(
                "ERR Can't assign hashslot \(slot) to a different node while I still hold keys "
                    + "for this hash slot.")
        }
        if isEmpty { cluster.migrating[slot] = nil }
        // Redis takes the slot from its owner in any case, even if it is to have it again.
        cluster.noteLoss(of: slot)
        cluster.assign(slot, to: owner)
        if wasMine, owner != .myself { followOwnerOfLastSlot(owner) }
        if owner == .myself, cluster.importing[slot] != nil { closeImport(of: slot) }
    }

    /// A master that has given its last slot away has nothing left to serve: it backs up the one who has it.
    private mutating func followOwnerOfLastSlot(_ owner: PeerIndex) {
        guard cluster.myself.slots.isEmpty, configuration.clusterAllowReplicaMigration else {
            return
        }
        trace(.demoted(to: cluster[owner].id))
        replicate(owner)
    }

    /// The slot has arrived. A new epoch, which nobody else is asked about, makes the others believe this node
    /// rather than the former owner; should two nodes take the same one, the collision is resolved by gossip.
    private mutating func closeImport(of slot: HashSlot) {
        if bumpEpoch() {
            log(.warning, "configEpoch updated after importing slot \(slot)")
        }
        cluster.importing[slot] = nil
        broadcastPong()
    }

    private func master(
        _ id: Argument, orElse error: StaticString
    ) throws(ReplyError) -> PeerIndex {
        guard let peer = NodeID(id.text).flatMap({ cluster.peer($0) }) else {
            throw ReplyError("ERR \(error) \(id.text)")
        }
        guard cluster[peer].isMaster else {
            throw ReplyError("ERR Target node is not a master")
        }
        return peer
    }
}
