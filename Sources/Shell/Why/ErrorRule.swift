import Lab
import Lessons

/// What is to be said about an error that is told by its words rather than its code.
struct ErrorRule: Sendable {
    /// Stands in the error's message; a single word in capitals is its first.
    let fragment: String
    let reason: @Sendable (ErrorCase) -> String
    let advice: @Sendable (ErrorCase) -> [(String, String)]

    /// In the reason and the advice `{node}` is the node that was asked, `{number}` the first number of
    /// the message, `{owner}` who owns the slot of that number; and so on, as `names(in:)` has them.
    init(_ fragment: String, _ reason: String, _ advice: [(String, String)] = []) {
        self.fragment = fragment
        self.reason = { Self.filled(reason, $0) }
        self.advice = { matter in
            advice.map { (Self.filled($0.0, matter), Self.filled($0.1, matter)) }
        }
    }

    private static func filled(_ text: String, _ matter: ErrorCase) -> String {
        guard text.contains("{") else { return text }
        return names(in: matter).reduce(text) { $0.replacing($1.name, with: $1.value) }
    }

    private static func names(in matter: ErrorCase) -> [(name: String, value: String)] {
        let slot = matter.number.flatMap { (0..<KeySlot.count).contains($0) ? $0 : nil }
        let owner = slot.flatMap { slot in
            matter.view.owner(of: slot, at: matter.address) ?? matter.view.owners(of: slot).first
        }
        let master = matter.asked?.masterID.flatMap(matter.node(withID:))
        let replica = matter.asked.flatMap {
            matter.view.replicas(of: $0, at: matter.address).first
        }
        return [
            ("{node}", matter.address.description),
            ("{port}", "\(matter.address.port)"),
            ("{number}", matter.number.map(String.init) ?? "N"),
            ("{owner}", owner.map(matter.described) ?? "nobody"),
            ("{ownerPort}", owner.map { "\($0.address.port)" } ?? "PORT"),
            ("{id}", matter.asked?.id ?? "ID"),
            ("{masterAnswers}", master.map { answer(of: $0, matter) } ?? ""),
            ("{master}", master.map(matter.described) ?? "a master"),
            ("{replicaPort}", replica.map { "\($0.address.port)" } ?? "REPLICA-PORT"),
            ("{key}", matter.keys.first?.name ?? "KEY"),
            ("{line}", matter.line),
        ]
    }

    /// Whether a replica's master answers by now.
    private static func answer(of master: ClusterNode, _ matter: ErrorCase) -> String {
        guard let silence = matter.view.opinion(of: master.address)?.absence else {
            return
                "It answers the lab, so it was the replica's link to it that was not up yet: INFO "
                + "replication tells when it is."
        }
        return "It does not answer the lab either: \(silence)."
    }

    private var isCode: Bool { fragment.allSatisfy { $0.isUppercase && $0.isLetter } }

    /// The first rule whose words the message has.
    static func rule(for message: String) -> ErrorRule? {
        let code = message.prefix { $0 != " " }
        return (cluster + general).first { rule in
            rule.isCode
                ? code == rule.fragment : message.lowercased().contains(rule.fragment.lowercased())
        }
    }
}
