import Lab
import Lessons
import RESP

// What is known about one node.
extension Explainer {
    /// `why node X`: by port, address or the beginning of its id.
    func node(typed: String) -> Explanation {
        var text = Explanation()
        let named = view.nodes.filter { $0.isNamed(typed) }
        guard named.count <= 1 else {
            text.say("\(named.count) nodes are meant by \(typed):")
            for node in named { text.quote("\(node.address)  \(node.id)") }
            return text
        }
        let address =
            named.first?.address ?? NodeAddress(typed: typed)
            ?? Int(typed).map { NodeAddress(host: view.current.host, port: $0) }
        guard let address, (1...65535).contains(address.port) else {
            text.say("No node is known by \(typed): a port, an address, or six digits of an id.")
            text.next("nodes", "the nodes there are")
            return text
        }
        sayNode(address, &text)
        if let silence = view.opinion(of: address)?.silence {
            text.say("It does not tell anything itself: \(silence).")
        } else if view.opinion(of: address) != nil {
            text.next("connect \(place(of: address))", "go there")
        }
        if text.isEmpty { text.say("Nobody knows a node at \(address).") }
        text.next("nodes", "the nodes there are")
        return text
    }

    /// What a node says of itself, and others say of it.
    func sayNode(_ address: NodeAddress, _ text: inout Explanation) {
        guard let node = view.node(at: address) else {
            let ports = view.opinions.filter { $0.silence == nil }.map { "\($0.address.port)" }
            if !ports.isEmpty {
                text.say(
                    "No node that answers knows \(address). Those that answer: ports "
                        + ports.joined(separator: ", ") + ".")
            }
            return
        }
        text.say(
            "\(address) is node \(node.id), \(view.role(of: node)), config epoch \(node.epoch).")
        if view.opinion(of: address)?.silence == nil, view.opinion(of: address) != nil {
            sayReplication(of: node, &text)
        }
        let others = view.opinions.filter { $0.address != address && !$0.table.isEmpty }
        guard !others.isEmpty else { return }
        text.say("What the others say of it:")
        for other in others {
            let seen = other.table.first { $0.id == node.id }
            text.quote("\(other.address)  \(seen.map(Self.state) ?? "does not know it")")
        }
        sayVerdict(on: node, others, &text)
    }

    private func sayReplication(of node: ClusterNode, _ text: inout Explanation) {
        let info = view.info("replication", of: node.address)
        if node.isReplica {
            text.say(
                "Its link to its master is \(info["master_link_status"] ?? "not told of")"
                    + (info["master_link_down_since_seconds"].map { ", down for \($0) s." } ?? "."))
        } else if let count = info["connected_slaves"] {
            text.say("Replicas that are connected to it: \(count).")
        }
    }

    /// How a node's flags read.
    private static func state(_ node: ClusterNode) -> String {
        let role = node.isMaster ? "master" : "replica"
        let doubt =
            node.isFailed
            ? ", fail: a majority cannot reach it"
            : node.isSuspected ? ", fail?: it alone cannot reach it" : ""
        return role + doubt + (node.isConnected ? ", linked" : ", no link")
    }

    /// What follows from the others' words when the node does not answer.
    private func sayVerdict(
        on node: ClusterNode, _ others: [LiveView.Opinion], _ text: inout Explanation
    ) {
        guard view.opinion(of: node.address)?.absence != nil else { return }
        let seen = others.compactMap { other in other.table.first { $0.id == node.id } }
        let slots = seen.map(\.slotCount).min() ?? 0
        if node.isReplica {
            text.say("It is a replica: the cluster serves every slot without it.")
        } else if slots == 0 {
            text.say(
                "Another node has its slots by now. When it comes back, it is a replica of that one."
            )
        } else if seen.contains(where: \.isFailed) {
            text.say(
                "It is down for all. One of its replicas stands for election now, if it has one.")
            text.next("nodes", "whether one was promoted")
        } else if seen.contains(where: \.isSuspected) {
            text.say("Suspicion is not enough: fail wants a majority of the masters with slots.")
        } else {
            text.say(
                "They do not miss it yet: a node is suspected once it was silent for "
                    + "cluster-node-timeout, 5 seconds in this lab unless it was told otherwise.")
        }
    }
}
