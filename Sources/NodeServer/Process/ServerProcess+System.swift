import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How often a signal has come.
package final class SignalCount: Sendable {
    private let count = Atomic<Int>(0)

    package init() {}

    /// Counts one more.
    package func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

/// The folder that relative paths begin in.
package func workingFolder() -> String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
}

/// The path from the root on.
package func absolutePath(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(workingFolder())/\(path)"
}

/// Unix time in milliseconds.
package func wallClockMilliseconds() -> Int64 {
    var time = timeval()
    gettimeofday(&time, nil)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_usec) / 1000
}

#if canImport(Glibc)
    /// POSIX_SPAWN_SETSID, which Glibc shows to GNU programs only.
    private let newSession: Int16 = 0x80
#else
    private let newSession = Int16(POSIX_SPAWN_SETSID)
#endif

/// Another process of the same program, on its own and without a terminal: what `daemonize` asks for. Nothing of
/// this process is inherited but its working folder and its environment.
package enum Daemon {
    /// Starts it in a folder.
    /// - Returns: why it could not be started, in the system's words.
    package static func start(arguments: [String], in folder: String) -> String? {
        guard chdir(folder) == 0 else { return systemError() }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0)
        for stream in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, stream)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK))
        let words = arguments.map { strdup($0) }
        defer { words.forEach { free($0) } }
        var child = pid_t()
        let status = posix_spawnp(
            &child, executable(arguments), &actions, &attributes, words + [nil], environ)
        return status == 0 ? nil : String(cString: strerror(status))
    }

    private static func executable(_ arguments: [String]) -> String {
        guard let path = realpath("/proc/self/exe", nil) else { return arguments.first ?? "" }
        defer { free(path) }
        return String(cString: path)
    }
}
