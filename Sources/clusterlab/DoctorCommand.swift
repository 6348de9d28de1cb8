import ArgumentParser
import Lab
import Shell

/// `clusterlab doctor`: what the lab needs of this machine.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look over this machine: ports, terminal, Python, Docker, Redis.",
        discussion: "The exit code is 1 when something that the lab needs is not so.")

    @OptionGroup var cluster: ClusterOptions

    @Flag(help: "No colour and no bold; so does the environment variable NO_COLOR.")
    var noColor = false

    func run() throws {
        let plan = try cluster.plan()
        let doctor = Doctor(
            machine: .here, terminal: .standard(noColor: noColor),
            ports: Array(plan.port..<(plan.port + plan.nodeCount)))
        guard doctor.report() else { throw ExitCode(ExitStatus.failure.rawValue) }
    }
}
