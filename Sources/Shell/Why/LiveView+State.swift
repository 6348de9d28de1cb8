import Lab
import Lessons

/// Why a node says cluster_state:fail, as Redis' `clusterUpdateState` has it.
enum DownCause {
    case unowned(Int)
    case failedOwner(ClusterNode)
    case minority(reachable: Int, masters: Int)
}

/// How many masters with slots a node reaches.
struct Reach {
    var reachable: Int
    var masters: Int

    init(_ reachable: Int, _ masters: Int) {
        self.reachable = reachable
        self.masters = masters
    }

    var isMinority: Bool { reachable < masters / 2 + 1 }
}

extension LiveView.Opinion {
    /// Slots that nobody owns, as this node sees it.
    var unownedCount: Int { KeySlot.count - table.reduce(0) { $0 + $1.slotCount } }

    /// The masters that count: those with slots.
    var voters: [ClusterNode] { table.filter { $0.isMaster && !$0.slots.isEmpty } }

    var reach: Reach {
        Reach(voters.filter { !$0.isFailed && !$0.isSuspected }.count, voters.count)
    }

    /// Everything that keeps the node's state from being ok.
    func causes(needsFullCoverage: Bool) -> [DownCause] {
        var causes: [DownCause] = []
        if needsFullCoverage {
            if unownedCount > 0 { causes.append(.unowned(unownedCount)) }
            causes += voters.filter(\.isFailed).map(DownCause.failedOwner)
        }
        let reach = reach
        if reach.isMinority {
            causes.append(.minority(reachable: reach.reachable, masters: reach.masters))
        }
        return causes
    }
}

extension LiveView {
    /// One line a node: its state, its slots, and whom it misses.
    var stateLines: [String] {
        opinions.map { opinion in
            if let silence = opinion.silence {
                return "\(opinion.address)  does not tell: \(silence)"
            }
            let missed = opinion.table.filter { $0.isFailed || $0.isSuspected }.map {
                "\($0.address.port) \($0.isFailed ? "fail" : "fail?")"
            }
            return "\(opinion.address)  \(opinion.isOK ? "ok  " : "fail")  "
                + "\(KeySlot.count - opinion.unownedCount) slots have an owner"
                + (missed.isEmpty ? "" : "; sees \(missed.joined(separator: ", "))")
        }
    }

    /// The owners of a slot over all nodes' tables, each once.
    func owners(of slot: Int) -> [ClusterNode] {
        var owners: [ClusterNode] = []
        for node in opinions.flatMap(\.table)
        where node.owns(slot) && !owners.contains(where: { $0.id == node.id }) {
            owners.append(node)
        }
        return owners
    }
}
