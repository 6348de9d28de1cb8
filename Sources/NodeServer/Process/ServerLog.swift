package import ClusterCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The log of a server process in Redis' format: `12345:M 24 Nov 2026 03:04:05.678 * Ready to accept connections`.
package struct ServerLog: Sendable {
    private let settings: ServerSettings
    /// Empty for standard output.
    private let path: String
    private let output: @Sendable (String) -> Void
    private let processID: Int

    init(_ settings: ServerSettings, in system: ServerSystem) {
        self.settings = settings
        path =
            settings.configuration.logFile.isEmpty
            ? "" : system.path(settings.configuration.logFile)
        output = system.output
        processID = system.processID
    }

    /// What the node says.
    package func write(_ line: NodeLog.Line) {
        if line.isWanted { add(line.level, line.message, role: line.role) }
    }

    /// What the process says.
    package func write(_ level: LogLevel, _ message: String, role: String = "M") {
        if settings.configuration.logs(level) { add(level, message, role: role) }
    }

    /// Adds a line. Like Redis, opens the file anew each time, so that it may be moved away meanwhile.
    private func add(_ level: LogLevel, _ message: String, role: String) {
        let line = "\(processID):\(role) \(Self.time()) \(level.rawValue) \(message)\n"
        guard !path.isEmpty else { return output(line) }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { return }
        _ = writeAll(Array(line.utf8), to: file)
        close(file)
    }

    /// `24 Nov 2026 03:04:05.678`, where the machine is.
    package static func time() -> String {
        let now = wallClockMilliseconds()
        var seconds = time_t(now / 1000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let count = strftime(buffer.baseAddress, buffer.count, "%d %b %Y %H:%M:%S.", &parts)
            return String(
                decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        let milliseconds = "\(now % 1000)"
        return text + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds
    }
}
