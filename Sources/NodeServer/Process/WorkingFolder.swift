import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A working folder of one's own, for a server that shares its process with others; and in a container, files of one's
/// own.
final class WorkingFolder: Sendable {
    /// As the machine knows it.
    private let current: Mutex<String>
    /// Which folders and files of the machine are seen where.
    private let mounts: [Mount]

    /// A folder or file of the machine, and the name that it goes by.
    typealias Mount = (target: String, source: String)

    init(_ path: String, mounts: [Mount] = []) {
        // The most particular first.
        self.mounts = mounts.sorted { $0.target.count > $1.target.count }
        current = Mutex(Self.resolve(path, self.mounts))
    }

    var path: String { current.withLock { $0 } }

    /// The path from the root on.
    func path(of name: String) -> String {
        name.hasPrefix("/") ? Self.resolve(name, mounts) : "\(path)/\(name)"
    }

    private static func resolve(_ path: String, _ mounts: [Mount]) -> String {
        for mount in mounts {
            if path == mount.target { return mount.source }
            let beginning = mount.target.hasSuffix("/") ? mount.target : mount.target + "/"
            if path.hasPrefix(beginning) {
                return "\(mount.source)/\(path.dropFirst(beginning.count))"
            }
        }
        return path
    }

    /// Goes to another folder.
    /// - Returns: why not, in the system's words.
    func enter(_ name: String) -> String? {
        guard let resolved = realpath(path(of: name), nil) else { return systemError() }
        defer { free(resolved) }
        let target = String(cString: resolved)
        var status = stat()
        guard stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            return String(cString: strerror(ENOTDIR))
        }
        current.withLock { $0 = target }
        return nil
    }
}
