import Lab

/// What can be done to real servers: signals to their processes. Their time and their network are the machine's.
final class RedisProcessControl: LabControl {
    private let processes: RedisProcesses

    init(_ processes: RedisProcesses) {
        self.processes = processes
    }

    var lacks: Set<LabAbility> { RedisProcessLab.lacks }

    // MARK: - Nodes

    func state(of node: NodeAddress) -> NodeState { processes.nodeState(of: node) }

    func stop(_ node: NodeAddress) throws(LabError) {
        guard try running(node) != .frozen else {
            throw .unsupported(
                "\(node.port) is frozen and takes no signal: thaw \(node.port) first, or crash it.")
        }
        try processes.signal(sigTerm, to: node, until: .down)
    }

    func crash(_ node: NodeAddress) throws(LabError) {
        _ = try running(node)
        try processes.signal(sigKill, to: node, until: .down)
    }

    func boot(_ node: NodeAddress) throws(LabError) {
        guard state(of: node) == .down else {
            throw .unsupported("\(node.port) is there already: it is \(state(of: node).rawValue).")
        }
        try processes.boot(node)
    }

    func freeze(_ node: NodeAddress) throws(LabError) {
        _ = try running(node)
        try processes.signal(sigStop, to: node, until: .frozen)
    }

    func thaw(_ node: NodeAddress) throws(LabError) {
        _ = try running(node)
        try processes.signal(sigContinue, to: node, until: .running)
    }

    private func running(_ node: NodeAddress) throws(LabError) -> NodeState {
        guard processes.has(node) else {
            throw .refused(node, reason: "the lab has started no node there")
        }
        let state = state(of: node)
        guard state != .down else {
            throw .unsupported("\(node.port) is down already: boot \(node.port) starts it again.")
        }
        return state
    }

    // MARK: - The network and time

    var network: NetworkFaults { NetworkFaults() }

    func setNetwork(_ faults: NetworkFaults) throws(LabError) {
        if !faults.isEmpty { throw LabAbility.networkFaults.refusal }
    }

    var speed: Double { 1 }

    func setSpeed(_ speed: Double) throws(LabError) {
        if speed != 1 { throw LabAbility.speed.refusal }
    }

    /// As fast as everybody's.
    func advance(_ duration: Duration) throws(LabError) {
        try RealTime.pass(duration)
    }

    // MARK: - Snapshots

    func snapshot() throws(LabError) -> any LabSnapshot { throw LabAbility.snapshots.refusal }

    func restore(_ snapshot: any LabSnapshot) throws(LabError) {
        throw LabAbility.snapshots.refusal
    }
}
