import CLI
import Lab
import RESP

// `why`, and what feeds it.
extension ShellSession {
    /// Tells what a program printed that ran for a line of the learner's, so that `why` can explain it.
    package mutating func note(output: String, of command: String) {
        last = .output(output.withoutEscapes, of: command)
    }

    /// `why`: the last line; `why KEY`, `why SLOT`, `why NODE`.
    mutating func why(_ words: [[UInt8]]) {
        guard last != nil || !words.isEmpty else {
            return say(
                "Nothing has been typed yet that could be explained: no node has replied. Type why after a reply, "
                    + "or why KEY, why SLOT, why NODE.")
        }
        let view = LiveView(of: cluster, at: session.address, also: lastAddresses)
        let explainer = Explainer(view: view, commands: completer.commands(of: session.address))
        let text = words.isEmpty ? last.map(explainer.explain) : explainer.explain(words: words)
        for line in text?.lines(width: terminal.width) ?? [] {
            terminal.writeLine(terminal.broken(line))
        }
    }

    /// The nodes that the last line had to do with.
    private var lastAddresses: [NodeAddress] {
        switch last {
        case .reply(let exchange): [exchange.answeredBy]
        case .failure(.refused(let address, _), _, _): [address]
        case .failure(_, let address, _): [address]
        case .replies(let exchanges): exchanges.map(\.answeredBy)
        case .output, .word, .refused, nil: []
        }
    }
}

extension String {
    /// The text without what colours it at a terminal: `ESC [ … m`.
    fileprivate var withoutEscapes: String {
        replacing(#/\u{1B}\[[0-9;?]*[A-Za-z]/#, with: "")
    }
}
