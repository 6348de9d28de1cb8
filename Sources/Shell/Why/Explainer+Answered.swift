import CLI
import Lab
import Lessons
import RESP

// Replies that are no error, and yet may say less than they seem to.
extension Explainer {
    /// Who answered and why it could; what an OK does not promise.
    func answered(_ matter: ErrorCase, _ exchange: Exchange) -> Explanation {
        var text = Explanation()
        sayAsked(matter, &text)
        for redirect in exchange.redirects {
            text.say(
                "Slot \(redirect.slot) led to \(redirect.target): "
                    + (redirect.kind == .moved
                        ? "it belongs to that node (MOVED)."
                        : "it is on its way there (ASK), and the client said ASKING first."))
        }
        if let promise = Self.promise(of: matter.name) {
            text.say("\(exchange.reply.terminalText.firstLine) is not all: \(promise.reason)")
            text.next(promise.command, promise.purpose)
            return text
        }
        if exchange.reply == .simpleString("NOKEY") {
            text.say(
                "NOKEY: \(matter.address) has none of the keys to move: they are elsewhere, or nowhere."
            )
        }
        if view.info("cluster", of: matter.address)["cluster_enabled"] == "0" {
            text.say(
                "\(matter.address) runs without cluster mode: it knows no slots and no other nodes, and keeps every key "
                    + "that it is given.")
            text.next("@\(place(of: matter.address)) INFO cluster", "cluster_enabled:0")
            return text
        }
        let keys = matter.keys.filter { _ in commands.isEmpty || takesKeys(matter) }
        guard let key = keys.first else {
            text.say("It was no error: \(matter.address) answered for itself, not for the cluster.")
            text.next("@all \(matter.line)", "what the other nodes say")
            return text
        }
        text.say(key.sentence)
        sayRight(to: key.slot, matter, isNothing: exchange.reply == .null, &text)
        text.next("why key \(key.name)", "the key as it is now")
        return text
    }

    private func takesKeys(_ matter: ErrorCase) -> Bool {
        let name = matter.words.first?.uppercased() ?? ""
        return commands.first { $0.name == name }.map { doc in
            doc.takesKey || doc.subcommands.contains { $0.name == matter.name && $0.takesKey }
        } ?? true
    }

    /// Why this node answered for the slot.
    private func sayRight(
        to slot: Int, _ matter: ErrorCase, isNothing: Bool, _ text: inout Explanation
    ) {
        let owner = view.owner(of: slot, at: matter.address)
        if let asked = matter.asked, asked.isReplica, owner?.id == asked.masterID {
            text.say(
                "\(matter.address) is a replica of its owner and answered from its copy, as READONLY asks. "
                    + "The copy may be behind"
                    + (isNothing ? ": nothing here does not mean nothing at the master." : "."))
        } else if let owner, owner.address != matter.address {
            text.say("By now slot \(slot) belongs to \(matter.described(owner)).")
        } else {
            text.say(
                "\(matter.address) owns slot \(slot), so it answered itself"
                    + (isNothing ? ": it holds no such key." : "."))
        }
    }

    /// Commands whose OK is only a beginning.
    private static func promise(of name: String) -> (
        reason: String, command: String, purpose: String
    )? {
        switch name {
        case "CLUSTER FAILOVER":
            (
                "it means that the failover has begun. Without a majority, or soon after another one, nothing "
                    + "comes of it. It is done when this node is master and its config epoch has grown.",
                "ROLE", "what this node is by now"
            )
        case "CLUSTER DELSLOTS", "CLUSTER DELSLOTSRANGE", "CLUSTER FLUSHSLOTS":
            (
                "it changed this node's own map alone; nobody else is told. Slots of another node come back "
                    + "with its next gossip; its own stay missing here, with cluster_state:fail, until "
                    + "ADDSLOTS gives them back.",
                "@all CLUSTER INFO", "how each node sees it"
            )
        case "CLUSTER SETSLOT":
            (
                "it changed this node's own map. A move has two ends, and both are to be told: the new owner "
                    + "IMPORTING, the old one MIGRATING, and at the end NODE at the new one first.",
                "@masters CLUSTER NODES", "each one's open slots, in brackets"
            )
        case "CLUSTER MEET":
            (
                "it means that the node will try. The other has to be reached at its bus port, the port plus "
                    + "10000; the two know each other a moment later.",
                "CLUSTER NODES", "whether it is there"
            )
        case "CLUSTER FORGET":
            (
                "this node forgot the other and keeps it away for 60 seconds. Unless all nodes are told within "
                    + "that time, gossip brings it back.",
                "@all CLUSTER NODES", "who still knows it"
            )
        case "CLUSTER REPLICATE":
            (
                "the role changes at once, the data come later: the first copy takes some seconds.",
                "INFO replication", "master_link_status:up once it has them"
            )
        case "CLUSTER ADDSLOTS", "CLUSTER ADDSLOTSRANGE":
            (
                "this node took the slots, and gossip tells the others within a second or two.",
                "@all CLUSTER INFO", "how each node sees it"
            )
        default: nil
        }
    }
}

extension String {
    fileprivate var firstLine: String { String(prefix { !$0.isNewline }) }
}
