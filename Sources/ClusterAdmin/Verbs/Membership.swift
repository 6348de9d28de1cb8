import RESP

// Nodes that come and go.
extension ClusterManager {
    /// `add-node`: lets an empty node into the cluster, as a master without slots or as a replica.
    mutating func addNode() throws(VerbFailure) {
        let existing = try node(options.arguments.dropFirst())
        let newcomer = try node(options.arguments.prefix(1))
        log(
            .info,
            ">>> Adding node \(newcomer.address) to cluster \(existing.address)\n")
        try load(from: existing)
        guard try checkCluster() else { throw .failed }
        let master = options.addsReplica ? try masterForReplica() : nil
        guard try connect(newcomer) else {
            log(.error, "[ERR] Sorry, can't connect to node \(newcomer.address)\n")
            throw .failed
        }
        try demandClusterMode(of: newcomer)
        try loadInfo(of: newcomer)
        try demandEmptiness(of: newcomer)
        nodes.append(newcomer)
        if master == nil { try copyFunctions(from: existing, to: newcomer) }
        log(
            .info,
            ">>> Send CLUSTER MEET to node \(newcomer.address) to make it join the cluster.\n")
        try meet(existing, from: newcomer, lowercase: false)
        if let master {
            try pause(.seconds(1))
            try awaitJoin()
            log(.info, ">>> Configure node as replica of \(master.address).\n")
            try demand(newcomer, "CLUSTER", "REPLICATE", master.name)
        }
        log(.success, "[OK] New node added correctly.\n")
    }

    private func masterForReplica() throws(VerbFailure) -> ManagedNode {
        if let name = options.masterName {
            if let master = node(named: name) { return master }
            log(.error, "[ERR] No such master ID \(name)\n")
            throw .failed
        }
        guard let master = masterWithFewestReplicas() else { throw .failed }
        say("Automatically selected master \(master.address)\n")
        return master
    }

    private func masterWithFewestReplicas() -> ManagedNode? {
        nodes.filter { !$0.isReplica }.min { $0.replicaCount < $1.replicaCount }
    }

    /// A master without keys lacks the functions, too. A replica gets them from its master.
    private func copyFunctions(
        from existing: ManagedNode, to newcomer: ManagedNode
    ) throws(VerbFailure) {
        log(.info, ">>> Getting functions from cluster\n")
        let dump = try answer(existing, "FUNCTION", "DUMP")
        guard let functions = dump.bytes else {
            let reason = Self.message(of: dump) ?? "NULL reply"
            log(
                .info,
                ">>> Failed retrieving Functions from the cluster, skip this step as Redis version "
                    + "do not support function command (error = '\(reason)')\n")
            return
        }
        log(
            .info,
            ">>> Send FUNCTION LIST to \(newcomer.address) to verify there is no functions in it\n")
        let list = try answer(newcomer, "FUNCTION", "LIST")
        if let reason = Self.message(of: list) {
            log(.error, ">>> Failed on CLUSTER LIST (error = '\(reason)')\r\n")
            throw .failed
        }
        guard list.elements?.isEmpty != false else {
            log(
                .error,
                ">>> New node already contains functions and can not be added to the cluster. "
                    + "Use FUNCTION FLUSH and try again.\r\n")
            throw .failed
        }
        log(.info, ">>> Send FUNCTION RESTORE to \(newcomer.address)\n")
        let command = ["FUNCTION", "RESTORE"].map { Array($0.utf8) } + [functions]
        guard let reason = Self.message(of: try answer(newcomer, command)) else { return }
        log(.error, ">>> Failed loading functions to the new node (error = '\(reason)')\r\n")
        throw .failed
    }

    /// `del-node`: makes all others forget a node without slots, and the node all others.
    mutating func deleteNode() throws(VerbFailure) {
        let reference = try node(options.arguments.prefix(1))
        let name = options.arguments[1]
        log(.info, ">>> Removing node \(name) from cluster \(reference.address)\n")
        try load(from: reference)
        guard let leaver = node(named: name) else {
            log(.error, "[ERR] No such node ID \(name)\n")
            throw .failed
        }
        guard leaver.slotCount == 0 else {
            log(
                .error,
                "[ERR] Node \(leaver.address) is not empty! Reshard data away and try again.\n")
            throw .failed
        }
        log(.info, ">>> Sending CLUSTER FORGET messages to the cluster...\n")
        for node in nodes where node !== leaver {
            if node.masterName == name.lowercased() { try giveOtherMaster(to: node) }
            try demand(node, "CLUSTER", "FORGET", name)
        }
        log(.info, ">>> Sending CLUSTER RESET SOFT to the deleted node.\n")
        try demand(leaver, "CLUSTER", "RESET", "SOFT")
    }

    private func giveOtherMaster(to node: ManagedNode) throws(VerbFailure) {
        guard let master = masterWithFewestReplicas() else { throw .failed }
        log(.info, ">>> \(node.address) as replica of \(master.address)\n")
        try demand(node, "CLUSTER", "REPLICATE", master.name)
    }
}
