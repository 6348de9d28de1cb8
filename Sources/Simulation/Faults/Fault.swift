package import ClusterCore

/// Something that goes wrong in the world, or that somebody does to it.
package enum Fault: Hashable, Sendable {
    /// kill -9, or the machine loses its power: then nobody is told that its connections are gone. With a number
    /// it happens in the middle of a step, after so many of its actions.
    case crash(host: Int, losesPower: Bool, afterActions: Int?)
    case restart(host: Int)
    /// SIGSTOP and SIGCONT.
    case freeze(host: Int)
    case thaw(host: Int)
    /// Cuts the network between a group and the rest; one-way cuts let the rest reach the group.
    case partition(hosts: [Int], clients: [Int], isOneWay: Bool)
    /// Ends every partition and stall.
    case reconnect
    /// A path loses everything for a while: what is sent waits, in its order, to be sent again.
    case stall(from: Int, to: Int)
    case unstall(from: Int, to: Int)
    /// Whatever a machine sends or gets takes so much longer.
    case slow(host: Int, by: Duration)
    /// All connections between two machines break.
    case reset(Int, Int)
    /// A host's clock jumps ahead.
    case clockJump(host: Int, by: Duration)
    case administer(Administration)
}

/// What an administrator does, who may do it badly timed, but never wrongly.
package enum Administration: Hashable, Sendable {
    /// CLUSTER FAILOVER, to whatever node: one that is a master refuses.
    case failover(host: Int, kind: NodeEvent.ManualFailoverKind)
    /// Moves some slots from a node to another one, key by key.
    case reshard(from: Int, to: Int, slots: Int)
}

extension Fault: CustomStringConvertible {
    /// As a line of a schedule.
    package var description: String {
        switch self {
        case .crash(let host, let losesPower, let actions):
            (losesPower ? "power off n\(host)" : "crash n\(host)")
                + (actions.map { " in the middle of a step, after action \($0)" } ?? "")
        case .restart(let host): "start n\(host)"
        case .freeze(let host): "freeze n\(host)"
        case .thaw(let host): "thaw n\(host)"
        case .partition(let hosts, let clients, let isOneWay):
            "cut off" + hosts.map { " n\($0)" }.joined() + clients.map { " c\($0)" }.joined()
                + (isOneWay ? ", one way: they still hear the rest" : "")
        case .reconnect: "reconnect all"
        case .stall(let source, let target): "stall n\(source) -> n\(target)"
        case .unstall(let source, let target): "unstall n\(source) -> n\(target)"
        case .slow(let host, let delay):
            delay == .zero ? "n\(host) at normal speed" : "slow n\(host) by \(delay)"
        case .reset(let one, let other): "reset n\(one) - n\(other)"
        case .clockJump(let host, let jump): "clock of n\(host) jumps by \(jump)"
        case .administer(let administration): "\(administration)"
        }
    }
}

extension Administration: CustomStringConvertible {
    /// As a line of a schedule.
    package var description: String {
        switch self {
        case .failover(let host, .agreed): "n\(host): CLUSTER FAILOVER"
        case .failover(let host, .force): "n\(host): CLUSTER FAILOVER FORCE"
        case .failover(let host, .takeover): "n\(host): CLUSTER FAILOVER TAKEOVER"
        case .reshard(let source, let target, let slots):
            "reshard \(slots) slots from n\(source) to n\(target)"
        }
    }
}
