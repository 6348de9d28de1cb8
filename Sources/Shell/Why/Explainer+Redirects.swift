import Lab
import Lessons
import RESP

// Slots that are elsewhere: MOVED, ASK, CROSSSLOT, TRYAGAIN.
extension Explainer {
    /// The slot belongs to another node.
    func moved(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        guard let redirect = Redirect(.error(matter.message), from: matter.address) else {
            return generalError(matter)
        }
        sayAsked(matter, &text)
        sayKeys(matter, &text)
        let target = redirect.target
        if let open = open(redirect.slot, at: matter, isMigrating: false) {
            text.say(
                "\(matter.address) is importing slot \(redirect.slot) from \(open), and answers for it "
                    + "only right after ASKING, and only for one command.")
            text.next("ASKING", "then at once \(matter.line)")
        } else if let asked = matter.asked, asked.isReplica,
            owner(matter, redirect)?.id == asked.masterID
        {
            text.say(
                "A replica holds a copy of slot \(redirect.slot), but sends clients to its master "
                    + "\(target) until the connection says READONLY; writes it never takes.")
            text.next(
                "READONLY", "reads of this replica's copy on this connection; it may be stale")
        } else {
            let owner = owner(matter, redirect)
            text.say(
                "Slot \(redirect.slot) belongs to \(owner.map(matter.described) ?? "\(target)"). A node "
                    + "never passes a command on: it says where the slot is, and the client goes there."
            )
        }
        sayWhetherChanged(redirect, matter, &text)
        guard sayWhetherReachable(target, matter, &text) else { return text }
        text.next("connect \(place(of: target))", "go there, then \(matter.line)")
        text.next("@\(place(of: target)) \(matter.line)", "ask that node, and stay here")
        text.next("\(client(of: matter.address))", "follow redirects from now on")
        return text
    }

    /// The slot is on its way, and this key has left already or is new.
    func ask(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        guard let redirect = Redirect(.error(matter.message), from: matter.address) else {
            return generalError(matter)
        }
        let (slot, target) = (redirect.slot, redirect.target)
        sayAsked(matter, &text)
        sayKeys(matter, &text)
        text.say(
            "Slot \(slot) is being moved from \(matter.address) to \(target), key by key. "
                + "\(matter.address) still owns it and answers for keys that are there; this key is not: "
                + "it has left, or it never was. So this one command is to be asked at \(target).")
        text.say(
            "ASK is for once: unlike MOVED it changes no client's map of the slots. \(target) answers "
                + "only right after ASKING.")
        if open(slot, at: matter, isMigrating: true) == nil {
            text.say("By now the slot is open no more: type the command again.")
        }
        text.next("connect \(place(of: target))", "then ASKING, and then \(matter.line)")
        text.next("\(client(of: matter.address))", "a client that does this by itself")
        text.next("redis-cli --cluster fix \(matter.address)", "end the move, if nobody is at it")
        return text
    }

    /// The command's keys are in several slots.
    func crossSlot(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        let keys = matter.keys
        let subject = matter.name.isEmpty ? "It was one command" : "\(matter.name) is one command"
        text.say(
            "\(subject) for one node, and all of its keys have to be in one slot, even "
                + "where one node owns all of their slots."
                + (keys.isEmpty ? "" : " These are not:"))
        for key in keys.prefix(12) {
            let owner = view.owner(of: key.slot, at: matter.address)
            text.quote(
                "\(key.name): slot \(key.slot), \(owner.map { "at \($0.address)" } ?? "without owner")"
            )
        }
        if keys.count > 12 { text.quote("… and \(keys.count - 12) more") }
        text.say(
            "Keys with the same text in braces share a slot: only that hash tag is hashed. Or ask for "
                + "each key by itself.")
        if let key = keys.first {
            let tagged = keys.prefix(2).map { "{tag}:" + String(decoding: $0.key, as: UTF8.self) }
            text.next(
                "CLUSTER KEYSLOT \(tagged.first ?? "{tag}:\(key.name)")",
                "the slot of every key that begins with {tag}: \(KeySlot("{tag}").slot)")
        }
        for key in keys.prefix(3) { text.next("why key \(key.name)", "this key alone") }
        return text
    }

    /// Some keys of the command are on either side of a move.
    func tryAgain(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        sayAsked(matter, &text)
        let keys = matter.keys
        guard let slot = keys.first?.slot else { return generalError(matter) }
        let leaving = open(slot, at: matter, isMigrating: true)
        let coming = open(slot, at: matter, isMigrating: false)
        text.say("All keys of the command are in slot \(slot), and the slot is being moved.")
        if let leaving {
            text.say(
                "Some of them are still at \(matter.address), others have gone to \(leaving): neither "
                    + "node has them all.")
        } else if let coming {
            text.say(
                "Not all of them have come from \(coming) to \(matter.address) yet: neither node has "
                    + "them all.")
        } else {
            text.say("By now \(matter.address) has the slot open no more.")
        }
        text.say(
            "A client waits a moment and tries again; commands with one key work all the time.")
        text.next(matter.line, "again, once the slot has moved")
        text.next("why slot \(slot)", "how far the move is")
        text.next("redis-cli --cluster fix \(matter.address)", "end the move, if nobody is at it")
        return text
    }

