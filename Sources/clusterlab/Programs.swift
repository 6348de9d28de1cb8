#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Other programs that this one becomes.
enum Programs {
    /// Replaces this process. The first word is a path, or a name on PATH; redis-cli is this program's own.
    /// - Parameter container: the `ContainerPlace` that it is to run in, or seem to, as text.
    static func become(_ words: [String], inContainer container: String? = nil) throws -> Never {
        ClientNetwork.hand(on: container)
        let words = words[0] == "redis-cli" ? [Executable.path, "cli"] + words.dropFirst() : words
        // What was blocked here is nothing to the other program.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        let arguments = words.map { strdup($0) }
        execvp(words[0], arguments + [nil])
        let reason = String(cString: strerror(errno))
        StandardOutput.error.write("clusterlab: \(words[0]): \(reason)\n")
        exit(127)
    }

    /// Ends this process with whatever exit code.
    static func leave(_ status: Int32) -> Never { exit(status) }

    /// What standard input holds.
    static func standardInput() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(STDIN_FILENO, &buffer, buffer.count), count > 0 {
            bytes += buffer.prefix(count)
        }
        return bytes
    }
}
