import ArgumentParser
import CLI

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `clusterlab cli`: redis-cli, with its arguments.
struct CLICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cli",
        abstract: "redis-cli: commands, its prompt, and its measuring and scanning modes.",
        usage: "clusterlab cli [redis-cli's options] [command [argument ...]]")

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("What redis-cli takes.", valueName: "argument"))
    var arguments: [String] = []

    func run() throws {
        let system = CLISystem.process
        let output = CLIOutput(
            isTerminal: system.isOutputTerminal, write: StandardOutput.output.write,
            writeError: StandardOutput.error.write)
        let status = CLISession.run(rawArguments, on: system, output: output)
        guard status == 0 else { throw ExitCode(status) }
    }

    /// The arguments as bytes: those of redis-cli need not be text.
    private var rawArguments: [[UInt8]] {
        let all = (0..<Int(CommandLine.argc)).compactMap { index in
            CommandLine.unsafeArgv[index].map {
                Array(UnsafeBufferPointer(start: $0, count: strlen($0)))
            }
        }.map { $0.map { UInt8(bitPattern: $0) } }
        return Array(all.suffix(arguments.count))
    }
}
