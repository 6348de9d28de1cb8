import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Real servers that nobody has noted: such as one that was on its way into the background when its lab ended.
enum StrayServers {
    /// Ends those that work in a folder which is about to go. They are found by /proc; where the system has none there is
    /// nothing to go by.
    static func end(workingIn folder: String) {
        for name in FileTree.names(in: "/proc") {
            guard let process = pid_t(name), workingFolder(of: name).hasPrefix("\(folder)/"),
                let command = try? TextFile.read("/proc/\(name)/comm"),
                command.hasPrefix("redis-server") || command.hasPrefix("valkey-server")
            else { continue }
            kill(process, SIGKILL)
        }
    }

    private static func workingFolder(of process: String) -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/\(process)/cwd", &path, path.count)
        return String(
            decoding: path.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
