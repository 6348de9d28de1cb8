import Lab
import RESP

/// A line as it was typed or pasted, taken apart: the node that a pasted prompt names, and the command.
struct TypedLine {
    /// From `127.0.0.1:7001> GET key1`; nil when no prompt was pasted.
    var target: NodeAddress?
    /// What is left: empty for a comment, an empty line, a prompt alone.
    var command: String

    init(_ text: String) {
        var rest = text[...].drop(while: \.isWhitespace)
        let disconnected = "not connected>"
        if rest.hasPrefix(disconnected) {
            rest = rest.dropFirst(disconnected.count).drop(while: \.isWhitespace)
        } else if let end = rest.firstIndex(of: ">"), let prompted = Self.prompted(rest[..<end]) {
            target = prompted
            rest = rest[rest.index(after: end)...].drop(while: \.isWhitespace)
        }
        if rest.hasPrefix("$ ") { rest = rest.dropFirst(2).drop(while: \.isWhitespace) }
        if rest.hasPrefix("#") || rest == "$" { rest = "" }
        command = String(rest)
    }

    /// The arguments and how often they are to run (`5 INCR counter`); nil when quotes are unbalanced.
    func parsed() -> (arguments: [[UInt8]], times: Int)? {
        guard var arguments = splitArguments(command.utf8) else { return nil }
        guard arguments.count > 1, let times = Int(String(decoding: arguments[0], as: UTF8.self))
        else { return (arguments, 1) }
        arguments.removeFirst()
        return (arguments, times)
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
