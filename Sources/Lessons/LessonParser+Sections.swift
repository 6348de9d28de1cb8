extension LessonParser {
    /// A `##` heading and what follows it.
    struct Section {
        var title: String
        var line: Int
        var pieces: [Piece]
    }

    /// Prose, or one fenced block of the grammar.
    struct Piece: Equatable {
        var kind: Kind
        var options: [String] = []
        var line: Int
        var lines: [SourceLine]

        /// What a piece is.
        enum Kind: Hashable {
            case prose
            case block(String)
        }

        var joined: String { lines.map(\.text).joined(separator: "\n").trimmedLines }

        /// The line on which `joined` begins.
        var textLine: Int { lines.first { !$0.text.trimmed.isEmpty }?.number ?? line }

        /// Prose without what stands directly before the next block; a fenced block stays.
        var withoutLastParagraph: Piece {
            guard kind == .prose, !joined.hasSuffix("```") else { return self }
            var piece = self
            while piece.lines.last?.text.trimmed.isEmpty == true { piece.lines.removeLast() }
            while piece.lines.last?.text.trimmed.isEmpty == false { piece.lines.removeLast() }
            return piece
        }
    }

    /// The `key: value` lines between two `---`.
    struct Header {
        var file: String
        var fields: [String: (value: String, line: Int)] = [:]

        /// A field that every lesson has.
        private func required(_ name: String) throws(LessonError) -> String {
            guard let field = fields[name], !field.value.isEmpty else {
                throw LessonError(file: file, line: 1, message: "the header has no '\(name)'")
            }
            return field.value
        }

        /// What lessons and exercises alike say of themselves.
        func head() throws(LessonError) -> Head {
            let needs = try needs()
            return Head(
                id: try required("id"), title: try required("title"),
                // Unless said.
                minutes: try number("minutes") ?? 10, needsPrograms: needs.programs,
                tools: needs.tools)
        }

        /// Whether it says `needs: programs`, and which tools stand behind that.
        private func needs() throws(LessonError) -> (programs: Bool, tools: [String]) {
            guard let field = fields["needs"] else { return (false, []) }
            let words = field.value.split(separator: " ").map(String.init)
            let tools = Array(words.dropFirst())
            guard words.first == "programs", tools.allSatisfy(CheckParser.tools.contains) else {
                let known = CheckParser.tools.joined(separator: ", ")
                throw LessonError(
                    file: file, line: field.line,
                    message: "'needs' is 'programs', perhaps with tools behind it: \(known)")
            }
            return (true, tools)
        }

        /// A field that is a number, where there is one.
        func number(_ name: String) throws(LessonError) -> Int? {
            guard let field = fields[name] else { return nil }
            guard let number = Int(field.value) else {
                throw LessonError(file: file, line: field.line, message: "\(name) is no number")
            }
            return number
        }
    }

    /// What a header says of a lesson or an exercise.
    struct Head {
        var id: String
        var title: String
        var minutes: Int
        var needsPrograms: Bool
        var tools: [String]
    }

    /// Cuts a file into its header, what comes before the first step, and its steps.
    func sections(
        of text: String, needsHeader: Bool = true
    ) throws(LessonError) -> (header: Header, introduction: [Piece], steps: [Section]) {
        var lines = SourceLine.lines(of: ports(text))[...]
        let header = try readHeader(&lines, isNeeded: needsHeader)
        var introduction: [Piece] = []
        var sections: [Section] = []
        while let line = lines.first {
            if line.text.hasPrefix("## ") {
                lines.removeFirst()
                sections.append(
                    Section(title: line.text.dropFirst(3).trimmed, line: line.number, pieces: []))
                continue
            }
            guard let piece = try nextPiece(&lines) else { continue }
            if sections.isEmpty {
                introduction.append(piece)
            } else {
                sections[sections.count - 1].pieces.append(piece)
            }
        }
        return (header, introduction, sections)
    }

    private func readHeader(
        _ lines: inout ArraySlice<SourceLine>, isNeeded: Bool
    ) throws(LessonError) -> Header {
        var header = Header(file: file)
        guard lines.first?.text == "---" else {
            guard isNeeded else { return header }
            throw mistake(1, "a lesson begins with '---', then id, title and minutes, then '---'")
        }
        lines.removeFirst()
        let known = ["id", "title", "minutes", "kind", "pass", "needs"]
        while let line = lines.popFirst() {
            if line.text == "---" { return header }
            guard let colon = line.text.firstIndex(of: ":") else {
                throw mistake(line.number, "a header line is 'name: value'")
            }
            let name = line.text[..<colon].trimmed
            guard known.contains(name) else {
                throw mistake(
                    line.number,
                    "unknown header '\(name)'" + Nearest.advice(for: name, among: known))
            }
            header.fields[name] = (line.text[line.text.index(after: colon)...].trimmed, line.number)
        }
        throw mistake(1, "the header has no second '---'")
    }

    private func nextPiece(_ lines: inout ArraySlice<SourceLine>) throws(LessonError) -> Piece? {
        guard let first = lines.first else { return nil }
        if first.text.hasPrefix("```") {
            let words = first.text.dropFirst(3).split(separator: " ").map(String.init)
            let name = words.first ?? ""
            if Self.blocks.contains(name) { return try block(name, words.dropFirst(), &lines) }
            guard Self.plainBlocks.contains(name) else {
                throw mistake(
                    first.number,
                    "unknown block '\(name)'"
                        + Nearest.advice(
                            for: name, among: Self.blocks + Self.plainBlocks.dropFirst()))
            }
        }
        var prose = Piece(kind: .prose, line: first.number, lines: [])
        var isFenced = false
        while let line = lines.first {
            if line.text.hasPrefix("```") {
                if !isFenced, !prose.lines.isEmpty { break }
                if isFenced, Self.opens(line) { throw unclosed("", first, line) }
                isFenced.toggle()
            } else if line.text.hasPrefix("## "), !isFenced {
                break
            }
            prose.lines.append(line)
            lines.removeFirst()
            if line.text.hasPrefix("```"), !isFenced { break }
        }
        if isFenced { throw mistake(first.number, "a ``` block is not closed") }
        return prose.lines.allSatisfy { $0.text.trimmed.isEmpty } ? nil : prose
    }

    /// The words that may stand behind a block's name.
    private static func options(of block: String) -> [String] {
        switch block {
        case "wrong": ["within"]
        case "redis": ["unordered", "within"]
        case "hint": ["costs"]
        default: []
        }
    }

    private static func isOption(_ option: String, of block: String) -> Bool {
        switch block {
        case "wrong":
            option == "within" || (option.hasSuffix("s") && Int(option.dropLast()) != nil)
        case "redis":
            option == "unordered" || option == "within"
                || (option.hasSuffix("s") && Int(option.dropLast()) != nil)
        case "fault": option == "hidden"
        case "file": true
        case "hint": option == "costs" || Int(option) != nil
        default: false
        }
    }

    private func block(
        _ name: String, _ options: ArraySlice<String>, _ lines: inout ArraySlice<SourceLine>
    ) throws(LessonError) -> Piece {
        let first = lines.removeFirst()
        for option in options where !Self.isOption(option, of: name) {
            let known = Self.options(of: name)
            throw mistake(
                first.number,
                "unknown option '\(option)' of a '\(name)' block"
                    + (known.isEmpty ? ": it has none" : Nearest.advice(for: option, among: known)))
        }
        var piece = Piece(
            kind: .block(name), options: Array(options), line: first.number, lines: [])
        while let line = lines.popFirst() {
            if Self.opens(line) { throw unclosed(name, first, line) }
            if line.text.hasPrefix("```") { return piece }
            piece.lines.append(line)
        }
        throw mistake(first.number, "the '\(name)' block is not closed")
    }

    /// Whether a block with a name begins in the line.
    private static func opens(_ line: SourceLine) -> Bool {
        let name = line.text.dropFirst(3).prefix { !$0.isWhitespace }
        return line.text.hasPrefix("```") && !name.isEmpty
            && (blocks + plainBlocks).contains(String(name))
    }

    private func unclosed(_ name: String, _ first: SourceLine, _ next: SourceLine) -> LessonError {
        let block = name.isEmpty ? "the block" : "the '\(name)' block"
        return mistake(
            first.number, "\(block) is not closed before '\(next.text.trimmed)' in line \(next.number)")
    }
}

extension String {
    /// Without empty lines at either end.
    fileprivate var trimmedLines: String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let first = lines.first, first.trimmed.isEmpty { lines.removeFirst() }
        while let last = lines.last, last.trimmed.isEmpty { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}
