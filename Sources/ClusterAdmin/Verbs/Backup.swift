import Lab
import RESP

extension ClusterManager {
    /// `backup`: a dump of each master, and the nodes with their slots in `nodes.json`.
    mutating func backup() throws(VerbFailure) {
        try load(from: node(options.arguments.prefix(1)))
        let isSound = try checkCluster()
        let folder = options.arguments[1]
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        for node in nodes where node.masterName == nil {
            log(.info, ">>> Node \(node.address) -> Saving RDB...\n")
            let name = "redis-node-\(node.address.host)-\(node.address.port)-\(node.name).rdb"
            try saveDump(of: node, to: prefix + name)
        }
        let path = prefix + "nodes.json"
        log(.info, "Saving cluster configuration to: \(path)\n")
        let count = isSound ? 0 : errors.count
        let json = "[\n" + nodes.map { $0.json(errorCount: count) }.joined(separator: ",\n") + "\n]"
        do throws(LabError) {
            try BackupFile(path, mode: 0o666).write(Array(json.utf8))
        } catch {
            log(.error, "Could not save nodes to: \(path)\n")
            log(.success, "[ERR] Failed to back cluster!\n")
            throw .failed
        }
        if !isSound {
            log(
                .warning,
                "*** Cluster seems to have some problems, please be aware of it "
                    + "if you're going to restore this backup.\n")
        }
        log(.success, "[OK] Backup created into: \(folder)\n")
    }

    /// Takes a node's dump as a replica does, by SYNC.
    private func saveDump(of node: ManagedNode, to path: String) throws(VerbFailure) {
        guard let connection = node.connection as? any ByteConnection else {
            throw .lost(.connectionLost(node.address))
        }
        // What comes after the dump is the replication stream.
        defer { connection.close() }
        do throws(DumpTransfer.Failure) {
            var transfer = DumpTransfer(connection)
            let length = try transfer.begin()
            surroundings.complain(
                length.map { "SYNC sent to master, writing \($0) bytes to '\(path)'\n" }
                    ?? "SYNC sent to master, writing bytes of bulk transfer until EOF marker to '\(path)'\n"
            )
            let count = try transfer.save(to: path)
            surroundings.complain(
                length == nil
                    ? "Transfer finished with success after \(count) bytes\n"
                    : "Transfer finished with success.\n")
        } catch {
            if error == .interrupted { throw .interrupted }
            throw fail("\(error)\n")
        }
    }
}

extension ManagedNode {
    /// The node as `nodes.json` has it.
    fileprivate func json(errorCount: Int) -> String {
        let master = masterName.map { "\"\($0)\"" } ?? "null"
        let ranges = slots.text.map { $0 == "-" ? "," : String($0) }.joined()
        var lines = [
            "    \"name\": \"\(name)\"",
            "    \"host\": \"\(address.host)\"",
            "    \"port\": \(address.port)",
            "    \"replicate\": \(master)",
            "    \"slots\": [\(ranges)]",
            "    \"slots_count\": \(slotCount)",
            "    \"flags\": \"\(flagText)\"",
            "    \"current_epoch\": \(configEpoch)",
        ]
        if errorCount > 0 { lines.append("    \"cluster_errors\": \(errorCount)") }
        for (state, slots) in [("migrating", migrating), ("importing", importing)]
        where !slots.isEmpty {
            let pairs = slots.map { "\"\($0.slot)\": \"\($0.other)\"" }.joined(separator: ",")
            lines.append("    \"\(state)\": {\(pairs)}")
        }
        return "  {\n" + lines.joined(separator: ",\n") + "\n  }"
    }
}
