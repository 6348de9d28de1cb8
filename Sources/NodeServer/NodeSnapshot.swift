import ClusterCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A node of this process as it was at one moment.
package struct NodeSnapshot: Sendable {
    /// What it takes to start it where it has ended since.
    package let member: ClusterServer.Member
    let node: Node
    let timers: [TimerID: Instant]
    let isFrozen: Bool
    /// Its folder; nil for one that keeps nothing.
    let files: FolderImage?
}

/// The files of a folder and of those in it. nodes.conf is left out: it belongs to the node that has it locked, which
/// writes it anew.
package struct FolderImage: Sendable {
    private var files: [String: [UInt8]] = [:]
    private let kept: String

    /// - Parameter kept: the file that is left alone.
    init(of folder: String, without kept: String) {
        self.kept = kept
        for path in Self.paths(in: folder) where path != kept {
            files[path] = Self.read("\(folder)/\(path)")
        }
    }

    /// Makes a folder what this one was.
    func write(to folder: String) {
        for path in Self.paths(in: folder) where path != kept && files[path] == nil {
            unlink("\(folder)/\(path)")
        }
        for (path, bytes) in files {
            if let slash = path.lastIndex(of: "/") { mkdir("\(folder)/\(path[..<slash])", 0o755) }
            guard let stream = fopen("\(folder)/\(path)", "w") else { continue }
            fwrite(bytes, 1, bytes.count, stream)
            fclose(stream)
        }
    }

    /// Takes all nodes' folders away that are in a folder.
    package static func empty(_ folder: String) {
        for node in names(in: folder) {
            for path in paths(in: "\(folder)/\(node)") { unlink("\(folder)/\(node)/\(path)") }
        }
    }

    private static func paths(in folder: String) -> [String] {
        names(in: folder).flatMap { name in
            var status = stat()
            guard stat("\(folder)/\(name)", &status) == 0 else { return [String]() }
            guard status.st_mode & S_IFMT == S_IFDIR else { return [name] }
            return names(in: "\(folder)/\(name)").map { "\(name)/\($0)" }
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let stream = fopen(path, "r") else { return nil }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 {
            bytes += chunk[..<count]
        }
        return bytes
    }
}
