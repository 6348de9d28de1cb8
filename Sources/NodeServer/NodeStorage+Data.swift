import ClusterCore
import Keyspace

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The files with a node's data: the dump, and the parts of the append-only file.
extension NodeStorage {
    /// What is there to be loaded. With `appendonly` that is the append-only file and nothing else, as in Redis.
    func load(_ configuration: Configuration) throws(Failure) -> StoredData {
        guard configuration.appendonly else {
            let dump = try read(path(of: configuration.dbfilename))
            return dump.map { .dump($0) } ?? .nothing
        }
        try moveOldAppendOnlyFile(configuration)
        let manifest = try manifest(configuration)
        guard !manifest.isEmpty else { return .nothing }
        var files: [StoredData.File] = []
        for file in manifest.files {
            let path = "\(appendOnlyFolder(configuration))/\(file.name)"
            guard let bytes = try read(path) else {
                throw Failure(reason: "\(path) of the AOF manifest is missing")
            }
            files.append(StoredData.File(name: file.name, bytes: bytes))
        }
        return .appendOnly(files, hasBase: manifest.base != nil)
    }

    /// Gives a node what its folder holds, before the node starts; and cuts a write off that was not finished.
    func restore(_ node: inout Node) throws(Failure) {
        try restoreCluster(of: &node)
        let data = try load(node.configuration)
        let truncation: StoredData.Truncation?
        do throws(StoredData.Failure) {
            truncation = try node.restore(data)
        } catch {
            throw Failure(reason: error.reason)
        }
        guard let truncation else { return }
        let path = "\(appendOnlyFolder(node.configuration))/\(truncation.file)"
        guard truncate(path, off_t(truncation.length)) == 0 else {
            throw Failure(
                reason: "Error truncating the AOF file \(truncation.file): \(systemError())")
        }
    }

    /// Gives a node its nodes.conf, where it wrote one: who it is decides how its data is loaded.
    private func restoreCluster(of node: inout Node) throws(Failure) {
        guard node.configuration.clusterEnabled else { return }
        let path = path(of: node.configuration.clusterConfigFile)
        let bytes = try read(path) ?? []
        do throws(NodesFile.Failure) {
            try node.restore(clusterConfiguration: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw Failure(
                reason: "Unrecoverable error: corrupted cluster config file \(path): "
                    + error.description)
        }
    }

    /// Makes the one append-only file of an older Redis the base of one in parts (`aofUpgradePrepare`).
    private func moveOldAppendOnlyFile(_ configuration: Configuration) throws(Failure) {
        let name = configuration.appendfilename
        let folder = appendOnlyFolder(configuration)
        guard access(path(of: name), F_OK) == 0 else { return }
        let manifest = try manifest(configuration)
        // The manifest may have been written by a node that was killed before it could move the file.
        let isHalfMoved =
            manifest.files.map(\.name) == [name] && access("\(folder)/\(name)", F_OK) != 0
        guard manifest.isEmpty || isHalfMoved else { return }
        try makeFolder(folder)
        try write(
            AppendOnlyManifest(oldFile: name).text,
            atPath: "\(folder)/\(AppendOnlyManifest.name(of: name))")
        try install(path(of: name), as: "\(folder)/\(name)")
    }

    /// Makes the folder of the append-only file where it is missing.
    func makeFolder(_ folder: String) throws(Failure) {
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw Failure(
                reason: "Can't open or create append-only dir \(folder): \(systemError())")
        }
    }

    /// The manifest of the append-only file; empty where there is none.
    func manifest(_ configuration: Configuration) throws(Failure) -> AppendOnlyManifest {
        let name = AppendOnlyManifest.name(of: configuration.appendfilename)
        let path = "\(appendOnlyFolder(configuration))/\(name)"
        guard let bytes = try read(path) else { return AppendOnlyManifest() }
        do throws(AppendOnlyManifest.Failure) {
            return try AppendOnlyManifest(String(decoding: bytes, as: UTF8.self))
        } catch {
            throw Failure(reason: "\(path), line \(error.line): \(error.reason)")
        }
    }

    /// The folder of the append-only file's parts.
    func appendOnlyFolder(_ configuration: Configuration) -> String {
        path(of: configuration.appenddirname)
    }

    /// A file of the node's folder, unless its name says another place.
    func path(of name: String) -> String {
        name.hasPrefix("/") ? name : "\(folder)/\(name)"
    }

    /// Where a snapshot is written before it gets its name. Nodes of one process may share a folder, as processes may.
    func temporaryPath(of snapshot: Snapshot) -> String {
        path(of: "temp-\(getpid())-\(mark)-\(snapshot.number).rdb")
    }

    /// Writes a snapshot to a file of its own, for good.
    /// - Returns: its size.
    func write(_ writer: Snapshot.Writer, to path: String) throws(Failure) -> Int {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw Failure(reason: "\(path): \(systemError())") }
        var writer = writer
        var size = 0
        var isWritten = true
        while isWritten, let chunk = writer.next(limit: Self.chunkSize) {
            size += chunk.count
            isWritten = writeAll(chunk, to: descriptor) == chunk.count
        }
        isWritten = isWritten && fsync(descriptor) == 0
        let reason = systemError()
        close(descriptor)
        guard isWritten else {
            unlink(path)
            throw Failure(reason: "\(path): \(reason)")
        }
        return size
    }

    /// Gives a file that is on the disk its name, for good.
    func install(_ path: String, as target: String) throws(Failure) {
        guard rename(path, target) == 0 else {
            let reason = systemError()
            unlink(path)
            throw Failure(reason: "\(target): \(reason)")
        }
        syncFolder(of: target)
    }

    private static let chunkSize = 1024 * 1024

    /// The bytes of a file; nil where there is none.
    func read(_ path: String) throws(Failure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Failure(reason: "\(path): \(systemError())")
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else {
            throw Failure(reason: "\(path): \(systemError())")
        }
        let size = Int(facts.st_size)
        var hasFailed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let start = buffer.baseAddress {
                let more = Self.system { readBytes(descriptor, start + count, size - count) }
                hasFailed = more < 0
                if more <= 0 { return }
                count += more
            }
        }
        if hasFailed { throw Failure(reason: "\(path): \(systemError())") }
        return bytes
    }

    /// A call of the system, again where a signal came in between.
    private static func system(_ call: () -> Int) -> Int {
        var result = call()
        while result < 0, errno == EINTR { result = call() }
        return result
    }
}

private func readBytes(_ descriptor: Int32, _ start: UnsafeMutablePointer<UInt8>, _ count: Int)
    -> Int
{
    read(descriptor, start, count)
}

/// Writes as many of the bytes as the system takes.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int {
    bytes.withUnsafeBytes { buffer in
        var written = 0
        while written < buffer.count, let start = buffer.baseAddress {
            let more = write(descriptor, start + written, buffer.count - written)
            if more < 0, errno == EINTR { continue }
            if more <= 0 { break }
            written += more
        }
        return written
    }
}
