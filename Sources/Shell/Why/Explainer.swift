import CLI
import Lab
import Lessons
import RESP

/// Finds the reason for what came of the last line, from what the nodes say now.
struct Explainer {
    let view: LiveView
    let commands: [CommandDoc]

    /// The reason, and what to type next.
    func explain(_ last: LastLine) -> Explanation {
        switch last {
        case .reply(let exchange): addressed(explain(exchange), exchange)
        case .replies(let exchanges): severalAnswered(exchanges)
        case .failure(let error, let address, let arguments):
            explain(error, at: address, arguments)
        case .output(let output, let command): explain(output: output, of: command)
        case .word(let line): followed(line)
        case .refused(let sentence): refused(sentence)
        }
    }

    private func explain(_ exchange: Exchange) -> Explanation {
        let message =
            switch exchange.reply {
            case .error(let message): message
            case .array(let replies):
                // EXEC's replies may hold errors; the first is the news.
                replies.lazy.compactMap { reply -> String? in
                    if case .error(let message) = reply { message } else { nil }
                }.first ?? ""
            default: ""
            }
        let matter = ErrorCase(
            message: message, address: exchange.answeredBy, arguments: exchange.arguments,
            view: view, commands: commands, redirects: exchange.redirects)
        guard message.isEmpty else { return explain(matter) }
        return answered(matter, exchange)
    }

    /// What is to be typed for a node that is not the one of the prompt names it.
    private func addressed(_ text: Explanation, _ exchange: Exchange) -> Explanation {
        guard exchange.answeredBy != view.current else { return text }
        let names = Set(commands.map { $0.name.uppercased() })
        return text.mapAdvice { command in
            let word = command.prefix { $0 != " " }
            guard names.contains(word.uppercased()), !LabWord.names.contains(word.lowercased()) else {
                return command
            }
            return "@\(place(of: exchange.answeredBy)) \(command)"
        }
    }

    /// `@all …` behind which nothing is wrong.
    private func severalAnswered(_ exchanges: [Exchange]) -> Explanation {
        var text = Explanation()
        guard let first = exchanges.first else { return text }
        let matter = ErrorCase(
            message: "", address: first.answeredBy, arguments: first.arguments, view: view, commands: commands)
        text.say("You asked \(exchanges.count) nodes: \(matter.line)")
        text.say("No node refused. Each has answered for itself, not for the cluster.")
        text.next("views", "what each node thinks of each")
        return text
    }

    /// The reason for an error reply.
    func explain(_ matter: ErrorCase) -> Explanation {
        switch matter.code {
        case "MOVED": moved(matter)
        case "ASK": ask(matter)
        case "CROSSSLOT": crossSlot(matter)
        case "TRYAGAIN": tryAgain(matter)
        case "CLUSTERDOWN": clusterDown(matter)
        case "READONLY": readOnly(matter)
        case "LOADING": loading(matter)
        case "MASTERDOWN": masterDown(matter)
        case "NOREPLICAS": noReplicas(matter)
        case "NOAUTH", "WRONGPASS", "NOPERM", "DENIED", "-DENIED": refusedAccess(matter)
        case "EXECABORT": abortedTransaction(matter)
        default: generalError(matter)
        }
    }

    /// What is typed for a node: its port is enough on the host that the prompt is at.
    func place(of address: NodeAddress) -> String {
        address.host == view.current.host ? "\(address.port)" : address.description
    }

    /// The redis-cli that follows redirects, as it is typed.
    func client(of address: NodeAddress) -> String {
        let host = address.host == NodeAddress(port: address.port).host ? "" : " -h \(address.host)"
        return "redis-cli -c\(host) -p \(address.port)"
    }

    /// What the lab did is known; what the nodes make of it shows elsewhere.
    private func followed(_ line: String) -> Explanation {
        var text = Explanation()
        text.say("The last line was a word of the lab, and was done: \(line)")
        text.say("What the nodes have made of it by now:")
        for state in view.stateLines { text.quote(state) }
        text.next("timeline", "what happened, and who told whom")
        text.next("views", "what each node thinks of each")
        text.next("faults", "what is wrong with nodes and network")
        return text
    }

    private func refused(_ sentence: String) -> Explanation {
        var text = Explanation()
        text.say("The lab did not send the last line to a node. It said:")
        text.quote(sentence)
        if sentence.hasPrefix("Invalid argument") {
            text.say(
                "A quote is open, or something other than a blank stands right behind its end.")
        }
        text.next("help", "the lab's words")
        return text
    }
}
