#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard input while nobody reads lines from it.
enum StandardInput {
    /// Waits until something can be read or the input has ended, or a signal comes; false when the time is over first.
    static func isReady(within length: Duration) -> Bool {
        var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, Int32(clamping: Int(length / .milliseconds(1)))) != 0
    }

    /// `isReady` for a terminal's keys, which it hands over without Enter meanwhile; a key that ended the wait is
    /// taken.
    static func isKeyPressed(within length: Duration) -> Bool {
        var usual = termios()
        guard tcgetattr(STDIN_FILENO, &usual) == 0 else { return isReady(within: length) }
        var immediate = usual
        immediate.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &immediate)
        defer { tcsetattr(STDIN_FILENO, TCSADRAIN, &usual) }
        guard isReady(within: length) else { return false }
        tcflush(STDIN_FILENO, TCIFLUSH)
        return true
    }
}
