/// What not every hand in a cluster can do: real servers live in the machine's time and network, and those of others
/// are theirs.
package enum LabAbility: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Ending, starting and holding nodes.
    case processes
    /// Cutting, delaying and losing what the network carries.
    case networkFaults
    /// A time that stands still or runs faster.
    case speed
    /// Making the cluster what it was.
    case snapshots
    /// The lab's docker.
    case containers

    /// What it is called where a part of the course takes it.
    package var name: String {
        switch self {
        case .processes: "a hand in the nodes' processes"
        case .networkFaults: "faults of the network"
        case .speed: "a time of its own"
        case .snapshots: "a way back"
        case .containers: "the lab's containers"
        }
    }

    /// What is said where it is asked of real servers.
    package var refusal: LabError {
        switch self {
        case .processes:
            .unsupported(
                "These nodes are not the lab's: it can send them commands and nothing else.")
        case .networkFaults:
            .unsupported(
                "The network of real servers is the machine's: partition, lag and drop take the lab's own nodes, "
                    + "so leave out --backend redis. freeze makes a node silent here.")
        case .speed:
            .unsupported(
                "Real servers live in everybody's time: speed and pause take the lab's own nodes, so leave out "
                    + "--backend redis. advance 5s waits so long here.")
        case .snapshots:
            .unsupported(
                "Real servers cannot be made what they were: undo, rewind, keep and load take the lab's own nodes, "
                    + "so leave out --backend redis. restart begins a lesson anew.")
        case .containers:
            .unsupported(
                "The lab's containers take its own nodes, so leave out --backend redis. A real docker is at its own path."
            )
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
