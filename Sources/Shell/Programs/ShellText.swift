/// What can be told of a line for the shell by looking at it.
enum ShellText {
    /// What bash, dash and others say of a text that ends too early.
    static let endings = [
        "unexpected end of file", "unexpected EOF while looking for", "end of file unexpected",
        "Unterminated quoted string", "EOF in backquote substitution",
    ]

    /// Whether the line goes on behind a backslash.
    static func continues(_ text: String) -> Bool {
        let slashes = text.reversed().prefix { $0 == "\\" }.count
        return slashes % 2 == 1
    }

    /// Whether a here-document (`<<END`) has no end yet.
    static func hasOpenDocument(_ text: String) -> Bool {
        var waiting: [(word: String, isIndented: Bool)] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let first = waiting.first {
                let line = first.isIndented ? line.drop { $0 == "\t" } : line
                if line == first.word { waiting.removeFirst() }
            } else {
                waiting = documents(in: String(line))
            }
        }
        return !waiting.isEmpty
    }

    /// The words that end the here-documents that begin in the line.
    private static func documents(in line: String) -> [(word: String, isIndented: Bool)] {
        let pattern = #/(^|[^<])<<(-?)\s*(?:'([^']+)'|"([^"]+)"|\\?([\w.]+))/#
        return line.matches(of: pattern).compactMap { match in
            guard let word = match.3 ?? match.4 ?? match.5 else { return nil }
            return (String(word), !match.2.isEmpty)
        }
    }

    /// Whether something in the line, outside of quotes, is for a shell only: a pipe, a redirection, a variable.
    static func hasOperator(_ line: String) -> Bool {
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                isEscaped = false
                continue
            }
            switch (quote, character) {
            case ("'"?, "'"), ("\""?, "\""): quote = nil
            case ("'"?, _): break
            case (_, "\\"): isEscaped = true
            case (_, "$"), (_, "`"): return true
            case (nil, "'"), (nil, "\""): quote = character
            case (nil, "|"), (nil, "&"), (nil, ";"), (nil, "<"), (nil, ">"): return true
            default: break
            }
        }
        return isEscaped
    }

    /// The first word, as a shell would see it.
    static func firstWord(of line: String) -> String {
        String(line.prefix { !$0.isWhitespace && !"|&;<>()".contains($0) })
    }

    /// Whether the line can only be meant for a shell, whatever programs there are: an assignment, a function, a path, a group.
    static func isShellOnly(_ line: String) -> Bool {
        guard let first = line.first else { return false }
        if "(){}[!<>~/$\"'`".contains(first) { return true }
        if line.hasPrefix("./") || line.hasPrefix("../") || line.hasPrefix(". ") { return true }
        // The lab has a word of that name, which is followed by no `do`.
        if line.hasPrefix("until "), line.contains(#/[;\n]\s*do(\s|$)/#) { return true }
        return line.prefixMatch(of: #/[A-Za-z_]\w*(\+?=|\s*\(\s*\))/#) != nil
    }
}
