import Lab
import Lessons

/// The ports in usages and examples, which are written for nodes from 7000 on.
enum UsagePorts {
    /// The text for the nodes at hand.
    static func shown(_ text: String, for nodes: [NodeAddress]) -> String {
        guard let first = nodes.map(\.port).min() else { return text }
        return PortShift(first: first)(text)
    }
}
