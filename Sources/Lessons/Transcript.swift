/// Lines at a prompt, each with the reply that is expected. Lessons, solutions and tests share it.
package struct Transcript: Sendable, Hashable {
    package var entries: [Entry]
    /// Whether reply lines may come in any order.
    package var isUnordered: Bool
    /// A line whose reply is another one is typed again for so long; nil for once only.
    package var patience: Duration?
    package var line: Int
    /// As the author wrote it, for the screen.
    package var text: Template

    /// One prompted line.
    package struct Entry: Sendable, Hashable {
        /// The port before `>`; nil where the prompt is `lab>`, which stays where it is.
        package var port: Int?
        package var input: Template
        /// Reply lines, perhaps with wildcards; empty where the author leaves the reply open.
        package var expected: [Template]
        package var line: Int
    }
}

extension Transcript {
    /// Whether a reply, printed as redis-cli prints it, is the expected one. `*` stands for any run
    /// of characters (`\*` for a star), a line `...` for any number of lines; no line at all leaves
    /// it open.
    package func accepts(_ reply: [String], expected: [String]) -> Bool {
        guard !expected.isEmpty else { return true }
        guard isUnordered else { return Self.inOrder(reply[...], expected[...]) }
        var rest = reply
        for pattern in expected where pattern != "..." {
            guard let place = rest.firstIndex(where: { Glob(pattern).matches($0) }) else {
                return false
            }
            rest.remove(at: place)
        }
        return rest.isEmpty || expected.contains("...")
    }

    private static func inOrder(_ reply: ArraySlice<String>, _ patterns: ArraySlice<String>) -> Bool
    {
        guard let pattern = patterns.first else { return reply.isEmpty }
        if pattern == "..." {
            let rest = patterns.dropFirst()
            return (0...reply.count).contains { inOrder(reply.dropFirst($0), rest) }
        }
        guard let line = reply.first, Glob(pattern).matches(line) else { return false }
        return inOrder(reply.dropFirst(), patterns.dropFirst())
    }
}

/// A pattern in which `*` stands for any run of characters and `\*` for a star.
package struct Glob: Sendable, Hashable {
    private let parts: [String]

    package init(_ pattern: String) {
        var parts = [""]
        var isEscaped = false
        for character in pattern {
            if isEscaped, character != "*" { parts[parts.count - 1] += "\\" }
            if character == "\\", !isEscaped {
                isEscaped = true
                continue
            }
            if character == "*", !isEscaped {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
            isEscaped = false
        }
        if isEscaped { parts[parts.count - 1] += "\\" }
        self.parts = parts
    }

    /// Whether the whole text fits the pattern.
    package func matches(_ text: String) -> Bool {
        guard let first = parts.first, let last = parts.last, text.hasPrefix(first) else {
            return false
        }
        guard parts.count > 1 else { return text == first }
        var rest = Array(text)[...].dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let end = Self.end(of: Array(part), in: rest) else { return false }
            rest = rest[end...]
        }
        return rest.count >= last.count && String(rest.suffix(last.count)) == last
    }

    private static func end(of part: [Character], in text: ArraySlice<Character>) -> Int? {
        guard text.count >= part.count else { return nil }
        for start in text.startIndex...(text.endIndex - part.count)
        where text[start..<start + part.count].elementsEqual(part) {
            return start + part.count
        }
        return nil
    }
}