    // MARK: - Sentences they share

    /// Who was asked, and whether redirects had led there.
    func sayAsked(_ matter: ErrorCase, _ text: inout Explanation) {
        // Of what a program has asked, only the answer is known.
        guard !matter.arguments.isEmpty else { return }
        let way = matter.redirects.isEmpty ? "" : ", after \(matter.redirects.count) redirect(s)"
        text.say("You asked \(matter.askedDescription)\(way): \(matter.line)")
    }

    /// How the command's keys hash: one by its reckoning, several of one slot together.
    func sayKeys(_ matter: ErrorCase, _ text: inout Explanation) {
        let keys = matter.keys
        guard let first = keys.first else { return }
        text.say(first.sentence)
        if keys.count > 1 {
            text.say(
                "So do the other \(keys.count - 1) keys of the command, or it would be CROSSSLOT.")
        }
    }

    /// Where an open slot of the node that was asked goes to or comes from.
    func open(_ slot: Int, at matter: ErrorCase, isMigrating: Bool) -> String? {
        guard let asked = view.opinion(of: matter.address)?.myself,
            let open = asked.openSlots.first(where: {
                $0.slot == slot && $0.isMigrating == isMigrating
            })
        else { return nil }
        return matter.node(withID: open.peerID)?.address.description ?? open.peerID
    }

    private func owner(_ matter: ErrorCase, _ redirect: Redirect) -> ClusterNode? {
        matter.table.first { $0.address == redirect.target }
    }

    /// Says so where the target does not answer, and then false: to go there is no use.
    private func sayWhetherReachable(
        _ target: NodeAddress, _ matter: ErrorCase, _ text: inout Explanation
    ) -> Bool {
        let seen = matter.table.first { $0.address == target }
        if seen?.isFailed == true {
            text.say("\(matter.address) knows that \(target) has failed.")
        } else if seen?.isSuspected == true {
            text.say("\(matter.address) cannot reach \(target) at this moment (fail?).")
        }
        guard let silence = view.opinion(of: target)?.absence, let seen else { return true }
        let replicas = view.replicas(of: seen, at: matter.address)
        let hasReplica = replicas.contains { view.opinion(of: $0.address)?.absence == nil }
        let prospect =
            if hasReplica {
                "Its replica takes over within about two node timeouts, unless its data are too old, and MOVED then "
                    + "names that."
            } else if replicas.isEmpty {
                "It has no replica: the slot comes back only with it."
            } else {
                "No replica of it answers either: the slot comes back only with one of them."
            }
        text.say("\(target) does not answer (\(silence)). \(prospect)")
        if view.ended.contains(target) {
            text.next("boot \(place(of: target))", "start it again: it was ended here")
        }
        text.next("why node \(place(of: target))", "what the others say of it")
        if hasReplica { text.next(matter.line, "again, after the failover") }
        text.next("nodes", "whether a replica was promoted")
        return false
    }

    /// Whether a member of the cluster knows another owner, or none. A node may have several addresses, and has one id.
    private func isOtherwise(
        _ slot: Int, _ redirect: Redirect, _ matter: ErrorCase, in opinion: LiveView.Opinion
    ) -> Bool {
        guard let myself = opinion.myself, matter.table.contains(where: { $0.id == myself.id }) else {
            return false
        }
        let owner = owner(matter, redirect)?.id
        return !opinion.table.contains { node in
            node.owns(slot) && (owner.map { node.id == $0 } ?? (node.address == redirect.target))
        }
    }

    /// Says so where the node that was asked says something else by now, or other nodes do.
    private func sayWhetherChanged(
        _ redirect: Redirect, _ matter: ErrorCase, _ text: inout Explanation
    ) {
        let slot = redirect.slot
        if let now = view.owner(of: slot, at: matter.address), now.address != redirect.target {
            text.say("By now \(matter.address) says that slot \(slot) is at \(now.address).")
        }
        let others = view.opinions.filter { isOtherwise(slot, redirect, matter, in: $0) }
        guard !others.isEmpty else { return }
        let names = others.prefix(4).map(\.address.description).joined(separator: ", ")
        let verb = others.count == 1 ? "sees" : "see"
        text.say("Not all nodes agree about slot \(slot): \(names) \(verb) it elsewhere.")
        text.next("why slot \(slot)", "what each node says of it")
    }
}
