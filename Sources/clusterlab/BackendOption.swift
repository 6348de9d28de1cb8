import ArgumentParser
import Lab
import LabBackends

/// `--backend`: where the cluster of a prompt, or of `verify`, runs.
enum BackendOption: String, ExpressibleByArgument, CaseIterable {
    /// In this process, in everybody's time, on TCP ports.
    case inprocess
    /// In virtual time, reachable from here only.
    case simulated

    static let help: ArgumentHelp =
        "inprocess: in this process, on TCP ports; simulated: in virtual time, without ports."

    /// What starts clusters for lessons and the prompt.
    func backend(
        dir: String? = nil, isScratch: Bool = false, events: EventLog? = nil,
        hosted: HostedServers? = nil
    ) -> any LabBackend {
        switch self {
        case .inprocess:
            InProcessLab(dir: dir, isScratch: isScratch, events: events, hosted: hosted)
        case .simulated: SimulatedLab()
        }
    }

    /// What a learner has to know before the first line; nil where there is nothing.
    var greeting: String? {
        switch self {
        case .inprocess: nil
        case .simulated:
            """
            This cluster is simulated: its time passes when you wait or send a command, and
            stands still while you think. It has no ports: only this prompt reaches it, no
            redis-cli in another terminal and no other program.
            """
        }
    }
}
