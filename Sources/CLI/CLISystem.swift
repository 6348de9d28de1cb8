package import ClusterAdmin
package import Lab
package import RESP

/// What redis-cli needs of the machine that it runs on. Injected, so that tests can do without one.
package struct CLISystem {
    /// Opens a connection.
    package var connect: (StreamEndpoint) throws(StreamFailure) -> any ByteStream
    /// The value of an environment variable; nil where it is not set.
    package var variable: (String) -> String?
    package var isInputTerminal: Bool
    package var isOutputTerminal: Bool
    /// Reads at most so many bytes from standard input; empty at its end.
    package var readInput: (Int) throws(StreamFailure) -> [UInt8]
    package var now: () -> ContinuousClock.Instant
    /// Waits for so long, or until a signal comes.
    package var pause: (Duration) -> Void
    /// Runs `--cluster`, which prints where redis-cli does; its result is the exit code.
    package var runCluster: (VerbOptions, CLIOutput) -> Int32
    /// What the program's own nodes answer to COMMAND DOCS, for `help` where no server tells; nil where it has none.
    package var ownCommands: () -> RESPValue?

    package init(
        connect: @escaping (StreamEndpoint) throws(StreamFailure) -> any ByteStream,
        variable: @escaping (String) -> String?, isInputTerminal: Bool, isOutputTerminal: Bool,
        readInput: @escaping (Int) throws(StreamFailure) -> [UInt8],
        now: @escaping () -> ContinuousClock.Instant = { .now },
        pause: @escaping (Duration) -> Void,
        runCluster: @escaping (VerbOptions, CLIOutput) -> Int32,
        ownCommands: @escaping () -> RESPValue? = { nil }
    ) {
        self.connect = connect
        self.variable = variable
        self.isInputTerminal = isInputTerminal
        self.isOutputTerminal = isOutputTerminal
        self.readInput = readInput
        self.now = now
        self.pause = pause
        self.runCluster = runCluster
        self.ownCommands = ownCommands
    }

    /// Standard input up to its end, as `-x` takes it.
    func readInputToEnd() throws(CLIExit) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            do throws(StreamFailure) {
                let more = try readInput(1024)
                if more.isEmpty { return bytes }
                bytes += more
            } catch {
                throw .refused("Reading from standard input: \(error.reason)")
            }
        }
    }

    /// The path of a file in the user's home, or the one that the variable says; nil for none.
    func dotFile(_ name: String, unless variable: String) -> String? {
        if let path = self.variable(variable), !path.isEmpty {
            return path == "/dev/null" ? nil : path
        }
        guard let home = self.variable("HOME"), !home.isEmpty else { return nil }
        return "\(home)/\(name)"
    }
}
