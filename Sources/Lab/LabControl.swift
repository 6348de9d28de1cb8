/// What can be done to a running cluster besides sending it commands: faults, time, snapshots.
///
/// A backend that cannot do one of them throws `LabError.unsupported` with a sentence that says so and names what can.
/// Calls block until what they ask for is so.
package protocol LabControl: AnyObject, Sendable {
    /// What of this it cannot do.
    var lacks: Set<LabAbility> { get }

    // MARK: Nodes

    /// How the node's process is.
    func state(of node: NodeAddress) -> NodeState

    /// Ends a node in good order, as SIGTERM does: it saves and says farewell.
    func stop(_ node: NodeAddress) throws(LabError)

    /// Ends a node at once, as `kill -9` does: what it has not written is lost.
    func crash(_ node: NodeAddress) throws(LabError)

    /// Starts a node again that has ended, with what it has on its disk.
    func boot(_ node: NodeAddress) throws(LabError)

    /// Stops a node's process where it is, as SIGSTOP does: its connections stay, and nobody answers.
    func freeze(_ node: NodeAddress) throws(LabError)

    /// Lets a frozen node go on.
    func thaw(_ node: NodeAddress) throws(LabError)

    // MARK: The network

    /// What is wrong with the network now.
    var network: NetworkFaults { get }

    /// Replaces all that is wrong with the network. What was held back and may pass now arrives late, as TCP has it.
    func setNetwork(_ faults: NetworkFaults) throws(LabError)

    // MARK: Time

    /// How fast the cluster's time passes: 1 as everybody's, 0 not at all. Commands are answered while it stands still.
    var speed: Double { get }

    func setSpeed(_ speed: Double) throws(LabError)

    /// Lets so much of the cluster's time pass as fast as the backend can, whatever the speed is.
    func advance(_ duration: Duration) throws(LabError)

    // MARK: Snapshots

    /// All nodes, their data, the network's faults and the time, as they are now.
    func snapshot() throws(LabError) -> any LabSnapshot

    /// Makes the cluster what it was. Clients lose their connections.
    func restore(_ snapshot: any LabSnapshot) throws(LabError)
}

/// A cluster as it was, of the backend that took it.
package protocol LabSnapshot: Sendable {
    /// When it was taken, on the cluster's clock.
    var time: Duration { get }
}

extension LabControl {
    package var lacks: Set<LabAbility> { [] }

    /// Takes back what is wrong: the network is whole, frozen nodes go on, time passes as everybody's. Nodes that have
    /// ended stay down: to start them or not may be the learner's wish.
    /// - Returns: whether anything was wrong.
    package func heal(_ nodes: [NodeAddress]) throws(LabError) -> Bool {
        let frozen = nodes.filter { state(of: $0) == .frozen }
        let isWell = network.isEmpty && frozen.isEmpty && speed == 1
        if !network.isEmpty { try setNetwork(NetworkFaults()) }
        for node in frozen { try thaw(node) }
        if speed != 1 { try setSpeed(1) }
        return !isWell
    }
}

/// How a node's process is.
package enum NodeState: String, Hashable, Sendable {
    case running
    /// It is there and does nothing.
    case frozen
    case down
}
