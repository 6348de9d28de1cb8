import Keyspace
import RESP
import Testing

struct ByteStringTests {
    @Test(arguments: [0, 1, 7, 8, 15, 16, 21, 22, 23, 24, 44, 1000])
    func `bytes come back as they went in, in place or not`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 200) }
        let string = ByteString(bytes)
        #expect(string.count == count)
        #expect(string.bytes == bytes)
        #expect(string.withBuffer { Array($0) } == bytes)
        #expect(bytes.withUnsafeBufferPointer { ByteString($0) } == string)
        #expect(string != ByteString(bytes + [0]))
        #expect(Set([string, ByteString(bytes)]).count == 1)
    }

    @Test func `a string equals the argument with its bytes and no other`() {
        Arguments.withArguments([Array("key".utf8), Array("kez".utf8), [], [0, 0, 0]]) { arguments in
            #expect(ByteString("key") == arguments[0])
            #expect(!(ByteString("key") == arguments[1]))
            #expect(ByteString() == arguments[2])
            #expect(!(ByteString() == arguments[3]))
            #expect(ByteString([0, 0, 0]) == arguments[3])
        }
    }

    @Test func `changing a copy leaves the original alone`() {
        for count in [3, 22, 30] {
            let original = ByteString(Array(repeating: 7, count: count))
            var copy = original
            copy.modify { $0 += [1, 2] }
            #expect(copy.count == count + 2)
            #expect(original.bytes == Array(repeating: 7, count: count))
            copy.modify { $0.removeAll() }
            #expect(copy == ByteString())
        }
    }

    @Test(arguments: [
        ("0", 0), ("-1", -1), ("9223372036854775807", Int64.max),
        ("-9223372036854775808", Int64.min), ("9223372036854775808", nil), ("", nil), ("-", nil),
        ("+1", nil), ("01", nil), ("-0", nil), (" 1", nil), ("1 ", nil), ("1.0", nil),
        ("123456789012345678901", nil),
    ] as [(String, Int64?)])
    func `a string is a number where Redis takes it for one`(text: String, number: Int64?) {
        #expect(ByteString(text).integer == number)
    }
}
