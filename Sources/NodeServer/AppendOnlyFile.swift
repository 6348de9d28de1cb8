import ClusterCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The append-only file of a node on the disk: its manifest, and the part that is being written.
struct AppendOnlyFile {
    private let storage: NodeStorage
    private let folder: String
    private let filename: String
    private var manifest: AppendOnlyManifest
    private var output: Output?
    /// What the system did not take yet; it goes first.
    private var unwritten: [UInt8] = []

    /// The part that is being written.
    fileprivate struct Output {
        let descriptor: Int32
        let name: String
        /// Bytes that are known to be whole commands.
        var length: Int
        /// The part becomes valid only with the first base.
        let isTemporary: Bool
    }

    init(_ storage: NodeStorage, configuration: Configuration) throws(NodeStorage.Failure) {
        self.storage = storage
        folder = storage.appendOnlyFolder(configuration)
        filename = configuration.appendfilename
        manifest = try storage.manifest(configuration)
        try storage.makeFolder(folder)
    }

    /// Goes on with the last part; where there is no file at all, begins one with this base.
    mutating func open(base: Snapshot) throws(NodeStorage.Failure) {
        if manifest.isEmpty {
            let name = manifest.replaceBase(of: filename, isDump: base.isDump)
            _ = try storage.write(base.writer, to: path(name))
        }
        let name = manifest.increments.last?.name ?? manifest.addIncrement(to: filename)
        output = try Output(name: name, at: path(name), isTemporary: false, isNew: false)
        try writeManifest(manifest)
    }

    /// Writes at the end. What cannot be written is kept for the next time.
    /// - Returns: why it could not be written.
    mutating func append(_ bytes: [UInt8]) -> String? {
        guard var output else { return nil }
        let pending = unwritten.isEmpty ? bytes : unwritten + bytes
        let written = writeAll(pending, to: output.descriptor)
        guard written == pending.count else {
            let reason = errno == 0 ? "No space left on device" : systemError()
            // Half a command must not stay: what comes next would be lost behind it.
            if ftruncate(output.descriptor, off_t(output.length)) == 0 {
                unwritten = pending
            } else {
                unwritten = Array(pending.dropFirst(written))
                output.length += written
                self.output = output
            }
            return reason
        }
        unwritten = []
        output.length += written
        self.output = output
        return nil
    }

    /// Brings what was written to the disk.
    /// - Returns: why it could not.
    func sync() -> String? {
        guard let output, syncData(output.descriptor) != 0 else { return nil }
        return systemError()
    }

    /// Brings what was written to the disk, on another thread.
    func syncLater() {
        guard let output else { return }
        // A descriptor of its own: the part may be closed in the meantime.
        Self.syncAndClose(dup(output.descriptor))
    }

    /// Brings what was written to the disk, and ends.
    mutating func close() {
        guard let output else { return }
        _ = append([])
        _ = sync()
        closeDescriptor(output.descriptor)
        if output.isTemporary { unlink(path(output.name)) }
        self.output = nil
        unwritten = []
    }

    // MARK: - Rewriting

    /// Directs what is appended from now on to a new part. It is valid at once, unless it is the first one: what
    /// came before that is nowhere until the base is written.
    mutating func beginRewrite(isFirst: Bool) throws(NodeStorage.Failure) {
        _ = append([])
        if isFirst {
            if output?.isTemporary != true { close() } else { discardOutput() }
            let name = "temp-\(filename).incr"
            output = try Output(name: name, at: path(name), isTemporary: true, isNew: true)
            return
        }
        var changed = manifest
        let name = changed.addIncrement(to: filename)
        let next = try Output(name: name, at: path(name), isTemporary: false, isNew: true)
        do throws(NodeStorage.Failure) {
            try writeManifest(changed)
        } catch {
            closeDescriptor(next.descriptor)
            throw error
        }
        if let output { Self.syncAndClose(output.descriptor) }
        manifest = changed
        output = next
    }

    /// The base is written: puts it, and the parts that follow it, in place of everything before
    /// (`backgroundRewriteDoneHandler`).
    mutating func finishRewrite(_ base: String, isDump: Bool) throws(NodeStorage.Failure) {
        var changed = manifest
        try storage.install(
            base, as: path(changed.replaceBase(of: filename, isDump: isDump)))
        if let output, output.isTemporary {
            let name = changed.addIncrement(to: filename)
            try storage.install(path(output.name), as: path(name))
            self.output = Output(
                descriptor: output.descriptor, name: name, length: output.length, isTemporary: false
            )
        }
        changed.retireIncrements(keeping: output == nil ? 0 : 1)
        try writeManifest(changed)
        let history = changed.history
        changed.forgetHistory()
        manifest = changed
        for file in history { unlink(path(file.name)) }
        try writeManifest(manifest)
    }

    /// The base could not be written. What was kept for it is of no use.
    mutating func abandonRewrite() {
        guard output?.isTemporary == true else { return }
        discardOutput()
    }

    private mutating func discardOutput() {
        guard let output else { return }
        closeDescriptor(output.descriptor)
        unlink(path(output.name))
        self.output = nil
        unwritten = []
    }

    // MARK: - Files

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    private func writeManifest(_ manifest: AppendOnlyManifest) throws(NodeStorage.Failure) {
        try storage.write(
            manifest.text, atPath: path(AppendOnlyManifest.name(of: filename)))
    }

    private static func syncAndClose(_ descriptor: Int32) {
        guard descriptor >= 0 else { return }
        NIOThreadPool.singleton.submit { _ in
            _ = syncData(descriptor)
            closeDescriptor(descriptor)
        }
    }
}

extension AppendOnlyFile.Output {
    /// Opens the file: an empty one, or one that may be there already.
    fileprivate init(
        name: String, at path: String, isTemporary: Bool, isNew: Bool
    ) throws(NodeStorage.Failure) {
        let mode = isNew ? O_TRUNC : 0
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | mode, 0o644)
        guard descriptor >= 0 else {
            throw NodeStorage.Failure(
                reason: "Can't open the append-only file \(name): \(systemError())")
        }
        length = Int(lseek(descriptor, 0, SEEK_END))
        self.name = name
        self.isTemporary = isTemporary
    }
}

/// Brings a file's bytes to the disk; its times may stay behind, as in Redis.
private func syncData(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
        fdatasync(descriptor)
    #else
        fsync(descriptor)
    #endif
}

private func closeDescriptor(_ descriptor: Int32) {
    close(descriptor)
}
