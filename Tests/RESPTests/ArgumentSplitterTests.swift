import RESP
import Testing

struct ArgumentSplitterTests {
    struct Line: CustomTestStringConvertible {
        var line: String
        var arguments: [String]?
        var testDescription: String { line }

        init(_ line: String, _ arguments: [String]?) {
            self.line = line
            self.arguments = arguments
        }
    }

    @Test(arguments: [
        Line("", []),
        Line("  \t ", []),
        Line("SET key1 value1", ["SET", "key1", "value1"]),
        Line("  SET   key1\tvalue1\r\n", ["SET", "key1", "value1"]),
        Line("SET user:1 \"Alice Smith\"", ["SET", "user:1", "Alice Smith"]),
        Line("a \"\" ''", ["a", "", ""]),
        Line(#""\n\r\t\b\a""#, ["\n\r\t\u{8}\u{7}"]),
        Line(#""\x41\x6a\x6A""#, ["Ajj"]),
        Line(#""\xzz\x4""#, ["xzzx4"]),
        Line(#""a\"b\\c\q""#, [#"a"b\cq"#]),
        Line(#"'a\'b\n'"#, [#"a'b\n"#]),
        Line(#"foo"bar" 'x'"#, ["foobar", "x"]),
        Line(#"foo'b r'"#, ["foob r"]),
        Line(#"a\nb"#, [#"a\nb"#]),
        Line("a\u{0B}b", ["a\u{0B}b"]),
        Line("\u{0B}a", ["a"]),
        Line("a\0b c", ["a"]),
        Line("Zoë 名", ["Zoë", "名"]),
        Line("\"open", nil),
        Line("'open", nil),
        Line("\"a\"b", nil),
        Line("'a'b", nil),
        Line("\"a\\", nil),
        Line("\"a\\\"", nil),
        Line("\"", nil),
    ])
    func `a line is split as Redis splits it`(_ line: Line) {
        let arguments = splitArguments(line.line.utf8)
        #expect(arguments?.map { String(decoding: $0, as: UTF8.self) } == line.arguments)
    }

    @Test func `any byte can be written in hexadecimal`() {
        #expect(splitArguments(#""\x00\xff\x80""#.utf8) == [[0, 0xFF, 0x80]])
    }
}
