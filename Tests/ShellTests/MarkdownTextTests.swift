import Shell
import Testing

struct MarkdownTextTests {
    private let plain = MarkdownText(width: 40, hasColour: false)
    private let colour = MarkdownText(width: 40, hasColour: true)

    @Test func `paragraphs are joined and wrapped to the width`() {
        let text = "One two three four five six\nseven eight nine ten eleven.\n\n\nNew one."
        #expect(
            plain.lines(of: text) == [
                "One two three four five six seven eight", "nine ten eleven.", "", "New one.",
            ])
    }

    @Test func `text that is no Markdown stays as it is`() {
        let literal = MarkdownText.literal
        #expect(plain.lines(of: "In\n\(literal("4")). Only.") == ["In 4. Only."])
        #expect(
            plain.lines(of: "\(literal("*a* `b` - # | c"))\n\(literal("- d"))") == [
                "*a* `b` - # | c - d"
            ])
        #expect(plain.lines(of: "`x \(literal("a`b"))` **\(literal("7"))**") == ["`x a`b` 7"])
        #expect(colour.lines(of: "*\(literal("7"))*") == ["\u{1B}[4m7\u{1B}[0m"])
        #expect(plain.item("  [ ] ", literal("1. x")) == ["  [ ] 1. x"])
    }

    @Test func `list items hang, each below its marker`() {
        let text =
            "- one two three four five six seven eight nine\n  ten\n- two\n1. first\n   - inner"
        #expect(
            plain.lines(of: text) == [
                "- one two three four five six seven", "  eight nine ten", "- two", "1. first",
                "   - inner",
            ])
    }

    @Test func `fenced code is kept as it is, only indented`() {
        let text =
            "Do:\n```conf\nport 7000   # a very long line that nobody may wrap or join\n\nx\n```\nDone."
        #expect(
            plain.lines(of: text) == [
                "Do:", "    port 7000   # a very long line that nobody may wrap or join", "    ",
                "    x", "Done.",
            ])
    }

    @Test func `code keeps its backquotes, and without colour stress is dropped`() {
        #expect(
            plain.lines(of: "### Head\nA `GET x` is **very** *nice*, 2*3 and `*`.") == [
                "Head", "A `GET x` is very nice, 2*3 and `*`.",
            ])
    }

    @Test func `with colour the marks become escape sequences`() {
        #expect(
            colour.lines(of: "A `GET x` is **very** *nice*.") == [
                "A \u{1B}[36m`GET x`\u{1B}[0m is \u{1B}[1mvery\u{1B}[0m \u{1B}[4mnice\u{1B}[0m."
            ])
    }

    @Test func `short code is not broken, long code is, and keeps its quotes at its ends`() {
        #expect(
            plain.lines(of: "Type this now and then `CLUSTER KEYSLOT user:1`") == [
                "Type this now and then", "`CLUSTER KEYSLOT user:1`",
            ])
        #expect(
            plain.lines(of: "`redis-cli --cluster create 127.0.0.1:7000 127.0.0.1:7001`") == [
                "`redis-cli --cluster create", "127.0.0.1:7000 127.0.0.1:7001`",
            ])
    }

    @Test func `escape sequences take no room`() {
        let text = "**one** `two` **three** `four` **five** six"
        #expect(colour.lines(of: text).count == 1)
    }

    @Test func `table columns are aligned, the ruler is dropped`() {
        #expect(
            plain.lines(of: "| node | slots |\n|------|---|\n| 7000 | `0` to 5460 |\n| x | |") == [
                "node  slots", "7000  `0` to 5460", "x",
            ])
    }

    @Test(arguments: [
        ("abc", 3), ("Größe", 5), ("日本語", 6), ("e\u{301}", 1), ("🚀", 2), ("한글", 4), ("…–„“", 4),
        ("\u{200B}", 0), ("☑️", 2),
    ])
    func `columns are those of a terminal`(text: String, columns: Int) {
        #expect(text.columns == columns)
    }
}
