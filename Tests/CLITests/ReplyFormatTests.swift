import CLI
import RESP
import Testing

struct ReplyFormatTests {
    private static let mixed = RESPValue.map([
        .bulkString(Array("a".utf8)), .array([.integer(1), .null, .boolean(true)]),
        .integer(2), .double("1.5"),
    ])

    private static let cases: [(ReplyFormat.Style, RESPValue, String)] = [
        (.raw, mixed, "a 1\n\n(true)\n2 1.5\n"),
        (.csv, mixed, "\"a\",1,NULL,true,2,1.5\n"),
        (.json, mixed, #"{"a":[1,null,true],"2":1.5}"# + "\n"),
        (.json, .error("ERR \"x\""), #"error:"ERR \"x\"""# + "\n"),
        (.json, .bulkString([0, 0x1F, 0x0C, 8, 0x5C]), #""\u0000\u001f\f\b\\""# + "\n"),
        (.quotedJSON, .bulkString([0, 0x22, 0x5C, 0x0A]), #""\\x00\\"\\\\\\n""# + "\n"),
        (.csv, .error("ERR x"), "ERROR,\"ERR x\"\n"),
        (.csv, .set([]), "\n"),
        (.standard, .push([]), "(empty push)\n"),
        (.raw, .error("ERR x"), "ERR x\n\n"),
    ]

    @Test(arguments: cases)
    func `a reply in each style`(_ style: ReplyFormat.Style, _ reply: RESPValue, _ text: String)
        throws
    {
        var format = ReplyFormat()
        format.style = style
        #expect(String(decoding: try format.text(of: reply), as: UTF8.self) == text)
    }

    @Test func `delimiters stand between elements and after replies`() throws {
        var format = ReplyFormat()
        format.style = .raw
        format.elementDelimiter = Array("|".utf8)
        format.replyDelimiter = Array("#".utf8)
        let reply = RESPValue.array([.integer(1), .array([.integer(2), .integer(3)])])
        #expect(try format.text(of: reply) == Array("1|2|3#".utf8))
        #expect(try format.text(of: reply, isVerbatim: true) == Array("1|2|3".utf8))
    }

    @Test func `a big number is what redis-cli 7.0 ends at`() {
        #expect(throws: CLIExit(status: 1, complaint: "Unknown reply type: 13\n")) {
            try ReplyFormat().text(of: .array([.bigNumber("1")]))
        }
    }
}
