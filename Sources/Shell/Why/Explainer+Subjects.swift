import Lab
import Lessons
import RESP

// `why KEY`, `why SLOT`, `why NODE`.
extension Explainer {
    /// What the words after `why` mean, and how that can be forced.
    func explain(words: [[UInt8]]) -> Explanation {
        let texts = words.map { String(decoding: $0, as: UTF8.self) }
        switch (texts.first?.lowercased(), texts.count) {
        case ("key", 2): return key(words[1])
        case ("slot", 2): return slot(typed: texts[1])
        case ("node", 2): return node(typed: texts[1])
        case (_, 1): return guess(words[0], texts[0])
        default:
            var text = Explanation()
            text.say("why wants nothing, or one key, slot or node.")
            text.next("why", "the last reply")
            text.next("why key user:1", "a key: its slot, its owner, whether it is there")
            text.next("why slot 10778", "a slot: its owner, its keys, what nodes say of it")
            text.next("why node 7001", "a node: its role, and what others say of it")
            return text
        }
    }

    private func guess(_ word: [UInt8], _ typed: String) -> Explanation {
        if view.nodes.contains(where: { $0.isNamed(typed) })
            || view.opinions.contains(where: { "\($0.address.port)" == typed })
        {
            let other = Int(typed).map { $0 < KeySlot.count ? "why slot \(typed)" : "" } ?? ""
            return read(
                typed, as: "a node",
                otherwise: other.isEmpty ? ["why key \(typed)"] : [other, "why key \(typed)"],
                node(typed: typed))
        }
        if let number = Int(typed), (0..<KeySlot.count).contains(number) {
            return read(typed, as: "a slot", otherwise: ["why key \(typed)"], slot(number))
        }
        if NodeAddress(typed: typed) != nil, typed.first?.isNumber == true {
            return read(typed, as: "a node", otherwise: ["why key \(typed)"], node(typed: typed))
        }
        return key(word)
    }

    /// Says first how a word was taken.
    private func read(
        _ typed: String, as kind: String, otherwise: [String], _ rest: Explanation
    ) -> Explanation {
        let others = otherwise.map { "`\($0)`" }.joined(separator: " or ")
        return rest.preceded(
            by: "\(typed) is read as \(kind); for the other meaning type \(others).")
    }

    // MARK: - A key

    private func key(_ bytes: [UInt8]) -> Explanation {
        var text = Explanation()
        let key = KeySlot(bytes)
        text.say(key.sentence)
        guard let owner = sayOwner(of: key.slot, &text) else { return text }
        sayPresence(of: key, at: owner, &text)
        text.next("@owner(\(key.name)) TYPE \(key.name)", "ask its owner, wherever you are")
        text.next("why slot \(key.slot)", "the slot itself")
        return text
    }

    /// Whether its owner has the key.
    private func sayPresence(of key: KeySlot, at owner: ClusterNode, _ text: inout Explanation) {
        guard Array(String(decoding: key.key, as: UTF8.self).utf8) == key.key else { return }
        let name = String(decoding: key.key, as: UTF8.self)
        guard let type = view.ask(owner.address, "TYPE", name) else {
            return text.say("\(owner.address) does not answer.")
        }
        guard let kind = type.text else {
            return text.say("\(owner.address) answers for it: \(type.rawString)")
        }
        guard kind != "none" else { return text.say("The key is not there.") }
        let lifetime = view.ask(owner.address, "PTTL", name)?.integer ?? -1
        text.say(
            "It is there: a \(kind), "
                + (lifetime < 0
                    ? "without an end." : "for \((lifetime + 999) / 1000) more seconds."))
    }

    // MARK: - A slot

    private func slot(typed: String) -> Explanation {
        guard let number = Int(typed), (0..<KeySlot.count).contains(number) else {
            var text = Explanation()
            text.say("\(typed) is no slot: slots are 0 to 16383.")
            return text
        }
        return slot(number)
    }

    private func slot(_ slot: Int) -> Explanation {
        var text = Explanation()
        text.say(
            "Slot \(slot) is one of 16384: every key whose CRC16 modulo 16384 is \(slot) is in it.")
        guard let owner = sayOwner(of: slot, &text) else { return text }
        if let count = view.ask(owner.address, "CLUSTER", "COUNTKEYSINSLOT", "\(slot)")?.integer {
            text.say("\(owner.address) holds \(count) key\(count == 1 ? "" : "s") of it.")
            if count > 0 {
                text.next(
                    "@\(place(of: owner.address)) CLUSTER GETKEYSINSLOT \(slot) 10", "some of them")
            }
        }
        for line in openLines(slot) { text.say(line) }
        text.next("@all CLUSTER COUNTKEYSINSLOT \(slot)", "how many keys of it each node has")
        return text
    }

    /// How far a move of the slot is, by both of its ends.
    private func openLines(_ slot: Int) -> [String] {
        view.opinions.compactMap(\.myself).flatMap { node in
            node.openSlots.filter { $0.slot == slot }.map { open in
                let peer =
                    view.nodes.first { $0.id == open.peerID }?.address.description
                    ?? open.peerID
                let count = view.ask(node.address, "CLUSTER", "COUNTKEYSINSLOT", "\(slot)")?.integer
                return open.isMigrating
                    ? "It is open: \(node.address) moves it to \(peer) (\(count ?? 0) keys left)."
                    : "It is open: \(node.address) gets it from \(peer) (\(count ?? 0) keys there)."
            }
        }
    }

    /// Who owns a slot, for whom, and who sees it otherwise. Nil when nobody does.
    private func sayOwner(of slot: Int, _ text: inout Explanation) -> ClusterNode? {
        let owners = view.owners(of: slot)
        guard let owner = view.owner(of: slot, at: view.current) ?? owners.first else {
            text.say(
                view.opinions.allSatisfy { $0.silence != nil }
                    ? "No node answers, so nobody says who owns slot \(slot)."
                    : "Slot \(slot) has no owner: commands for its keys get CLUSTERDOWN.")
            text.next("CLUSTER ADDSLOTS \(slot)", "give it to the node at the prompt")
            return nil
        }
        let replicas = view.replicas(of: owner, at: view.current).map(\.address.description)
        text.say(
            "Slot \(slot) belongs to \(owner.address) (\(view.role(of: owner)), config epoch "
                + "\(owner.epoch)). "
                + (replicas.isEmpty
                    ? "It has no replica." : "Copies: \(replicas.joined(separator: ", "))."))
        sayDisagreement(about: slot, &text)
        return owner
    }

    private func sayDisagreement(about slot: Int, _ text: inout Explanation) {
        let views = view.opinions.filter { !$0.table.isEmpty }.map { opinion in
            (
                opinion.address,
                opinion.table.first { $0.owns(slot) }?.address.description ?? "nobody"
            )
        }
        guard Set(views.map(\.1)).count > 1 else { return }
        text.say("The nodes do not agree about it:")
        for (address, owner) in views { text.quote("\(address)  says \(owner)") }
    }
}
