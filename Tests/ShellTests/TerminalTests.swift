import Shell
import Testing

/// Long lines for somebody to type.
struct TerminalTests {
    private let screen = Terminal(width: 20, isScreen: true) { _ in }

    @Test func `a long line breaks between its words, and is one line still`() {
        let line = screen.broken("redis-cli -p 7000 CLUSTER MYID")
        #expect(line == "redis-cli -p 7000     CLUSTER MYID")
        #expect(line.prefix(20) == "redis-cli -p 7000   ")
    }

    @Test func `nothing is put into quotes`() {
        let quoted = "'one two three four five'"
        let gap = String(repeating: " ", count: 18)
        #expect(screen.broken("echo \(quoted) x") == "echo\(gap)\(quoted) x")
    }

    @Test func `what fits, and what nobody sees on a screen, stays as it is`() {
        #expect(screen.broken("CLUSTER MYID") == "CLUSTER MYID")
        let file = Terminal(width: 20) { _ in }
        #expect(file.broken("redis-cli -p 7000 CLUSTER MYID") == "redis-cli -p 7000 CLUSTER MYID")
    }
}
