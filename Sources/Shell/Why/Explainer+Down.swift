import Lab
import Lessons
import RESP

// A cluster that does not serve: CLUSTERDOWN and its causes.
extension Explainer {
    /// The slot has no owner, or the node holds the whole cluster for down.
    func clusterDown(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        sayAsked(matter, &text)
        sayKeys(matter, &text)
        guard let opinion = view.opinion(of: matter.address), opinion.silence == nil else {
            text.say("\(matter.address) does not answer any more, so its reasons stay its own.")
            text.next("why node \(place(of: matter.address))", "what the others say of it")
            return text
        }
        if matter.message.contains("not served") {
            sayUnowned(matter, opinion, &text)
        } else {
            sayState(matter, opinion, &text)
        }
        text.say("What each node says of the cluster:")
        for line in view.stateLines { text.quote(line) }
        text.next("CLUSTER INFO", "this node's state")
        return text
    }

    // MARK: - A slot without owner

    private func sayUnowned(
        _ matter: ErrorCase, _ opinion: LiveView.Opinion, _ text: inout Explanation
    ) {
        let unowned = opinion.unownedCount
        guard unowned < KeySlot.count else { return sayNoCluster(matter, opinion, &text) }
        guard let slot = matter.keys.first?.slot else { return }
        guard opinion.table.allSatisfy({ !$0.owns(slot) }) else {
            text.say(
                "By now \(matter.address) knows an owner of slot \(slot): type the command again.")
            return text.next(matter.line, "again")
        }
        text.say(
            "\(matter.address) knows no owner of slot \(slot)"
                + (unowned > 1 ? ", nor of \(unowned - 1) other slots." : "."))
        let claims = view.owners(of: slot)
        if let claim = claims.first {
            text.say(
                "Other nodes do: \(claim.address) is its owner for them. Either the news has not come "
                    + "here yet, or the slot was taken out of this node's own map with CLUSTER DELSLOTS, "
                    + "which tells nobody.")
            if claim.address == matter.address {
                text.next("CLUSTER ADDSLOTS \(slot)", "take the slot back")
            }
        } else {
            text.say("No other node knows one either: nobody serves the slot.")
            text.next("CLUSTER ADDSLOTS \(slot)", "give it to the node at the prompt")
        }
        text.next("redis-cli --cluster fix \(matter.address)", "give every such slot to a node")
    }

    /// Nothing was shared out yet.
    private func sayNoCluster(
        _ matter: ErrorCase, _ opinion: LiveView.Opinion, _ text: inout Explanation
    ) {
        text.say(
            "No slot has an owner at \(matter.address)"
                + (opinion.table.count == 1
                    ? ", and it knows no other node: these nodes run in cluster mode, but are no cluster "
                        + "yet."
                    : ": its nodes have met, but nobody has given them slots."))
        let answering = view.opinions.filter { $0.silence == nil }.map(\.address.description)
        guard answering.count >= 3 else {
            return text.next("CLUSTER ADDSLOTSRANGE 0 16383", "one node for all slots")
        }
        let replicas = answering.count >= 6 ? 1 : 0
        text.next(
            "redis-cli --cluster create \(answering.prefix(6).joined(separator: " "))"
                + " --cluster-replicas \(replicas)",
            "share out the slots and let the nodes meet")
    }

    // MARK: - cluster_state:fail

    private func sayState(
        _ matter: ErrorCase, _ opinion: LiveView.Opinion, _ text: inout Explanation
    ) {
        guard !opinion.isOK else {
            text.say(
                "By now \(matter.address) says cluster_state:ok. A master that has just joined, or comes back from a "
                    + "minority or a restart, waits a moment, at most 5 seconds, before it does.")
            return text.next(matter.line, "again")
        }
        text.say("\(matter.address) says cluster_state:fail, and so serves no key. Its reasons:")
        let causes = opinion.causes(
            needsFullCoverage: view.setting("cluster-require-full-coverage", of: matter.address)
                != "no")
        for cause in causes { say(cause, matter, &text) }
        guard causes.isEmpty else { return }
        text.say(
            "None is left. A master that comes back from a minority or a restart waits a moment, at most "
                + "5 seconds, before it serves again: until it has heard the news.")
        text.next(matter.line, "again, in a few seconds")
    }

