import ClusterCore
import Lab
import NodeServer
import Synchronization

/// Tells what becomes of the nodes' processes, whoever did it: the lab's words, SHUTDOWN, a signal.
final class ProcessLog: Sendable {
    private let events: EventLog?
    private let conditions: Conditions
    /// Nodes whose end is a crash.
    private let crashing = Mutex<Set<NodeAddress>>([])

    init(events: EventLog?, conditions: Conditions) {
        self.events = events
        self.conditions = conditions
    }

    func tell(_ change: LabEvent.ProcessChange, _ node: NodeAddress) {
        events?.add(
            LabEvent(
                time: Instant.start.duration(to: conditions.now), node: node,
                kind: .process(change)))
    }

    /// What ends from now on at this address does so by a crash.
    func expectCrash(of node: NodeAddress) { crashing.withLock { _ = $0.insert(node) } }

    /// The node's process has ended.
    func ended(_ node: NodeAddress) {
        let isCrash = crashing.withLock { $0.remove(node) != nil }
        tell(isCrash ? .crashed : .ended, node)
    }
}
