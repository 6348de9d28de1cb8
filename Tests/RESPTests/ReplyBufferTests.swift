import RESP
import Testing

struct ReplyBufferTests {
    /// A reply, and its bytes in both versions of the protocol.
    struct Encoding: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let second: String
        let third: String
        let write: @Sendable (inout ReplyBuffer) -> Void

        init(
            _ description: String, _ second: String, _ third: String? = nil,
            _ write: @escaping @Sendable (inout ReplyBuffer) -> Void
        ) {
            testDescription = description
            self.second = second
            self.third = third ?? second
            self.write = write
        }
    }

    private static let encodings: [Encoding] = [
        Encoding("OK", "+OK\r\n") { $0.ok() },
        Encoding("a simple string", "+a b\r\n") { $0.simpleString("a b" as String) },
        Encoding("an error with line ends", "-ERR a  b\r\n") { $0.error("ERR a\r\nb") },
        Encoding("zero", ":0\r\n") { $0.integer(0) },
        Encoding("the least integer", ":-9223372036854775808\r\n") { $0.integer(Int64.min) },
        Encoding("the greatest integer", ":9223372036854775807\r\n") { $0.integer(Int64.max) },
        Encoding("a bulk string", "$5\r\na\r\nbc\r\n") { $0.bulkString("a\r\nbc") },
        Encoding("an empty bulk string", "$0\r\n\r\n") { $0.bulkString([] as [UInt8]) },
        Encoding("a number as a bulk string", "$2\r\n-7\r\n") { $0.bulkString(-7 as Int64) },
        Encoding("null", "$-1\r\n", "_\r\n") { $0.null() },
        Encoding("a null array", "*-1\r\n", "_\r\n") { $0.nullArray() },
        Encoding("an array", "*10\r\n") { $0.array(10) },
        Encoding("a map", "*4\r\n", "%2\r\n") { $0.map(2) },
        Encoding("a set", "*2\r\n", "~2\r\n") { $0.set(2) },
        Encoding("a push", "*2\r\n", ">2\r\n") { $0.push(2) },
        Encoding("a boolean", ":1\r\n", "#t\r\n") { $0.boolean(true) },
        Encoding("a double", "$3\r\n1.5\r\n", ",1.5\r\n") { $0.double("1.5") },
        Encoding("text", "$2\r\nab\r\n", "=6\r\ntxt:ab\r\n") { $0.verbatimString("ab") },
    ]

    @Test(arguments: encodings.indices)
    func `every kind of reply has its bytes in either protocol`(_ index: Int) {
        let encoding = Self.encodings[index]
        var buffer = ReplyBuffer()
        encoding.write(&buffer)
        let second = text(of: buffer)
        buffer.removeAll()
        buffer.protocolVersion = 3
        encoding.write(&buffer)
        let third = text(of: buffer)
        #expect(second == encoding.second, "\(encoding)")
        #expect(third == encoding.third, "\(encoding)")
    }

    @Test func `replies follow each other, and the last can be taken back`() {
        var buffer = ReplyBuffer(capacity: 1)
        buffer.ok()
        let mark = buffer.count
        buffer.bulkString(String(repeating: "x", count: 1_000_000))
        let full = buffer.count
        #expect(full == mark + 1_000_000 + "$1000000\r\n\r\n".utf8.count)
        buffer.truncate(to: mark)
        buffer.integer(42)
        let kept = text(of: buffer)
        #expect(kept == "+OK\r\n:42\r\n")
        buffer.removeAll()
        let left = buffer.count
        #expect(left == 0)
    }

    private func text(of buffer: borrowing ReplyBuffer) -> String {
        String(decoding: buffer.bytes, as: UTF8.self)
    }
}
