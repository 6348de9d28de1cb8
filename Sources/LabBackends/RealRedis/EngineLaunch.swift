import CLibedit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How an engine is started: its program, arguments and folder.
struct EngineLaunch: Hashable, Sendable {
    var program: String
    var arguments: [String]
    /// Where it begins; nil for where this process is.
    var folder: String?

    /// Starts it without a terminal; what it prints goes nowhere, for its log is a file.
    /// - Returns: the process, or the system's reason.
    func start() -> Result<SystemProcess, Failure> {
        let id: pid_t
        switch spawn(output: nil) {
        case .success(let started): id = started
        case .failure(let failure): return .failure(failure)
        }
        guard let process = SystemProcess(id) else {
            return .failure(Failure(reason: "it ended at once"))
        }
        return .success(process)
    }

    /// Why a program could not be started.
    struct Failure: Error {
        let reason: String
    }

    /// What it prints, for a program that ends by itself; nil where it cannot be started.
    func output() -> String? {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        defer { close(ends[0]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let started = spawn(output: ends[1])
        close(ends[1])
        guard case .success(let id) = started else { return nil }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while text.count < Self.outputLimit {
            let count = read(ends[0], &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            text += buffer.prefix(count)
        }
        kill(id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return String(decoding: text, as: UTF8.self)
    }

    private static let outputLimit = 1 << 16

    /// A shell changes the folder first where one is asked for, and becomes the program.
    private var words: [String] {
        guard let folder else { return [program] + arguments }
        return ["/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder, program]
            + arguments
    }

    private func spawn(output: Int32?) -> Result<pid_t, Failure> {
        #if canImport(Glibc)
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #else
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        spawn_close_others(&actions)
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.setUp(&attributes)
        let texts = words.map { strdup($0) } + [nil]
        defer { for text in texts { free(text) } }
        var id: pid_t = 0
        let status = posix_spawn(&id, words[0], &actions, &attributes, texts, environ)
        guard status == 0 else {
            return .failure(Failure(reason: String(cString: strerror(status))))
        }
        return .success(id)
    }

    #if canImport(Glibc)
        private typealias Attributes = posix_spawnattr_t
    #else
        private typealias Attributes = posix_spawnattr_t?
    #endif

    /// A process group of its own: Ctrl-C at the prompt is the lab's alone. Signals are as they are at the start of
    /// any program.
    private static func setUp(_ attributes: inout Attributes) {
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        var flags =
            Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
            | Int32(POSIX_SPAWN_SETPGROUP)
        #if canImport(Darwin)
            flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }
}
