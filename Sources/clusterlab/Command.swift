import ArgumentParser
import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The program: parses its arguments and wires the parts together.
@main
struct ClusterLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusterlab",
        abstract: "A learning lab for Redis Cluster: a real cluster in one process.",
        subcommands: [
            Learn.self, Play.self, Practice.self, Up.self, Server.self, CLICommand.self,
            ExportCommand.self, Verify.self, ProgressCommand.self,
            Simulate.self, CertificatesCommand.self, LessonsCommand.self, CommandsCommand.self,
            DoctorCommand.self, Environment.self, Launch.self,
        ],
        defaultSubcommand: Learn.self)

    /// Parses, runs, and turns whatever went wrong into one line and an exit code.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            ExitStatus(of: error).leave(saying: text(of: error))
        }
    }

    private static func text(of error: any Error) -> String {
        if let error = error as? LabError { return "clusterlab: \(error)" }
        return fullMessage(for: error)
    }
}

/// The exit codes of the program.
enum ExitStatus: Int32 {
    case allWell = 0
    /// Something that was checked is not so, or the outside refused.
    case failure = 1
    case wrongUsage = 2
    /// A fault of the program itself.
    case fault = 70

    init(of error: any Error) {
        switch error {
        case is LabError: self = .failure
        case let code as ExitCode: self = ExitStatus(rawValue: code.rawValue) ?? .fault
        default: self = ClusterLab.exitCode(for: error) == .success ? .allWell : .wrongUsage
        }
    }

    /// Ends the program; help goes to standard output, all else to standard error.
    func leave(saying text: String) -> Never {
        let stream = self == .allWell ? StandardOutput.output : .error
        if !text.isEmpty { stream.write(text + "\n") }
        exit(rawValue)
    }
}
