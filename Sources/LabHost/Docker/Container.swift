import LabBackends
import NodeServer

/// A container of the lab: a Redis node with an address of its own, or on the machine's network.
struct Container: Sendable {
    /// 64 hexadecimal digits.
    let id: String
    let name: String
    let settings: ContainerSettings
    /// Its network; nil for the machine's own.
    let network: String?
    /// Its working folder, `/data`, and what else it sees of the machine.
    let mounts: [ContainerSettings.Mount]
    let log = ContainerLog()
    let created: ContinuousClock.Instant
    var state = State.created
    /// Its address while it runs.
    var address: String?
    /// Its ports while it runs; those that were left to docker have been chosen.
    var ports: [ContainerSettings.Port] = []
    var server: HostedServer?
    /// Somebody told it to stop: it does not start again by itself.
    var isStopping = false

    /// Where it is in its life.
    enum State: Hashable, Sendable {
        case created
        case running(since: ContinuousClock.Instant)
        case exited(Int32, at: ContinuousClock.Instant)
    }

    var isRunning: Bool {
        if case .running = state { true } else { false }
    }

    /// The first twelve digits, as docker shows it.
    var shortID: String { String(id.prefix(12)) }

    /// Whether it is meant: by its name, or the beginning of its id.
    func isCalled(_ text: String) -> Bool {
        name == text || "/\(name)" == text || (!text.isEmpty && id.hasPrefix(text))
    }
}
