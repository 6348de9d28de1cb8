import Lab
import RESP

// Values that tell of the whole cluster, as one node sees it.
extension CheckEvaluator {
    /// What a function without argument comes to.
    func cluster(
        _ function: Expression.Function, seenBy node: NodeAddress
    ) throws(LabError) -> CheckValue {
        let table = try observer.table(of: node)
        let masters = table.filter(\.isMaster)
        let myself = table.first { $0.address == node }
        switch function {
        case .served: return .number(Int64(masters.reduce(0) { $0 + $1.slotCount }))
        case .known: return .number(Int64(table.count))
        case .imbalance:
            let counts = masters.map(\.slotCount)
            return .number(Int64((counts.max() ?? 0) - (counts.min() ?? 0)))
        case .epochs: return .number(Int64(Set(masters.map(\.epoch)).count))
        case .open: return .number(Int64(myself?.openSlots.count ?? 0))
        case .foreign: return try foreignKeys(of: node, myself)
        case .copies: return .number(Int64(table.count { $0.masterID == myself?.id }))
        case .views: return .number(Int64(try views(ofMembersIn: table)))
        default: preconditionFailure("\(function) tells nothing of the cluster")
        }
    }

    /// All keys less those in slots of its own.
    private func foreignKeys(
        of node: NodeAddress, _ myself: ClusterNode?
    ) throws(LabError) -> CheckValue {
        var count = try observer.ask(node, ["DBSIZE"]).integer ?? 0
        let slots = myself?.slots.flatMap { Array($0) } ?? []
        let questions = slots.map { slot in
            ["CLUSTER", "COUNTKEYSINSLOT", "\(slot)"].map { Array($0.utf8) }
        }
        for reply in try observer.ask(node, all: questions) { count -= reply.integer ?? 0 }
        return .number(count)
    }

    /// Members that do not answer make one view together: nobody knows what they believe.
    private func views(ofMembersIn table: [ClusterNode]) throws(LabError) -> Int {
        var views: Set<[String]> = []
        for member in table {
            do throws(LabError) {
                views.insert(try observer.table(of: member.address).map(\.view))
            } catch .interrupted {
                throw .interrupted
            } catch {
                views.insert(["no answer"])
            }
        }
        return views.count
    }

    /// What stands behind the first colon, when that is a number.
    static func number(in name: String) -> CheckValue {
        let digits = name.drop { $0 != ":" }.dropFirst()
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let number = Int64(digits)
        else { return .missing("no number behind the colon of '\(name)'") }
        return .number(number)
    }
}

extension ClusterNode {
    /// What two nodes have to believe alike of a third.
    fileprivate var view: String { "\(id) \(masterID ?? "-") \(slots)" }
}
