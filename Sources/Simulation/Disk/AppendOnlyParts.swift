import ClusterCore

/// The append-only file on a disk of the world: its manifest, its parts, and which of them is being written. It does
/// what NodeServer does with files.
struct AppendOnlyParts: Hashable, Sendable {
    private var manifest = AppendOnlyManifest()
    private var parts: [String: [UInt8]] = [:]
    private var output: Output?

    /// The part that is being written.
    private struct Output: Hashable, Sendable {
        var name: String
        /// It becomes valid only with the first base.
        var isTemporary = false
        /// Bytes at its end that the next loss of power takes away.
        var unsynced = 0
    }

    /// What a node that starts finds.
    var data: StoredData {
        guard !manifest.isEmpty else { return .nothing }
        let files = manifest.files.map {
            StoredData.File(name: $0.name, bytes: parts[$0.name] ?? [])
        }
        return .appendOnly(files, hasBase: manifest.base != nil)
    }

    /// Goes on with the last part; where there is no file at all, begins one.
    mutating func open(base: Snapshot, filename: String) {
        if manifest.isEmpty {
            parts[manifest.replaceBase(of: filename, isDump: base.isDump)] = base.bytes
        }
        let name = manifest.increments.last?.name ?? manifest.addIncrement(to: filename)
        output = Output(name: name)
        parts[name, default: []] += []
    }

    mutating func append(_ bytes: [UInt8], isSynced: Bool) {
        guard let output else { return }
        parts[output.name, default: []] += bytes
        self.output?.unsynced = isSynced ? 0 : output.unsynced + bytes.count
    }

    mutating func sync() {
        output?.unsynced = 0
    }

    mutating func close() {
        if let output, output.isTemporary { parts[output.name] = nil }
        output = nil
    }

    /// The power is gone.
    mutating func loseUnsynced() {
        guard let output else { return }
        parts[output.name]?.removeLast(output.unsynced)
        self.output?.unsynced = 0
    }

    /// Cuts off a write that was not finished.
    mutating func truncate(_ truncation: StoredData.Truncation) {
        guard let bytes = parts[truncation.file] else { return }
        parts[truncation.file] = Array(bytes.prefix(truncation.length))
    }

    // MARK: - Rewriting

    /// Directs what is appended from now on to a new part. What came before the first base is nowhere until that is
    /// written.
    mutating func beginRewrite(isFirst: Bool, filename: String) {
        if isFirst {
            close()
            output = Output(name: "temp-\(filename).incr", isTemporary: true)
        } else {
            output = Output(name: manifest.addIncrement(to: filename))
        }
        if let output { parts[output.name] = [] }
    }

    /// Puts a base, and the part that follows it, in place of everything before.
    mutating func finishRewrite(_ bytes: [UInt8], isDump: Bool, filename: String) {
        parts[manifest.replaceBase(of: filename, isDump: isDump)] = bytes
        if let output, output.isTemporary {
            let name = manifest.addIncrement(to: filename)
            parts[name] = parts.removeValue(forKey: output.name)
            self.output = Output(name: name, unsynced: output.unsynced)
        }
        manifest.retireIncrements(keeping: output == nil ? 0 : 1)
        for file in manifest.history { parts[file.name] = nil }
        manifest.forgetHistory()
    }
}
