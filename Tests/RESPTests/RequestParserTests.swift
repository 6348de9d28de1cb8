import RESP
import Testing

struct RequestParserTests {
    /// What a parser makes of some bytes: the commands, and the failure or the need for more at their end.
    private struct Reading: Equatable {
        var commands: [[String]] = []
        var failure: ProtocolError?
    }

    struct Refused: CustomTestStringConvertible {
        let input: String
        let message: String
        var testDescription: String { input.debugDescription }

        init(_ input: String, _ message: String) {
            self.input = input
            self.message = message
        }
    }

    private static let pipeline =
        "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$10\r\na\r\nb*1$2\r\n\r\n*0\r\nPING \"a b\"\r\n*-1\r\n\r\n"
        + "*2\r\n$3\r\nGET\r\n$0\r\n\r\nget 'x'\n*1\r\n$4\r\nPING\r\n"

    private static let commands = [
        ["SET", "k", "a\r\nb*1$2\r\n"], [], ["PING", "a b"], [], [], ["GET", ""], ["get", "x"],
        ["PING"],
    ]

    @Test func `requests that follow each other are found one by one`() {
        #expect(read([Self.pipeline]) == Reading(commands: Self.commands))
    }

    @Test func `a request may be split anywhere`() {
        let bytes = Array(Self.pipeline.utf8)
        for split in 1..<bytes.count {
            let parts = [bytes[..<split], bytes[split...]].map {
                String(decoding: $0, as: UTF8.self)
            }
            #expect(read(parts) == Reading(commands: Self.commands), "split at \(split)")
        }
        #expect(
            read(Self.pipeline.unicodeScalars.map { String($0) })
                == Reading(commands: Self.commands))
    }

    @Test(arguments: [
        Refused("*2147483648\r\n", "invalid multibulk length"),
        Refused("*99999999999999999999\r\n", "invalid multibulk length"),
        Refused("*x\r\n", "invalid multibulk length"),
        Refused("*\r\n", "invalid multibulk length"),
        Refused("*01\r\n", "invalid multibulk length"),
        Refused("*1\r\n$-1\r\n", "invalid bulk length"),
        Refused("*1\r\n$536870913\r\n", "invalid bulk length"),
        Refused("*1\r\n$x\r\n", "invalid bulk length"),
        Refused("*1\r\nPING\r\n", "expected '$', got 'P'"),
        Refused("*1\r\n\r\n", "expected '$', got ' '"),
        Refused("PING \"open\r\n", "unbalanced quotes in request"),
        Refused("PING 'a'b\r\n", "unbalanced quotes in request"),
        Refused("*" + String(repeating: "1", count: 65_537), "too big mbulk count string"),
        Refused("*1\r\n$" + String(repeating: "1", count: 65_537), "too big bulk count string"),
        Refused(String(repeating: "a", count: 65_537), "too big inline request"),
    ])
    func `what is no request is refused in Redis' words`(_ refused: Refused) {
        #expect(read([refused.input]).failure?.message == refused.message)
    }

    @Test(arguments: [
        "", "*", "*1", "*1\r", "*1\r\n", "*1\r\n$4\r\nPIN", "*1\r\n$4\r\nPING\r", "PING", "PING\r",
    ])
    func `what may become a request is waited for`(_ input: String) {
        #expect(read([input]) == Reading())
    }

    @Test func `before the login only small requests are taken`() {
        #expect(read(["*10\r\n"], isUnauthenticated: true) == Reading())
        #expect(
            read(["*11\r\n"], isUnauthenticated: true).failure == .unauthenticatedMultibulkLength)
        #expect(read(["*1\r\n$16384\r\n"], isUnauthenticated: true) == Reading())
        #expect(
            read(["*1\r\n$16385\r\n"], isUnauthenticated: true).failure
                == .unauthenticatedBulkLength)
    }

    @Test func `the longest argument is a setting`() {
        #expect(read(["*1\r\n$5\r\nhello\r\n"], maximumBulk: 5).commands == [["hello"]])
        #expect(read(["*1\r\n$6\r\n"], maximumBulk: 5).failure == .invalidBulkLength)
    }

    @Test func `many arguments are found`() {
        let count = 3000
        let request =
            "*\(count)\r\n" + (0..<count).map { "$\("\($0)".count)\r\n\($0)\r\n" }.joined()
        #expect(read([request]).commands == [(0..<count).map { "\($0)" }])
    }

    /// Feeds the parts as they would arrive.
    private func read(
        _ parts: [String], isUnauthenticated: Bool = false, maximumBulk: Int = 512 * 1024 * 1024
    ) -> Reading {
        var parser = RequestParser()
        parser.isUnauthenticated = isUnauthenticated
        parser.maximumBulk = maximumBulk
        var reading = Reading()
        var input: [UInt8] = []
        for part in parts where reading.failure == nil {
            input += Array(part.utf8)
            let consumed = input.withUnsafeBufferPointer { Self.parseAll($0, &parser, &reading) }
            input.removeFirst(consumed)
        }
        return reading
    }

    /// Finds every whole command; returns how many bytes they took.
    private static func parseAll(
        _ input: UnsafeBufferPointer<UInt8>, _ parser: inout RequestParser, _ reading: inout Reading
    ) -> Int {
        guard let base = input.baseAddress else { return 0 }
        var consumed = 0
        while consumed < input.count {
            switch parser.parse(base + consumed, count: input.count - consumed) {
            case .command(let length, let count):
                let arguments = parser.arguments(at: base + consumed, count: count)
                reading.commands.append((0..<count).map { arguments[$0].text })
                consumed += length
            case .needMore: return consumed
            case .failure(let error):
                reading.failure = error
                return consumed
            }
        }
        return consumed
    }
}
