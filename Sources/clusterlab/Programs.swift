import ArgumentParser
import LabHost
import NodeServer

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Other programs that this one becomes.
enum Programs {
    /// Becomes redis-cli: this program's own where it has one, or else the one that is installed.
    /// - Parameter container: the address of the container that it is to run in, or seem to.
    static func becomeRedisCLI(
        _ arguments: [String], inContainer container: String? = nil
    ) throws -> Never {
        let arguments =
            container.map { ContainerAddresses.translated(arguments, from: $0) } ?? arguments
        let own = ClusterLab.configuration.subcommands.contains {
            $0.configuration.commandName == "cli"
        }
        if own { try become([Executable.path, "cli"] + arguments) }
        guard let installed = installed("redis-cli") else {
            StandardOutput.error.write("clusterlab: no redis-cli is installed\n")
            exit(127)
        }
        try become([installed] + arguments)
    }

    /// Replaces this process. The first word is a path, or a name on PATH.
    static func become(_ words: [String], inContainer container: String? = nil) throws -> Never {
        if words[0] == "redis-cli" {
            try becomeRedisCLI(Array(words.dropFirst()), inContainer: container)
        }
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

    /// A program on PATH that is not one of the lab's launchers.
    private static func installed(_ name: String) -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let ours = Set(LabPlaces().running.map(\.programs))
        return path.split(separator: ":").map(String.init)
            .filter { !ours.contains($0) }.map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }
}
