import Lab
import Lessons

/// What `until` waits for.
enum AwaitedCondition: Equatable {
    /// A majority has declared the node failed, or one node suspects it.
    case fail(Int)
    case pfail(Int)
    case master(Int)
    case replica(Int)
    /// Every node that answers says `cluster_state:ok`, or one says `fail`.
    case ok
    case down
    /// Every replica is in sync with its master, and the nodes have links to each other: a node that has just come back is
    /// not reached by what the others send it on their own, such as a vote.
    case synced

    static let usage =
        "until ok, until down, until synced, until fail(7000), until pfail(7000), until master(7003), "
        + "until replica(7000); within 30s behind it sets the limit"

    /// From `fail(7000)`, `ok`; nil for anything else.
    init?(_ text: String) {
        switch text.lowercased() {
        case "ok": self = .ok
        case "down": self = .down
        case "synced": self = .synced
        case let text:
            guard let match = text.wholeMatch(of: #/(fail|pfail|master|replica)\((\d+)\)/#),
                let port = Int(match.2)
            else { return nil }
            switch match.1 {
            case "fail": self = .fail(port)
            case "pfail": self = .pfail(port)
            case "master": self = .master(port)
            default: self = .replica(port)
            }
        }
    }

    /// Whether it is so, as the nodes that answer see it; `roles` are what they answer to ROLE.
    func holds(in view: LiveView, roles: (NodeAddress) -> [String]) -> Bool {
        let reached = view.opinions.filter { $0.isReached && $0.silence == nil }
        // Who knows nobody is no member of a cluster that others make up.
        let members = reached.filter { $0.table.count > 1 }
        let answering = members.isEmpty ? reached : members
        guard !answering.isEmpty else { return false }
        switch self {
        case .ok: return answering.allSatisfy(\.isOK)
        case .down: return answering.contains { !$0.isOK }
        case .fail(let port): return answering.contains { $0.flags(of: port).contains("fail") }
        case .pfail(let port):
            return answering.contains { !$0.flags(of: port).isDisjoint(with: ["fail", "fail?"]) }
        case .master(let port):
            // Whoever is cut off does not know better.
            let agreeing = answering.count { $0.flags(of: port).contains("master") }
            return agreeing * 2 > answering.count
        case .replica(let port):
            return answering.allSatisfy { $0.flags(of: port).contains("slave") }
        case .synced:
            let ports = Set(answering.map(\.address.port))
            return answering.allSatisfy { $0.isLinked(to: ports) }
                && answering.map { roles($0.address) }.allSatisfy { role in
                    role.first != "slave" || role.contains("connected")
                }
        }
    }
}

extension LiveView.Opinion {
    /// Whether this node has a link to each of the others that it does not suspect.
    fileprivate func isLinked(to ports: Set<Int>) -> Bool {
        table.allSatisfy {
            $0.isConnected || !ports.contains($0.address.port)
                || !Set($0.flags).isDisjoint(with: ["fail", "fail?", "handshake", "noaddr"])
        }
    }

    /// What this node says of the node at a port.
    fileprivate func flags(of port: Int) -> Set<String> {
        Set(table.first { $0.address.port == port }?.flags ?? [])
    }
}
