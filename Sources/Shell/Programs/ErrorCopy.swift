import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What programs print on standard error, passed on to where it belongs and kept for `why`.
///
/// Programs get one end of a terminal that is there for this alone, or of a pipe where the lab's own standard error is
/// no terminal; a thread hands on what comes out of the other end. Standard input, standard output and the
/// controlling terminal stay the real ones, so prompts, editors and Ctrl-C know no difference. The price: a
/// line of standard error may appear a little after one of standard output that was printed later.
final class ErrorCopy: Sendable {
    private let state = Mutex(State())

    private struct State {
        var ends: Ends?
        /// Nothing could be opened: programs get the lab's own standard error.
        var isImpossible = false
        var kept: [UInt8] = []
        /// What waits until everything before the mark was handed on.
        var waiting: DispatchSemaphore?
    }

    private struct Ends {
        let program: Int32
        let ours: Int32
    }

    /// Bytes that are worth keeping, the last ones: a program ends with what went wrong.
    private static let limit = 1 << 20
    /// No program prints this: it tells how far everything was read.
    private static let mark = Array("\0clusterlab: so far\0".utf8)

    /// The descriptor that a program gets; nil for the lab's own.
    func begin() -> Int32? {
        let (ends, isNew) = state.withLock { state in
            state.kept = []
            if state.ends != nil || state.isImpossible { return (state.ends, false) }
            state.ends = Self.open()
            state.isImpossible = state.ends == nil
            return (state.ends, true)
        }
        guard let ends else { return nil }
        if isNew {
            DispatchQueue(label: "standard error").async { [weak self] in
                Self.pass(on: ends.ours) { self }
            }
        }
        Self.dress(ends.program)
        return ends.program
    }

    /// Keeps a text that went another way.
    func keep(_ text: String) {
        state.withLock { $0.kept = Array(text.utf8.suffix(Self.limit)) }
    }

    /// Waits until all that was printed up to now has been handed on.
    func drain() {
        let waiting = DispatchSemaphore(value: 0)
        let end = state.withLock { state in
            if state.ends != nil { state.waiting = waiting }
            return state.ends?.program
        }
        guard let end, Self.write(Self.mark, to: end) else { return }
        waiting.wait()
    }

    /// What was kept since `begin`.
    func take() -> String {
        state.withLock { state in
            defer { state.kept = [] }
            return String(decoding: state.kept, as: UTF8.self)
        }
    }

    // MARK: - The thread

    private static func pass(on descriptor: Int32, to owner: () -> ErrorCopy?) {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0, let owner = owner() else { return }
            pending += buffer.prefix(count)
            while let start = pending.firstRange(of: mark) {
                owner.hand(on: pending[..<start.lowerBound])
                pending.removeFirst(start.upperBound)
                owner.state.withLock { state in
                    state.waiting?.signal()
                    state.waiting = nil
                }
            }
            let rest = beginning(ofMarkAtEndOf: pending)
            owner.hand(on: pending.dropLast(rest))
            pending.removeFirst(pending.count - rest)
        }
    }

    /// How many bytes at the end may be the first ones of the mark.
    private static func beginning(ofMarkAtEndOf bytes: [UInt8]) -> Int {
        (1..<mark.count).reversed().first { bytes.suffix($0).elementsEqual(mark.prefix($0)) } ?? 0
    }

    private func hand(on bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty else { return }
        _ = Self.write(Array(bytes), to: STDERR_FILENO)
        state.withLock { state in
            state.kept += bytes
            if state.kept.count > 2 * Self.limit {
                state.kept.removeFirst(state.kept.count - Self.limit)
            }
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while let start = rest.baseAddress, rest.count > 0 {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, start, rest.count)
                #else
                    let count = Darwin.write(descriptor, start, rest.count)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
            return true
        }
    }

    // MARK: - The two ends

    private static func open() -> Ends? {
        if isatty(STDERR_FILENO) == 1, let ends = openTerminal() { return ends }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return Ends(program: ends[1], ours: ends[0])
    }

    private static func openTerminal() -> Ends? {
        #if canImport(Glibc)
            let ours = Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        #else
            let ours = Darwin.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        #endif
        guard ours >= 0 else { return nil }
        guard let name = otherEnd(of: ours) else {
            close(ours)
            return nil
        }
        #if canImport(Glibc)
            let program = Glibc.open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        #else
            let program = Darwin.open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        #endif
        guard program >= 0 else {
            close(ours)
            return nil
        }
        return Ends(program: program, ours: ours)
    }

    /// The path of a terminal's other end, once it may be opened.
    private static func otherEnd(of terminal: Int32) -> String? {
        #if canImport(Glibc)
            // What posix_openpt and its kin do; Swift does not see them on Linux.
            let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
            var (lock, number): (Int32, Int32) = (0, 0)
            guard ioctl(terminal, setLock, &lock) == 0, ioctl(terminal, getNumber, &number) == 0
            else { return nil }
            return "/dev/pts/\(number)"
        #else
            guard grantpt(terminal) == 0, unlockpt(terminal) == 0, let name = ptsname(terminal)
            else { return nil }
            return String(cString: name)
        #endif
    }

    /// Makes the terminal as wide as the real one, which alone is to change what passes: a program before may have
    /// left it otherwise. A pipe stays as it is.
    private static func dress(_ descriptor: Int32) {
        var modes = termios()
        guard tcgetattr(descriptor, &modes) == 0 else { return }
        cfmakeraw(&modes)
        tcsetattr(descriptor, TCSANOW, &modes)
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 else { return }
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }
}
