import RESP
import Testing

struct RESPParserTests {
    struct Wire: CustomTestStringConvertible {
        var bytes: String
        var value: RESPValue
        var testDescription: String { bytes.debugDescription }

        init(_ bytes: String, _ value: RESPValue) {
            self.bytes = bytes
            self.value = value
        }
    }

    static let replies: [Wire] = [
        Wire("+OK\r\n", .simpleString("OK")),
        Wire("-ERR no\r\n", .error("ERR no")),
        Wire(":-12\r\n", .integer(-12)),
        Wire("$5\r\na\r\nbc\r\n", .bulkString(Array("a\r\nbc".utf8))),
        Wire("$0\r\n\r\n", .bulkString([])),
        Wire("$-1\r\n", .null),
        Wire("*-1\r\n", .null),
        Wire("_\r\n", .null),
        Wire("*0\r\n", .array([])),
        Wire("*2\r\n:1\r\n*1\r\n+a\r\n", .array([.integer(1), .array([.simpleString("a")])])),
        Wire("%1\r\n+k\r\n*0\r\n", .map([.simpleString("k"), .array([])])),
        Wire("~2\r\n:1\r\n:2\r\n", .set([.integer(1), .integer(2)])),
        Wire(">1\r\n+message\r\n", .push([.simpleString("message")])),
        Wire(",3.25\r\n", .double("3.25")),
        Wire("#t\r\n", .boolean(true)),
        Wire("#f\r\n", .boolean(false)),
        Wire("(123456789012345678901\r\n", .bigNumber("123456789012345678901")),
        Wire("=8\r\ntxt:some\r\n", .verbatimString(format: "txt", Array("some".utf8))),
        Wire("!6\r\nERR no\r\n", .error("ERR no")),
        Wire("|1\r\n+ttl\r\n:3\r\n:7\r\n", .integer(7)),
        Wire("*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n:2\r\n", .array([.integer(1), .integer(2)])),
    ]

    @Test(arguments: replies)
    func `a reply is read whole`(_ wire: Wire) throws {
        var parser = RESPParser()
        parser.append(wire.bytes.utf8)
        #expect(try parser.next() == wire.value)
        #expect(try parser.next() == nil)
    }

    @Test(arguments: replies)
    func `a reply is read byte by byte and never early`(_ wire: Wire) throws {
        var parser = RESPParser()
        for byte in wire.bytes.utf8.dropLast() {
            parser.append([byte])
            #expect(try parser.next() == nil)
        }
        parser.append(wire.bytes.utf8.suffix(1))
        #expect(try parser.next() == wire.value)
    }

    @Test func `replies that arrive together are taken one by one`() throws {
        var parser = RESPParser()
        parser.append(Self.replies.map(\.bytes).joined().utf8)
        for wire in Self.replies {
            #expect(try parser.next() == wire.value)
        }
        #expect(try parser.next() == nil)
    }

    @Test(arguments: [
        "\r\n", "+OK\n", "?\r\n", ":x\r\n", ":\r\n", "$x\r\n", "$-2\r\n", "*-2\r\n",
        "$3\r\nabcd\r\n",
        "$536870913\r\n", "*2147483648\r\n", "#x\r\n", "=2\r\nab\r\n", "=4\r\ntxt-\r\n", "%-1\r\n",
    ])
    func `what is no RESP is refused`(_ bytes: String) {
        var parser = RESPParser()
        parser.append(bytes.utf8)
        #expect(throws: RESPParser.Malformed()) { try parser.next() }
    }

    @Test func `nesting and line length have a limit`() {
        var deep = RESPParser()
        deep.append(String(repeating: "*1\r\n", count: RESPParser.depthLimit + 1).utf8)
        #expect(throws: RESPParser.Malformed()) { try deep.next() }

        var long = RESPParser()
        long.append(String(repeating: "+", count: RESPParser.lineLimit + 1).utf8)
        #expect(throws: RESPParser.Malformed()) { try long.next() }
    }
}
