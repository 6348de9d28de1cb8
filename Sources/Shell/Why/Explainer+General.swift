import CLI
import Lab
import Lessons
import RESP

// Errors that are told by their words: ERR and all that has no explanation of its own.
extension Explainer {
    /// An error by the table of rules, or by the server's own documentation.
    func generalError(_ matter: ErrorCase) -> Explanation {
        let message = matter.message.lowercased()
        if message.contains("unknown command") { return unknownCommand(matter) }
        if message.contains("unknown subcommand") || message.contains("wrong number of arguments") {
            return wrongArguments(matter)
        }
        var text = Explanation()
        guard let rule = ErrorRule.rule(for: matter.message) else {
            text.say("\(matter.askedDescription) refused: \(matter.line)")
            text.quote(matter.message)
            sayKeys(matter, &text)
            return withSyntax(of: matter, text)
        }
        text.say(rule.reason(matter))
        sayCurrentSlot(matter, &text)
        for (command, purpose) in rule.advice(matter) { text.next(command, purpose) }
        return message.contains("syntax error") ? withSyntax(of: matter, text) : text
    }

    /// For a rule about a slot: who owns it by now, where that has changed.
    private func sayCurrentSlot(_ matter: ErrorCase, _ text: inout Explanation) {
        guard matter.name.hasPrefix("CLUSTER "), let slot = matter.number,
            (0..<KeySlot.count).contains(slot), view.owners(of: slot).count > 1
        else { return }
        text.say("The nodes do not agree about slot \(slot) at this moment.")
        text.next("why slot \(slot)", "what each node says of it")
    }

    // MARK: - Words that no server knows

    private func unknownCommand(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        let typed = matter.words.first ?? ""
        if let place = Self.place(ofLine: matter.words) {
            text.say("\(typed) is no command of Redis. \(place)")
            return text
        }
        text.say("\(matter.address) has no command \(KeySlot.name(Array(typed.utf8))).")
        let names = commands.map { $0.name.lowercased() } + LabWord.names
        sayNearest(to: typed, among: names, &text)
        text.next("help @cluster", "the commands about the cluster; Tab lists all")
        return text
    }

    /// Lines that belong elsewhere: redis.conf, Python, a reply that was pasted.
    static func place(ofLine words: [String]) -> String? {
        let first = words.first ?? ""
        let line = words.joined(separator: " ")
        switch first {
        case "port", "cluster-enabled", "cluster-config-file", "cluster-node-timeout", "appendonly",
            "bind", "daemonize", "protected-mode", "cluster-announce-ip", "requirepass",
            "masterauth":
            return
                "It is a line of redis.conf: write it into that file, or give it on the command line as "
                + "redis-server --\(first) …; CONFIG SET changes some of them while a node runs."
        case "from", "import", "rc", "r", "print", "def":
            return "It looks like Python: write it into a file and run python3 with it."
        case "#", "//": return "It is a comment."
        case _ where line.hasPrefix("cluster_") || first.hasPrefix("1)"):
            return "It looks like a reply that was pasted with its command: leave it out."
        case _ where first.hasSuffix(")") && first.dropLast().allSatisfy(\.isNumber):
            return "It looks like a reply that was pasted with its command: leave it out."
        default: return nil
        }
    }

    // MARK: - Words in the wrong number

    private func wrongArguments(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        if documented(matter.name) == nil, let container = documented(matter.words.first ?? ""),
            !container.subcommands.isEmpty
        {
            let names = container.subcommands.map {
                $0.name.split(separator: " ").last.map(String.init) ?? $0.name
            }
            let typed = matter.words.dropFirst().first ?? ""
            text.say("\(container.name) has no subcommand \(typed) at \(matter.address). It has:")
            text.quote(names.joined(separator: " ").lowercased())
            sayNearest(to: typed, among: names, &text)
            text.next("help \(container.name)", "what each of them does")
            return text
        }
        let count = matter.arguments.count - matter.name.split(separator: " ").count
        text.say(
            "\(matter.name) got \(count) word\(count == 1 ? "" : "s") after its name: too few, too "
                + "many, or in the wrong order.")
        return withSyntax(of: matter, text)
    }

    /// The explanation with how the command is written, from the server itself.
    private func withSyntax(of matter: ErrorCase, _ text: Explanation) -> Explanation {
        var text = text
        guard let doc = documented(matter.name) ?? documented(matter.words.first ?? "") else {
            return text
        }
        text.say("It is written so, by \(matter.address):")
        text.quote("\(doc.name) \(doc.syntax)")
        text.next("help \(doc.name)", "what it does")
        return text
    }

    private func sayNearest(
        to typed: String, among names: [String], _ text: inout Explanation
    ) {
        guard let name = Nearest.match(to: typed.lowercased(), among: names) else { return }
        text.say("Did you mean \(name.uppercased())?")
    }

    private func documented(_ name: String) -> CommandDoc? {
        commands.lazy.flatMap { [$0] + $0.subcommands }.first { $0.name == name.uppercased() }
    }
}
