#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How far something is that takes long: one line on standard error that is written over, on a terminal only.
struct ProgressLine {
    private let isShown: Bool
    private let began: Int
    private var isDirty = false

    /// - Parameter isPatient: nothing is shown before a second has passed.
    init(isPatient: Bool = true) {
        isShown = isatty(STDERR_FILENO) != 0
        began = Self.seconds - (isPatient ? 0 : 1)
    }

    /// Writes the line anew, or not yet.
    mutating func show(_ text: String) {
        guard isShown, Self.seconds > began else { return }
        StandardOutput.error.write("\r\(text.prefix(width - 1))\u{1B}[K")
        isDirty = true
    }

    /// Takes the line away.
    mutating func clear() {
        guard isDirty else { return }
        StandardOutput.error.write("\r\u{1B}[K")
        isDirty = false
    }

    private var width: Int {
        var size = winsize()
        let status = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
        return status == 0 && size.ws_col > 1 ? Int(size.ws_col) : 80
    }

    private static var seconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }
}
