import CLI
import Lab
import RESP

/// A line as it was typed or pasted, taken apart: the node that a pasted prompt names, and the command.
struct TypedLine {
    /// From `127.0.0.1:7001> GET key1`; nil when no prompt was pasted.
    var target: NodeAddress?
    /// A prompt was pasted with the line, be it a node's or a shell's.
    private(set) var hasPrompt = false
    /// What is left: empty for a comment, an empty line, a prompt alone.
    var command: String

    init(_ text: String) {
        var rest = text[...].drop(while: \.isWhitespace)
        let disconnected = "not connected>"
        if rest.hasPrefix(disconnected) {
            rest = rest.dropFirst(disconnected.count)
            hasPrompt = true
        } else if let end = rest.firstIndex(of: ">"), let prompted = Self.prompted(rest[..<end]) {
            target = prompted
            rest = rest[rest.index(after: end)...]
            hasPrompt = true
        }
        if let end = Self.endOfShellPrompt(in: rest.drop(while: \.isWhitespace)) {
            rest = rest[end...]
            hasPrompt = true
        }
        rest = rest.drop(while: \.isWhitespace)
        if rest.hasPrefix("#") || Self.isEllipsis(rest) { rest = "" }
        command = String(rest)
    }

    /// Where the command begins after `$ `, `user@host:~/lab$ ` or `root@host:~# `.
    private static func endOfShellPrompt(in text: Substring) -> Substring.Index? {
        let word = text.prefix { !$0.isWhitespace }
        guard word == "$" || word.hasSuffix("$") || word.hasSuffix("#") || word.hasSuffix("%"),
            word == "$" || isPlaceOfShell(word.dropLast())
        else { return nil }
        return word.endIndex
    }

    /// `user@host:path`: a name, a machine and a folder, and nothing in quotes.
    private static func isPlaceOfShell(_ text: Substring) -> Bool {
        guard let at = text.firstIndex(of: "@"), at > text.startIndex,
            let colon = text[at...].firstIndex(of: ":")
        else { return false }
        let isName: (Character) -> Bool = { $0.isLetter || $0.isNumber || "-_.".contains($0) }
        return text[..<at].allSatisfy(isName) && colon > text.index(after: at)
            && text[text.index(after: at)..<colon].allSatisfy(isName)
            && text[colon...].allSatisfy { !"\"'()".contains($0) }
    }

    /// Dots that stand in a text for lines that were left out.
    private static func isEllipsis(_ text: Substring) -> Bool {
        let text = text.split(whereSeparator: \.isWhitespace)
        return text.count == 1 && (text[0] == "..." || text[0] == "…")
    }

    /// The arguments and how often they are to run (`5 INCR counter`), nil for a number that is none; nil when quotes
    /// are unbalanced.
    func parsed() -> (arguments: [[UInt8]], times: Int?)? {
        guard let words = splitArguments(command.utf8) else { return nil }
        let command = RepeatedCommand(words)
        return (command.arguments, command.times)
    }

    /// Reads what stands before a prompt's `>`, with redis-cli's `[1]` and `(TX)`.
    private static func prompted(_ head: Substring) -> NodeAddress? {
        var head = head
        if head.hasSuffix("(TX)") { head = head.dropLast(4) }
        if head.hasSuffix("]"), let open = head.lastIndex(of: "[") { head = head[..<open] }
        return NodeAddress(typed: head)
    }
}

extension NodeAddress {
    /// Reads `127.0.0.1:7001`; nil for anything else.
    init?(typed text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = Int(text[text.index(after: colon)...]), (1...65535).contains(port),
            !text.contains(where: { $0.isWhitespace || "\"'".contains($0) })
        else { return nil }
        self.init(host: String(text[..<colon]), port: port)
    }
}
