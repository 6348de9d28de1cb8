import CLibedit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Another program, run to its end.
struct ChildProcess {
    let path: String
    /// The first is its name.
    let arguments: [String]
    /// `NAME=VALUE`.
    let environment: [String]

    /// What a program has for its streams.
    enum Streams {
        /// Those of this process, and the terminal with them: Ctrl-C is the program's alone.
        case terminal
        /// Those of this process, without its input.
        case inherited
        /// No input; what it prints goes to a file.
        case file(String)
    }

    /// How a program ended.
    enum Outcome: Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// It could not be started; the reason is the system's.
        case failed(String)
    }

    /// Starts it and waits. What it leaves in the background goes on.
    /// - Parameters:
    ///   - error: its standard error, where that is not to be the one of this process or of `streams`.
    ///   - limit: how long it may run, where it prints to a file: then it is ended, with all that it waits for.
    func run(_ streams: Streams, error: Int32? = nil, within limit: Duration? = nil) -> Outcome {
        switch streams {
        case .terminal: runAtTerminal(error)
        case .inherited:
            wait(
                for: spawn { actions in
                    actions.closeInput()
                    actions.redirectError(to: error)
                })
        case .file(let path):
            wait(for: spawn(inOwnGroup: limit != nil) { $0.redirect(to: path) }, within: limit)
        }
    }

    /// Starts it, and reads what it prints until it ends. It gets no input.
    func output() -> (outcome: Outcome, text: String) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return (.failed(String(cString: strerror(errno))), "") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let started = spawn { $0.redirect(to: ends[1]) }
        close(ends[1])
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        close(ends[0])
        return (wait(for: started), String(decoding: bytes, as: UTF8.self))
    }

    // MARK: - At the terminal

    /// Lets it have the terminal, and takes that back afterwards as it was.
    private func runAtTerminal(_ error: Int32?) -> Outcome {
        var modes = termios()
        let hasModes = tcgetattr(STDIN_FILENO, &modes) == 0
        _ = take_interrupt()
        let started = spawn(inOwnGroup: true) { actions in
            actions.redirectError(to: error)
            actions.takeTerminal()
        }
        if case .success(let child) = started {
            Self.giveTerminal(to: child)
            // What was typed before it had the terminal was meant for it.
            if take_interrupt() { kill(-child, SIGINT) }
        }
        let outcome = wait(for: started)
        Self.giveTerminal(to: getpgrp())
        if hasModes { tcsetattr(STDIN_FILENO, TCSADRAIN, &modes) }
        return outcome
    }

    /// Makes a process group the one that the terminal listens to.
    private static func giveTerminal(to group: pid_t) {
        var blocked = sigset_t()
        var previous = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTTOU)
        pthread_sigmask(SIG_BLOCK, &blocked, &previous)
        tcsetpgrp(STDIN_FILENO, group)
        pthread_sigmask(SIG_SETMASK, &previous, nil)
    }

    // MARK: - Start and end

    private enum Started {
        case success(pid_t)
        case failure(Int32)
    }

    /// What is done with the streams before the program begins.
    private struct Actions {
        var actions = posix_spawn_file_actions_t()

        /// The sockets of the lab's nodes are open in this process, and the event loops do not mark them: a program
        /// that had them would keep the nodes' ports when these are long gone.
        mutating func closeOthers() {
            spawn_close_others(&actions)
        }

        mutating func takeTerminal() {
            spawn_take_terminal(&actions)
        }

        mutating func closeInput() {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }

        mutating func redirectError(to descriptor: Int32?) {
            guard let descriptor else { return }
            posix_spawn_file_actions_adddup2(&actions, descriptor, STDERR_FILENO)
        }

        mutating func redirect(to path: String) {
            closeInput()
            posix_spawn_file_actions_addopen(
                &actions, STDOUT_FILENO, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        }

        mutating func redirect(to descriptor: Int32) {
            closeInput()
            posix_spawn_file_actions_adddup2(&actions, descriptor, STDOUT_FILENO)
            posix_spawn_file_actions_adddup2(&actions, descriptor, STDERR_FILENO)
        }
    }

    /// Starts the program.
    private func spawn(
        inOwnGroup: Bool = false, _ prepare: (inout Actions) -> Void
    ) -> Started {
        var actions = Actions()
        posix_spawn_file_actions_init(&actions.actions)
        defer { posix_spawn_file_actions_destroy(&actions.actions) }
        prepare(&actions)
        actions.closeOthers()
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.resetSignals(&attributes, inOwnGroup: inOwnGroup)
        let words = arguments.map { strdup($0) }
        let variables = environment.map { strdup($0) }
        defer { for text in words + variables { free(text) } }
        var child = pid_t()
        let status = posix_spawn(
            &child, path, &actions.actions, &attributes, words + [nil], variables + [nil])
        return status == 0 ? .success(child) : .failure(status)
    }

    /// What this process does with signals is nothing to the program.
    private static func resetSignals(_ attributes: inout posix_spawnattr_t, inOwnGroup: Bool) {
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigemptyset(&all)
        for signal in [SIGINT, SIGTERM, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU] {
            sigaddset(&all, signal)
        }
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        #if canImport(Darwin)
            // There the system closes what no action has opened.
            flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
        if inOwnGroup {
            flags |= Int32(POSIX_SPAWN_SETPGROUP)
            posix_spawnattr_setpgroup(&attributes, 0)
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    /// Whether a child has ended by then; it is still to be waited for.
    private static func ends(_ child: pid_t, within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        var pause: UInt32 = 500
        while ContinuousClock.now < deadline {
            var info = siginfo_t()
            let result = waitid(P_PID, id_t(child), &info, WEXITED | WNOHANG | WNOWAIT)
            if result < 0, errno != EINTR { return true }
            if result == 0, info.si_signo == SIGCHLD { return true }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
        return false
    }

    /// Waits for its end. There are no jobs here: one that stops, by Ctrl-Z or because it read before the terminal was
    /// its own, goes on.
    private func wait(for started: Started, within limit: Duration? = nil) -> Outcome {
        let child: pid_t
        switch started {
        case .failure(let code): return .failed(String(cString: strerror(code)))
        case .success(let started): child = started
        }
        var status: Int32 = 0
        if let limit, !Self.ends(child, within: limit) {
            // Whoever does not take it well has two seconds.
            kill(-child, SIGTERM)
            if !Self.ends(child, within: .seconds(2)) { kill(-child, SIGKILL) }
        }
        while true {
            guard waitpid(child, &status, WUNTRACED) == child else {
                if errno == EINTR { continue }
                return .failed(String(cString: strerror(errno)))
            }
            if status & 0xFF == 0x7F {
                kill(-child, SIGCONT)
            } else if status & 0x7F == 0 {
                return .exited(status >> 8 & 0xFF)
            } else {
                return .signalled(status & 0x7F)
            }
        }
    }
}
