import RESP

/// What redis-cli keeps of a session with the server's debugger for scripts (`eval_ldb` and its kind).
struct ScriptDebugging: Sendable {
    /// A script is debugged: what comes are the debugger's lines.
    var isOn = false
    /// The session has ended; the reply to EVAL comes next.
    var hasEnded = false
    /// SCRIPT DEBUG was typed: the next EVAL begins a session.
    var beginsWithEval = false
    /// `restart` was typed: the script is to be sent again.
    var isToRestart = false
    /// The prompt of a session that `--eval` has begun.
    var prompt: String?

    /// Notes what a command that is about to be sent means for the debugger.
    /// - Returns: whether it begins a session.
    mutating func note(_ words: [String]) -> Bool {
        if words.count == 3, words[0] == "script", words[1] == "debug" {
            beginsWithEval = words[2] == "yes" || words[2] == "sync"
        }
        guard words.first == "eval", beginsWithEval else { return false }
        isOn = true
        return true
    }

    /// The words of a line. Code for `eval` is one word, whatever is in it (`cliSplitArgs`).
    func split(_ line: [UInt8]) -> [[UInt8]]? {
        for word in ["eval", "e"] where isOn && line.starts(with: (word + " ").utf8) {
            return [Array(word.utf8), Array(line.dropFirst(word.utf8.count + 1))]
        }
        return splitArguments(line)
    }

    /// What is printed for lines of the debugger, and whether the session ends with them; nil where the reply
    /// is something else.
    func lines(of reply: RESPValue, delimiter: [UInt8], isColored: Bool) -> (text: [UInt8], isEnd: Bool)? {
        guard case .array(let elements) = reply else { return nil }
        var lines: [[UInt8]] = []
        var isEnd = false
        for element in elements {
            guard case .simpleString(let line) = element else { return nil }
            isEnd = isEnd || line.hasPrefix("<endsession>")
            lines.append(
                line.hasPrefix("<endsession>")
                    ? [] : Array((isColored ? Self.colored(line) : line).utf8))
        }
        return (Array(lines.joined(separator: delimiter)), isEnd)
    }

    /// A line in its color (`sdsCatColorizedLdbReply`).
    private static func colored(_ line: String) -> String {
        let bytes = Array(line.utf8)
        var color = "0;37"
        for (mark, other) in marks where line.contains(mark) { color = other }
        if bytes.count > 4, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[3] {
            if bytes[1] == UInt8(ascii: ">") {
                color = "0;33"
            } else if bytes[2] == UInt8(ascii: "#") {
                color = "1;37"
            }
        }
        return "\u{1B}[\(color);49m\(line)\u{1B}[0m"
    }

    /// Later ones win.
    private static let marks = [
        ("<debug>", "1;37"), ("<redis>", "0;32"), ("<reply>", "0;36"), ("<error>", "0;31"),
        ("<hint>", "1;37"), ("<value>", "0;35"), ("<retval>", "0;35"),
    ]
}
