import ClusterCore
import Keyspace

/// What has to be so some time after everything is repaired.
extension World {
    /// Clients finish what they are about, and begin nothing new.
    mutating func stopClients() {
        for client in 0..<settings.clients { clients[client].isStopped = true }
    }

    /// Why not all is well yet; nil if it is.
    package func disagreement() -> String? {
        guard administrator.isIdle else { return "the administrator is not done" }
        let members = hosts.indices.filter { isMember($0) }
        guard let first = members.first else { return "nobody is in the cluster" }
        let reference = View(of: hosts[first].node)
        for host in members {
            if let reason = unwellness(of: host, members: members.count) { return reason }
            if let difference = View(of: hosts[host].node).difference(from: reference) {
                let name = difference.node.flatMap { ordinal(of: $0) }.map { " of n\($0)" } ?? ""
                return "n\(first) and n\(host) do not agree on the \(difference.what)\(name)"
            }
        }
        return nil
    }

    /// Whether the node is in the cluster, or outside for want of a MEET.
    private func isMember(_ host: Int) -> Bool {
        host < layout.count || hosts[host].node.cluster.peers.count > 1
    }

    private func unwellness(of host: Int, members: Int) -> String? {
        let node = hosts[host].node
        guard hosts[host].isRunning else { return "n\(host) does not run" }
        guard node.cluster.peers.count == members else {
            return "n\(host) knows \(node.cluster.peers.count) nodes, not \(members)"
        }
        guard node.cluster.isOK else { return "n\(host) has cluster_state:fail" }
        for peer in node.cluster.peers
        where !peer.flags.isDisjoint(with: [.pfail, .fail, .handshake, .noAddress]) {
            let name = ordinal(of: peer.id).map { "n\($0)" } ?? "\(peer.id)"
            return "n\(host) finds \(name) not well"
        }
        guard !node.isReplica || node.isMasterLinkUp else {
            return "n\(host) has no link to its master"
        }
        return nil
    }

    /// Looks at what is left when nobody writes any more.
    mutating func examineEnd() {
        auditAll()
        for host in hosts.indices where hosts[host].node.isReplica {
            let cluster = hosts[host].node.cluster
            guard let master = cluster.myself.master,
                let other = ordinal(of: cluster.peers[master.index].id)
            else { continue }
            for key in ledger.keys
            where !key.isLeftBehind && stored(key, at: host) != stored(key, at: other) {
                return violate(
                    .differentData(host: host, offset: hosts[host].node.replication.offset))
            }
        }
    }
}

/// What a node believes of the cluster, in an order that is the same on all nodes.
private struct View: Hashable {
    let currentEpoch: UInt64
    let members: [Member]

    struct Member: Hashable {
        let id: NodeID
        let master: NodeID?
        let isMaster: Bool
        let epoch: UInt64
        let slots: SlotSet
    }

    /// The first thing that two views do not agree on.
    func difference(from other: View) -> (what: String, node: NodeID?)? {
        if currentEpoch != other.currentEpoch { return ("current epoch", nil) }
        for (mine, theirs) in zip(members, other.members) where mine != theirs {
            if mine.id != theirs.id { return ("members", nil) }
            if mine.isMaster != theirs.isMaster { return ("role", mine.id) }
            if mine.master != theirs.master { return ("master", mine.id) }
            return (mine.epoch != theirs.epoch ? "config epoch" : "slots", mine.id)
        }
        return members.count == other.members.count ? nil : ("members", nil)
    }

    init(of node: Node) {
        let cluster = node.cluster
        currentEpoch = cluster.currentEpoch
        members = cluster.peers.map { peer in
            Member(
                id: peer.id, master: peer.master.map { cluster.peers[$0.index].id },
                isMaster: peer.isMaster, epoch: peer.isMaster ? peer.configEpoch : 0,
                slots: peer.slots)
        }.sorted { $0.id < $1.id }
    }
}
