import Keyspace
import RESP

/// Loading at the start (`loadDataFromDisk`).
extension Node {
    /// Takes over what the node's folder holds, before the node starts. The data then is what it was; a write that
    /// was not finished when the node was killed is cut off, which the caller has to do with the file, too.
    package mutating func restore(
        _ data: StoredData
    ) throws(StoredData.Failure) -> StoredData.Truncation? {
        defer {
            persistence.savedChanges = database.changes
            persistence.lastSave = unixMilliseconds
        }
        switch data {
        case .nothing: return nil
        case .dump(let bytes):
            try restoreDump(bytes)
            return nil
        case .appendOnly(let files, let hasBase):
            return try restore(files, hasBase: hasBase)
        }
    }

    /// DEBUG RELOAD: puts what a dump has in place of the data that it was made from.
    mutating func reload() throws(ReplyError) {
        let dump = RDBWriter.dump(
            database, auxiliary: snapshotFields(isBase: false),
            functions: scripting.functions.codes)
        // Neither replicas nor the append-only file are told: nothing changes.
        let changes = database.changes
        defer { database.changes = changes }
        database.removeAll()
        do throws(RDBError) {
            try takeFunctions(of: try RDBReader.load(dump, into: &database))
        } catch {
            log(.warning, error.description)
            throw ReplyError("ERR Error trying to load the RDB dump, check server logs.")
        }
        log(.warning, "DB reloaded by DEBUG RELOAD")
    }

    private mutating func restoreDump(_ bytes: [UInt8]) throws(StoredData.Failure) {
        database.isReplica = isReplica
        do throws(RDBError) {
            let contents = try RDBReader.load(bytes, into: &database)
            try takeFunctions(of: contents)
            persistence.loadedKeys = contents.loadedKeys
            persistence.expiredKeys = contents.expiredKeys.count
            adoptHistory(contents)
            // Replicas that go on from here still have them.
            for key in contents.expiredKeys { propagateDeletion(of: key) }
            deliverPropagated()
            report(contents)
        } catch {
            throw StoredData.Failure(reason: error.description)
        }
        log(.notice, "DB loaded from disk")
    }

    /// Tells the log of a dump that was loaded.
    mutating func report(_ contents: RDBReader.Contents) {
        if let version = contents.field("redis-ver") ?? contents.field("valkey-ver") {
            log(.notice, "Loading RDB produced by version \(version)")
        }
        if let time = contents.field("ctime").flatMap({ Int64($0) }) {
            log(.notice, "RDB age \(max(0, unixMilliseconds / 1000 - time)) seconds")
        }
        if let memory = contents.field("used-mem").flatMap({ Int64($0) }) {
            let hundredths = (memory &* 100 &+ 512 * 1024) / (1024 * 1024)
            let decimals = hundredths % 100
            log(
                .notice,
                "RDB memory usage when created \(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals) Mb"
            )
        }
        log(
            .notice,
            "Done loading RDB, keys loaded: \(contents.loadedKeys), keys expired: "
                + "\(contents.expiredKeys.count).")
    }

    /// Where the replication was when the dump was made, so that a partial synchronisation can follow.
    private mutating func adoptHistory(_ contents: RDBReader.Contents) {
        guard let id = contents.field("repl-id"), id.utf8.count == NodeID.length,
            let offset = contents.field("repl-offset").flatMap({ Int64($0) }), offset >= 0
        else { return }
        restoreHistory(id: id, offset: offset)
    }

    private mutating func restore(
        _ files: [StoredData.File], hasBase: Bool
    ) throws(StoredData.Failure) -> StoredData.Truncation? {
        // No key expires while its writes are repeated: each of them has to find what it found then.
        database.isReplica = true
        database.obeysMaster = true
        defer {
            database.isReplica = isReplica
            database.obeysMaster = false
        }
        var truncation: StoredData.Truncation?
        for (index, file) in files.enumerated() {
            if let truncation {
                throw StoredData.Failure(
                    reason: "the truncated file \(truncation.file) is not the last file")
            }
            truncation = try restore(file)
            let kind = hasBase && index == 0 ? "base" : "incr"
            log(.notice, "DB loaded from \(kind) file \(file.name)")
        }
        let sizes = files.enumerated().map { index, file in
            truncation != nil && index == files.count - 1
                ? truncation?.length ?? 0 : file.bytes.count
        }
        persistence.appendOnly.size = sizes.reduce(0, +)
        persistence.appendOnly.baseSize = hasBase ? sizes.first ?? 0 : 0
        persistence.appendOnly.incrementSize = hasBase && files.count == 1 ? 0 : sizes.last ?? 0
        return truncation
    }

    /// Loads one file: a dump, commands, or commands after a dump.
    private mutating func restore(
        _ file: StoredData.File
    ) throws(StoredData.Failure) -> StoredData.Truncation? {
        var start = 0
        if file.bytes.starts(with: "REDIS".utf8) {
            do throws(RDBError) {
                let contents = try RDBReader.load(
                    file.bytes, into: &database, keepsExpired: true)
                try takeFunctions(of: contents)
                start = contents.length
            } catch {
                throw StoredData.Failure(
                    reason:
                        "Error reading the RDB base file \(file.name), AOF loading aborted: \(error)"
                )
            }
        }
        var replay = AppendOnlyReplay(name: file.name, position: start)
        try replay.run(file.bytes, on: &self)
        guard let end = replay.truncatedAt else { return nil }
        log(.warning, "!!! Warning: short read while loading the AOF file \(file.name)!!!")
        guard configuration.aofLoadTruncated else {
            throw StoredData.Failure(
                reason:
                    "Unexpected end of file reading the append only file \(file.name). You can: 1) Make "
                    + "a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>. 2) "
                    + "Alternatively you can set the 'aof-load-truncated' configuration option to yes and "
                    + "restart the server.")
        }
        log(.warning, "!!! Truncating the AOF \(file.name) at offset \(end) !!!")
        log(
            .warning,
            "AOF \(file.name) loaded anyway because aof-load-truncated is enabled")
        return StoredData.Truncation(file: file.name, length: end)
    }
}
