import RESP
import Testing

/// Bytes that are no requests.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct HostileClientTests {
    @Test func `10,000 malformed requests in pieces end no more than their own connections`() throws
    {
        let served = try ServedCluster()
        var random = Generator(state: 1)
        for round in 0..<10_000 {
            let client = try served.client()
            let bytes = random.malformedRequest()
            let middle = random.below(bytes.count + 1)
            client.send(bytes[..<middle])
            client.send(bytes[middle...])
            // Many at a time are left as they are; some are heard to the end.
            if round % 10 == 0 {
                client.endInput()
                _ = client.rest()
            }
        }
        #expect(try served.isServing())
    }

    @Test func `an inline request of 1 MB is refused`() throws {
        let served = try ServedCluster()
        let client = try served.client()
        // The connection may end before all of it is sent, and so without the words being heard.
        client.send([UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20) + [13, 10])
        let answer = client.rest()
        #expect(answer == "" || answer == "-ERR Protocol error: too big inline request\r\n")
        #expect(try served.isServing())
    }

    @Test func `the reason is heard before the connection ends`() throws {
        let served = try ServedCluster()
        let client = try served.client()
        client.send("PING\r\n*1\r\nPING\r\n")
        #expect(client.rest() == "+PONG\r\n-ERR Protocol error: expected '$', got 'P'\r\n")
    }
}

/// Repeatable randomness (a linear congruential generator).
private struct Generator {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % max(1, limit)
    }

    /// A request with some of its bytes changed, taken out or doubled.
    mutating func malformedRequest() -> [UInt8] {
        let whole = [
            "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$5\r\nhello\r\n", "*1\r\n$4\r\nPING\r\n",
            "GET \"a b\" 'c\\x00'\r\n",
            "*2\r\n$4\r\nECHO\r\n$12\r\nhello\r\nworld\r\n", "*-1\r\n*0\r\n*2147483648\r\n",
            "*1\r\n$-1\r\n",
        ]
        var bytes = Array(whole[below(whole.count)].utf8)
        for _ in 0...below(6) where !bytes.isEmpty {
            let index = below(bytes.count)
            switch below(4) {
            case 0: bytes[index] = UInt8(below(256))
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(bytes[index], at: index)
            default: bytes.insert(UInt8(ascii: "9"), at: index)
            }
        }
        return bytes
    }
}
