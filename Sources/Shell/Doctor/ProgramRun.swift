import CLibedit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One program that is run to its end, without input, for what it prints.
enum ProgramRun {
    /// Milliseconds; a program that takes longer is killed.
    private static let limit = 5000
    /// More is not read.
    private static let outputLimit = 1 << 20

    /// What the program printed on both of its streams; nil when it is not there or took too long.
    static func output(of words: [String]) -> Machine.Output? {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        defer { close(ends[0]) }
        let child = start(words, writingTo: ends[1], notReading: ends[0])
        close(ends[1])
        guard let child else { return nil }
        let bytes = read(ends[0])
        if bytes == nil { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard let bytes, status & 0x7F == 0 else { return nil }
        return Machine.Output(
            text: String(decoding: bytes, as: UTF8.self), status: status >> 8 & 0xFF)
    }

    private static func start(_ words: [String], writingTo end: Int32, notReading other: Int32)
        -> pid_t?
    {
        #if canImport(Glibc)
            var actions = posix_spawn_file_actions_t()
        #else
            var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, end, STDERR_FILENO)
        posix_spawn_file_actions_addclose(&actions, end)
        posix_spawn_file_actions_addclose(&actions, other)
        spawn_close_others(&actions)
        let arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        guard let program = words.first,
            posix_spawnp(&child, program, &actions, nil, arguments, environ) == 0
        else { return nil }
        return child
    }

    /// Everything up to the end; nil after the time limit.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        let deadline = ContinuousClock.now + .milliseconds(limit)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while bytes.count < outputLimit {
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            guard left > 0 else { return nil }
            let ready = poll(&input, 1, Int32(left) + 1)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return nil }
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, &chunk, chunk.count)
            #else
                let count = Darwin.read(descriptor, &chunk, chunk.count)
            #endif
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
