import RESP

/// Several lines that were pasted at once, each taken for a command, for printed output, or for nothing.
///
/// Where a line has a prompt, the lines below it that have none are what it printed when the text was
/// written. Without any prompt every line is a command.
struct PastedBlock {
    let lines: [Line]

    struct Line: Equatable {
        /// Counted from 1 in what was pasted.
        var number: Int
        var text: String
        var kind: Kind
    }

    enum Kind: Equatable {
        case command
        /// What a command printed once.
        case output
        /// An empty line, a comment, dots that stand for more.
        case nothing
    }

    init(_ texts: [String]) {
        var kinds = Classifier(hasPrompts: texts.contains { TypedLine($0).hasPrompt })
        lines = texts.enumerated().map { index, text in
            Line(number: index + 1, text: text, kind: kinds.kind(of: text))
        }
    }

    /// Goes through the lines in order.
    private struct Classifier {
        let hasPrompts: Bool
        private var isBelowPrompt = false
        /// A command that goes on in the next line.
        private var open = ""

        init(hasPrompts: Bool) {
            self.hasPrompts = hasPrompts
        }

        mutating func kind(of text: String) -> Kind {
            let typed = TypedLine(text)
            guard hasPrompts else { return typed.command.isEmpty ? .nothing : .command }
            if !open.isEmpty, !typed.hasPrompt {
                follow(open + "\n" + text)
                return .command
            }
            if typed.hasPrompt { isBelowPrompt = true }
            guard !typed.command.isEmpty else { return .nothing }
            guard typed.hasPrompt || !isBelowPrompt else { return .output }
            follow(typed.command)
            return .command
        }

        private mutating func follow(_ command: String) {
            open = PastedBlock.isOpen(command) ? command : ""
        }
    }

    /// Whether a command of the shell goes on below: a backslash at its end, a loop or a quote open.
    static func isOpen(_ command: String) -> Bool {
        if command.hasSuffix("\\") { return true }
        let words = command.split { $0.isWhitespace || $0 == ";" }
        let opening = words.filter { ["do", "then", "case"].contains($0) }.count
        let closing = words.filter { ["done", "fi", "esac"].contains($0) }.count
        let begins = ["for", "while", "until", "if", "case"].contains(words.first ?? "")
        return begins && (opening == 0 || closing < opening) || splitArguments(command.utf8) == nil
    }
}
