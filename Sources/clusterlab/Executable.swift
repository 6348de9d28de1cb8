#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// This program.
enum Executable {
    /// Its path, where the system tells it.
    static var path: String {
        let resolved = realpath("/proc/self/exe", nil) ?? realpath(CommandLine.arguments[0], nil)
        guard let resolved else { return CommandLine.arguments[0] }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
