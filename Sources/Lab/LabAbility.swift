/// What not every hand in a cluster can do: real servers live in the machine's time and network.
package enum LabAbility: String, Hashable, Sendable, CaseIterable {
    /// Cutting, delaying and losing what the network carries.
    case networkFaults
    /// A time that stands still or runs faster.
    case speed
    /// Making the cluster what it was.
    case snapshots

    /// What is said where it is asked for and is not there.
    package var refusal: LabError {
        switch self {
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
        }
    }
}
