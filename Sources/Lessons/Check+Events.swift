/// What may have happened in the cluster, in the words of `event`.
package enum EventKind: String, Sendable, CaseIterable {
    // Failure detection.
    case suspected, unsuspected
    /// A majority agrees.
    case failed
    case recovered
    /// A node's cluster_state.
    case down, ok
    // Elections.
    /// A replica asks for votes, and gets or does not get one.
    case standing, voted, refused
    case promoted, demoted
    /// A replica that cannot stand for election.
    case stuck
    /// CLUSTER FAILOVER, and the end of its patience.
    case manual, abandoned
    // Membership and slots.
    case joined, forgotten
    /// A replica goes to a master that has none.
    case migrating
    case moved, collided
    // What was done to a process.
    case started, ended, crashed, frozen, thawed
    // What was done to the network: something is cut off, all is whole again.
    case parted, healed

    /// What ends it, where it was done to a process or to the network.
    var opposite: EventKind? {
        switch self {
        case .ended, .crashed: .started
        case .frozen: .thawed
        case .parted: .healed
        case .suspected, .unsuspected, .failed, .recovered, .down, .ok, .standing, .voted, .refused,
            .promoted, .demoted, .stuck, .manual, .abandoned, .joined, .forgotten, .migrating, .moved,
            .collided, .started, .thawed, .healed:
            nil
        }
    }
}

/// `suspected 7000 by 7001`.
package struct EventPattern: Sendable, Hashable {
    package var kind: EventKind
    /// To whom it happened; nil for anybody.
    package var subject: Selector?
    /// Who told it; nil for anybody.
    package var teller: Selector?
}

/// How far two numbers may be apart: `10%` or `500`.
package enum Tolerance: Sendable, Hashable {
    case percent(Int64)
    case amount(Int64)

    /// From `10%` or `500`; nil for anything else.
    init?(_ text: String) {
        if text.hasSuffix("%"), let percent = Int64(text.dropLast()), percent >= 0 {
            self = .percent(percent)
        } else if let amount = Int64(text), amount >= 0 {
            self = .amount(amount)
        } else {
            return nil
        }
    }

    /// Whether a number is close enough to another one.
    func allows(_ number: Int64, for wanted: Int64) -> Bool {
        let distance = number.subtractingReportingOverflow(wanted)
        guard !distance.overflow else { return false }
        switch self {
        case .percent(let percent):
            return Double(distance.partialValue.magnitude) * 100
                <= Double(wanted.magnitude) * Double(percent)
        case .amount(let amount): return distance.partialValue.magnitude <= amount.magnitude
        }
    }
}
