import Foundation

/// A program at a terminal of its own, with a test in the place of the person.
package final class PseudoTerminal {
    private let process = Process()
    private let master: Int32
    /// Everything that was printed and not yet asked for.
    private var pending = ""

    package struct NotSeen: Error {
        let awaited: String
        let screen: String
    }

    /// - Parameters:
    ///   - path: the program.
    ///   - type: the terminal's, as TERM names it.
    ///   - home: where the program keeps its own files.
    package init(_ path: String, _ arguments: [String], type: String, home: String) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        guard master >= 0, let name = Self.otherEnd(of: master) else {
            throw NotSeen(awaited: "a pseudo terminal", screen: "")
        }
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        let slave = FileHandle(fileDescriptor: open(name, O_RDWR | O_NOCTTY), closeOnDealloc: false)
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ["TERM": type, "HOME": home]
        process.standardInput = slave
        process.standardOutput = slave
        process.standardError = slave
        try Self.withInterrupts { try process.run() }
        // The program's own ends are the only ones now, so that its end is seen.
        try slave.close()
        process.endWithin(.minutes(1))
    }

    /// A child inherits what its parent's thread has blocked.
    private static func withInterrupts(_ body: () throws -> Void) rethrows {
        var (signals, old) = (sigset_t(), sigset_t())
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_UNBLOCK, &signals, &old)
        defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
        try body()
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
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        close(master)
    }

    /// Presses keys.
    package func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// What Ctrl-C does while the program leaves the terminal's own handling on.
    package func interrupt() {
        kill(process.processIdentifier, SIGINT)
    }

    /// Waits until this is printed.
    /// - Returns: all that was printed up to there.
    package func read(to awaited: String) throws -> String {
        try read(naming: awaited) { $0.firstRange(of: awaited) }
    }

    /// Waits until redis-cli's prompt for a node of this machine is printed; other text may have a `> ` in it.
    /// - Returns: all that was printed up to there.
    package func readToPrompt() throws -> String {
        try read(naming: "the prompt") {
            $0.firstRange(of: #/127\.0\.0\.1:\d+(\[\d+\])?(\(TX\))?> /#)
        }
    }

    private func read(
        naming awaited: String, _ find: (String) -> Range<String.Index>?
    ) throws -> String {
        while true {
            if let range = find(pending) {
                defer { pending = String(pending[range.upperBound...]) }
                return String(pending[..<range.upperBound])
            }
            guard let more = readSome(within: 20_000) else {
                throw NotSeen(awaited: awaited, screen: pending)
            }
            pending += more
        }
    }

    /// Waits for the program's end.
    /// - Returns: its exit code, and what was printed last.
    package func end() -> (status: Int32, text: String) {
        while let more = readSome(within: 20_000) { pending += more }
        process.waitUntilExit()
        return (process.terminationStatus, pending)
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
