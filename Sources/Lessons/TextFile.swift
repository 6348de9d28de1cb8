package import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Text files and folders: lessons are read from them, progress is kept in one.
package enum TextFile {
    /// The whole file; bytes that are no UTF-8 become replacement characters.
    package static func read(_ path: String) throws(LabError) -> String {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glue.read(descriptor, into: $0) }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
        }
    }

    /// Writes beside the file and renames, so that a reader never meets half a file.
    package static func replace(_ path: String, with text: String) throws(LabError) {
        let beside = "\(path).\(getpid()).new"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glue.write(descriptor, from: $0) }
            guard count > 0 else {
                let reason = failure(path)
                close(descriptor)
                unlink(beside)
                throw reason
            }
            rest = rest.dropFirst(count)
        }
        guard close(descriptor) == 0, rename(beside, path) == 0 else {
            let reason = failure(path)
            unlink(beside)
            throw reason
        }
    }

    /// Every file below a folder, as paths relative to it, sorted; hidden files are left out.
    package static func list(_ folder: String) throws(LabError) -> [String] {
        guard let stream = opendir(folder) else { throw failure(folder) }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = Glue.name(of: entry)
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

    /// Makes a folder and those above it.
    package static func makeFolder(_ path: String) throws(LabError) {
        guard !isFolder(path) else { return }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try makeFolder(String(path[..<slash]))
        }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure(path) }
    }

    private static func failure(_ path: String) -> LabError {
        .file(path: path, reason: String(cString: strerror(errno)))
    }
}

/// The calls whose names or types the enum above would shadow.
private enum Glue {
    /// The system's `read`.
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    /// The system's `write`.
    static func write(_ descriptor: Int32, from buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    /// The name in a folder's entry.
    static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
