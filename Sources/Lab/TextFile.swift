#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Text files and folders: lessons are read from them; progress and history are kept in one each.
package enum TextFile {
    /// The whole file; bytes that are no UTF-8 become replacement characters.
    package static func read(_ path: String) throws(LabError) -> String {
        guard let file = fopen(path, "r") else { throw failure(path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        guard ferror(file) == 0 else { throw failure(path) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes beside the file and renames, so that a reader never meets half a file.
    /// - Parameter isPrivate: the file and the folders that have to be made for it are for their owner alone.
    package static func replace(
        _ path: String, with text: String, isPrivate: Bool = true
    ) throws(LabError) {
        if let slash = path.lastIndex(of: "/") {
            try makeFolder(String(path[..<slash]), mode: isPrivate ? 0o700 : 0o777)
        }
        let draft = "\(path).\(getpid()).new"
        guard let file = fopen(draft, "w") else { throw failure(path) }
        if isPrivate { _ = fchmod(fileno(file), 0o600) }
        let bytes = Array(text.utf8)
        let count = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, count == bytes.count, rename(draft, path) == 0 else {
            let reason = failure(path)
            unlink(draft)
            throw reason
        }
    }

    /// Every file below a folder, as paths relative to it, sorted; hidden files are left out.
    package static func list(_ folder: String) throws(LabError) -> [String] {
        guard let stream = opendir(folder) else { throw failure(folder) }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = name(of: entry)
            guard !name.hasPrefix(".") else { continue }
            if isFolder("\(folder)/\(name)") {
                found += try list("\(folder)/\(name)").map { "\(name)/\($0)" }
            } else {
                found.append(name)
            }
        }
        return found.sorted()
    }

    /// Whether the path is a folder.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether anything is there.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Where the learner's own file of this name is: in $XDG_STATE_HOME/clusterlab, or in
    /// ~/.local/state/clusterlab; nil without a home.
    package static func statePath(of name: String) -> String? {
        let state = variable("XDG_STATE_HOME") ?? variable("HOME").map { "\($0)/.local/state" }
        return state.map { "\($0)/clusterlab/\(name)" }
    }

    /// Makes a folder, and those above it, where they are not.
    package static func makeFolder(_ path: String) throws(LabError) {
        try makeFolder(path, mode: 0o777)
    }

    private static func makeFolder(_ path: String, mode: mode_t) throws(LabError) {
        guard !path.isEmpty, !isFolder(path) else { return }
        if let slash = path.lastIndex(of: "/") {
            try makeFolder(String(path[..<slash]), mode: mode)
        }
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw failure(path) }
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static func failure(_ path: String) -> LabError {
        .file(path: path, reason: String(cString: strerror(errno)))
    }
}
