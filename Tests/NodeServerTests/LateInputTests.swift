import ClusterCore
import Keyspace
import NIOCore
import NodeServer
import Testing

/// A network that is late or loses packets, as a connection's input feels it.
struct LateInputTests {
    private var input = LateInput()
    private let start = Instant.start

    private mutating func add(_ text: String, lossPercent: Int, draws: [UInt64] = []) {
        input.follow(Wires.Fate(lossPercent: lossPercent), at: start)
        var random = DrawnNumbers(draws)
        input.add(ByteBuffer(string: text), at: start, using: &random)
    }

    @Test mutating func `a packet that is lost again and again is sent after twice the time`() {
        for (losses, milliseconds) in [(0, 0), (1, 200), (2, 600), (3, 1400), (4, 3000)] {
            input = LateInput()
            add("a", lossPercent: 50, draws: Array(repeating: 1, count: losses))
            #expect(input.nextDue == start.advanced(by: .milliseconds(milliseconds)))
        }
    }

    @Test mutating func `after two minutes it is sent every two minutes, and given up after 15 times`() {
        add("a", lossPercent: 100)
        #expect(input.nextDue == start.advanced(by: .milliseconds(200 * 1023 + 5 * 120_000)))
    }

    @Test mutating func `what comes behind a lost packet waits for it`() {
        add("a", lossPercent: 50, draws: [1])
        add("b", lossPercent: 0)
        // A link that loses nothing any more lets all through.
        #expect(input.takeDue(at: start) == ByteBuffer(string: "a"))
        #expect(input.takeDue(at: start) == ByteBuffer(string: "b"))
    }
}

/// Numbers that were chosen, and the greatest of all when they are used up.
private struct DrawnNumbers: RandomNumberGenerator {
    private var numbers: [UInt64]

    init(_ numbers: [UInt64]) { self.numbers = numbers }

    mutating func next() -> UInt64 { numbers.isEmpty ? .max : numbers.removeFirst() }
}
