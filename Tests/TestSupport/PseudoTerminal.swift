import Foundation

/// A program at a terminal of its own, with a test in the place of the person.
///
/// The program leads a session of its own and the terminal controls it: Ctrl-C reaches it as a key or as a
/// signal, whichever its terminal is set to. Foundation's Process cannot do that.
package final class PseudoTerminal {
    private let processID: pid_t
    private let master: Int32
    /// Everything that was printed and not yet asked for.
    private var pending = ""
    private var isEnded = false

    package struct NotSeen: Error {
        let awaited: String
        let screen: String
    }

    /// - Parameters:
    ///   - path: the program.
    ///   - type: the terminal's, as TERM names it.
    ///   - home: where the program keeps its own files.
    ///   - folder: where it works; the test's own without.
    ///   - variables: its environment, besides TERM, HOME and PATH.
    package init(
        _ path: String, _ arguments: [String], type: String, home: String, folder: String? = nil,
        variables: [String: String] = [:]
    ) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard master >= 0, let name = Self.otherEnd(of: master) else {
            throw NotSeen(awaited: "a pseudo terminal", screen: "")
        }
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        var environment = variables
        environment["TERM"] = type
        environment["HOME"] = home
        environment["PATH"] = environment["PATH"] ?? ProcessInfo.processInfo.environment["PATH"]
        let line = ["/bin/bash", "-c", Self.beginning, folder ?? ".", path] + arguments
        processID = try Self.start(line, at: name, environment: environment)
    }

    /// What posix_spawn cannot do everywhere: change the folder, and close what the test's process has open, such as the
    /// ports of nodes, which would stay in use for as long as the program runs.
    private static let beginning = #"""
        for file in /dev/fd/*; do
            number=${file##*/}
            [ "$number" -gt 2 ] && eval "exec $number>&-"
        done
        cd "$0" && exec "$@"
        """#

    /// A session's leader that opens a terminal is controlled by it from then on.
    private static func start(
        _ line: [String], at terminal: String, environment: [String: String]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, terminal, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A child would inherit what the test's thread has blocked.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        #if canImport(Darwin)
            let newSession = POSIX_SPAWN_SETSID
        #else
            let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, which Swift does not see on Linux
        #endif
        posix_spawnattr_setflags(&attributes, Int16(Int32(POSIX_SPAWN_SETSIGMASK) | newSession))

        var words = line.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var id = pid_t()
        let result = posix_spawnp(&id, line[0], &actions, &attributes, &words, &variables)
        guard result == 0 else {
            throw NotSeen(awaited: line[0], screen: String(cString: strerror(result)))
        }
        return id
    }

    /// The terminal's path, once it may be opened.
    private static func otherEnd(of master: Int32) -> String? {
        #if canImport(Darwin)
            guard grantpt(master) == 0, unlockpt(master) == 0, let name = ptsname(master) else {
                return nil
            }
            return String(cString: name)
        #else
            // What posix_openpt and its kin do; Swift does not see them on Linux.
            let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
            var (lock, number): (Int32, Int32) = (0, 0)
            guard ioctl(master, setLock, &lock) == 0, ioctl(master, getNumber, &number) == 0 else {
                return nil
            }
            return "/dev/pts/\(number)"
        #endif
    }

    deinit {
        if !isEnded {
            kill(-processID, SIGKILL)
            _ = Self.wait(for: processID)
        }
        close(master)
    }

    /// Presses keys.
    package func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// Presses Ctrl-C.
    package func interrupt() { type("\u{3}") }

    /// Waits until this is printed.
    /// - Returns: all that was printed up to there.
    package func read(to awaited: String) throws -> String {
        try read(naming: awaited) { $0.firstRange(of: awaited) }
    }

    /// Waits until something of this form is printed.
    /// - Returns: all that was printed up to there.
    package func read(to awaited: some RegexComponent, named name: String) throws -> String {
        try read(naming: name) { $0.firstRange(of: awaited) }
    }

    /// Waits until redis-cli's prompt for a node of this machine is printed; other text may have a `> ` in it.
    /// - Returns: all that was printed up to there.
    package func readToPrompt() throws -> String {
        try read(to: #/127\.0\.0\.1:\d+(\[\d+\])?(\(TX\))?> /#, named: "the prompt")
    }

    private func read(
        naming awaited: String, _ find: (String) -> Range<String.Index>?
    ) throws -> String {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            if let range = find(pending) {
                defer { pending = String(pending[range.upperBound...]) }
                return String(pending[..<range.upperBound])
            }
            // A program that prints for ever must not keep the test for ever.
            guard ContinuousClock.now < deadline, let more = readSome(within: 20_000) else {
                throw NotSeen(awaited: awaited, screen: String(pending.suffix(10_000)))
            }
            pending += more
        }
    }

    /// Waits for the program's end; one that prints nothing, or for a minute, and does not end is killed.
    /// - Returns: its exit code, that of a shell when a signal ended it, and what was printed last.
    package func end() -> (status: Int32, text: String) {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline, let more = readSome(within: 20_000) { pending += more }
        // It has closed the terminal, or hangs: a process that is ending already keeps its code.
        kill(processID, SIGKILL)
        isEnded = true
        return (Self.wait(for: processID), pending)
    }

    private static func wait(for processID: pid_t) -> Int32 {
        var status: Int32 = 0
        var found: pid_t
        repeat { found = waitpid(processID, &status, 0) } while found < 0 && errno == EINTR
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// Nil when nothing comes any more.
    private func readSome(within milliseconds: Int32) -> String? {
        var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, milliseconds) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Foundation.read(master, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
