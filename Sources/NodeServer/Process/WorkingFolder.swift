import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A working folder of one's own, for a server that shares its process with others.
final class WorkingFolder: Sendable {
    private let current: Mutex<String>

    init(_ path: String) {
        current = Mutex(path)
    }

    var path: String { current.withLock { $0 } }

    /// The path from the root on.
    func path(of name: String) -> String {
        name.hasPrefix("/") ? name : "\(path)/\(name)"
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