    private func say(
        _ cause: DownCause, _ matter: ErrorCase, _ text: inout Explanation
    ) {
        switch cause {
        case .unowned(let count):
            text.say(
                "- \(count) of 16384 slots have no owner, and with cluster-require-full-coverage yes one "
                    + "is enough to stop all.")
            sayForgotten(by: matter.address, &text)
            text.next("redis-cli --cluster fix \(matter.address)", "give them to a node")
            sayFullCoverage(&text)
        case .failedOwner(let master):
            text.say(
                "- \(master.address), owner of \(master.ranges), has failed, and with "
                    + "cluster-require-full-coverage yes its missing slots stop all.")
            saySuccessor(of: master, matter, &text)
            sayFullCoverage(&text)
        case .minority(let reachable, let masters):
            text.say(
                "- It reaches \(reachable) of \(masters) masters with slots, itself included. A majority "
                    + "would be \(masters / 2 + 1): on the side of a minority nobody serves, so that two "
                    + "sides cannot take different writes.")
            text.next("nodes", "which are unreachable: bring them back")
        }
    }

    /// Slots that others still see at an owner were taken out of this node's own map.
    private func sayForgotten(by address: NodeAddress, _ text: inout Explanation) {
        let table = view.table(at: address)
        let slots = (0..<KeySlot.count).filter { slot in !table.contains { $0.owns(slot) } }
        guard let slot = slots.first, let owner = view.owners(of: slot).first else { return }
        text.say(
            "Other nodes still see slot \(slot) at \(owner.address): it was taken out of the map of "
                + "\(address) alone, with CLUSTER DELSLOTS, which tells nobody.")
        guard owner.address == address else { return }
        text.next(
            "CLUSTER ADDSLOTS \(slots.prefix(4).map(String.init).joined(separator: " "))"
                + (slots.count > 4 ? " …" : ""), "take back what it owned")
    }

    private func sayFullCoverage(_ text: inout Explanation) {
        text.next(
            "@all CONFIG SET cluster-require-full-coverage no",
            "serve the slots that are left, as long as others are missing")
    }

    /// Who could take over from a failed master, and what stands in the way.
    private func saySuccessor(
        of master: ClusterNode, _ matter: ErrorCase, _ text: inout Explanation
    ) {
        let replicas = view.replicas(of: master, at: matter.address)
        let alive = replicas.filter { view.opinion(of: $0.address)?.absence == nil && !$0.isFailed }
        if view.ended.contains(master.address) {
            text.next("boot \(place(of: master.address))", "start it again with the keys that it has saved")
        }
        guard let replica = alive.first else {
            text.say(
                replicas.isEmpty
                    ? "It has no replica: its keys come back only with it."
                    : "None of its replicas answers either: its keys come back only with them.")
            return text.next("why node \(place(of: master.address))", "what the others say of it")
        }
        let info = view.info("replication", of: replica.address)
        if let offset = info["slave_repl_offset"] ?? info["slave_read_repl_offset"],
            Int(offset) ?? 0 <= 0
        {
            text.say(
                "Its replica \(replica.address) never had its data: the first copy takes some seconds "
                    + "after the cluster was made. A replica whose data is too old does not stand for "
                    + "election (cluster-replica-validity-factor).")
        } else {
            text.say(
                "Its replica \(replica.address) asks the other masters for votes and takes over, mostly "
                    + "within two seconds of this; after an election that failed it waits four node "
                    + "timeouts.")
        }
        let isMinority = view.opinion(of: replica.address)?.reach.isMinority ?? false
        text.next(
            "@\(place(of: replica.address)) CLUSTER FAILOVER \(isMinority ? "TAKEOVER" : "FORCE")",
            isMinority ? "promote it without votes: no majority is there" : "let it stand at once")
    }
}
