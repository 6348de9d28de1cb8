/// Renders the Markdown that lessons use for a terminal: headings, paragraphs, lists, tables, code.
///
/// Colour only decorates: code keeps its backquotes, so that nothing is lost without it.
package struct MarkdownText {
    /// Columns to wrap to.
    package var width: Int
    package var hasColour: Bool

    package init(width: Int, hasColour: Bool) {
        self.width = max(20, width)
        self.hasColour = hasColour
    }

    /// The lines of the text, without newlines.
    package func lines(of markdown: String) -> [String] {
        var rendered: [String] = []
        var rest = markdown.split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)[...]
        while let line = rest.first {
            if line.hasPrefix("```") {
                rest.removeFirst()
                rendered += rest.prefix { !$0.hasPrefix("```") }.map { "    " + code($0) }
                rest = rest.drop { !$0.hasPrefix("```") }.dropFirst()
            } else if line.allSatisfy(\.isWhitespace) {
                rest.removeFirst()
                if rendered.last?.isEmpty == false { rendered.append("") }
            } else if line.hasPrefix("#") {
                rest.removeFirst()
                rendered.append(bold(String(line.drop { $0 == "#" || $0 == " " })))
            } else if line.hasPrefix("|") {
                rendered += table(rest.prefix { $0.hasPrefix("|") })
                rest = rest.drop { $0.hasPrefix("|") }
            } else {
                rendered += wrapped(takeParagraph(&rest))
            }
        }
        while rendered.last?.isEmpty == true { rendered.removeLast() }
        return rendered.map(LiteralText.plain)
    }

    /// Text to be put into Markdown, of which nothing is taken for Markdown: no list, no stress, no end of code.
    package static func literal(_ text: String) -> String { LiteralText.marked(text) }

    /// Text of the lab itself in bold where the terminal can.
    package func bold(_ text: String) -> String { styled(text, "1") }

    /// A command or reply.
    package func code(_ text: String) -> String { styled(text, "36") }

    /// A stressed word.
    package func emphasis(_ text: String) -> String { styled(text, "4") }

    /// One paragraph behind a marker such as `  [x] `, wrapped below itself.
    package func item(_ marker: String, _ text: String) -> [String] {
        wrapped(Paragraph(marker: marker, text: text)).map(LiteralText.plain)
    }

    private func styled(_ text: String, _ code: String) -> String {
        hasColour && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    // MARK: Paragraphs and list items

    private struct Paragraph {
        var marker: String
        var text: String
    }

    /// A list item, or lines up to the next blank line, list item or block.
    private func takeParagraph(_ rest: inout ArraySlice<String>) -> Paragraph {
        let first = rest.removeFirst()
        let marker = Self.marker(of: first)
        var text = first.dropFirst(marker.count).trimmingBlanks
        while let line = rest.first, Self.continues(line) {
            text += " " + rest.removeFirst().trimmingBlanks
        }
        return Paragraph(marker: marker, text: text)
    }

    private static func continues(_ line: String) -> Bool {
        !line.allSatisfy(\.isWhitespace) && marker(of: line).isEmpty && !line.hasPrefix("#")
            && !line.hasPrefix("```") && !line.hasPrefix("|")
    }

    /// `- ` or `1. `, with the blanks before it; empty for plain text.
    private static func marker(of line: String) -> String {
        let blanks = line.prefix { $0 == " " }
        let text = line.dropFirst(blanks.count)
        if text.hasPrefix("- ") { return blanks + "- " }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, text.dropFirst(digits.count).hasPrefix(". ") else { return "" }
        return blanks + digits + ". "
    }

    private func wrapped(_ paragraph: Paragraph) -> [String] {
        let indent = String(repeating: " ", count: paragraph.marker.count)
        var lines: [String] = []
        var line = paragraph.marker
        var column = paragraph.marker.count
        for word in StyledWord.split(paragraph.text) {
            let width = word.width
            if column > indent.count, column + 1 + width > self.width {
                lines.append(line)
                (line, column) = (indent, indent.count)
            }
            if column > indent.count {
                line += " "
                column += 1
            }
            line += word.rendered(by: self)
            column += width
        }
        return lines + [line]
    }

    // MARK: Tables

    private func table(_ lines: ArraySlice<String>) -> [String] {
        let rows = lines.map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { StyledWord.split($0.trimmingBlanks) }
        }
        let body = rows.enumerated().filter { $0.offset != 1 }.map(\.element)
        let count = body.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            body.map { column < $0.count ? width(of: $0[column]) : 0 }.max() ?? 0
        }
        return body.map { row in
            zip(row, widths).map { cell, width in
                cell.map { $0.rendered(by: self) }.joined(separator: " ")
                    + String(repeating: " ", count: width - self.width(of: cell))
            }.joined(separator: "  ").trimmingEnd
        }
    }

    private func width(of words: [StyledWord]) -> Int {
        words.reduce(-1) { $0 + 1 + $1.width }.clamped
    }
}

extension Int {
    fileprivate var clamped: Int { self < 0 ? 0 : self }
}

extension StringProtocol {
    fileprivate var trimmingBlanks: String {
        String(drop { $0 == " " }).trimmingEnd
    }

    fileprivate var trimmingEnd: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}
