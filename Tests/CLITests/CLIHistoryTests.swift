import CLI
import Testing

struct CLIHistoryTests {
    @Test(
        arguments: [
            ("AUTH x", true), ("acl setuser u", true), ("ACL LIST", false),
            ("config set requirepass x", true), ("CONFIG SET maxmemory 1", false),
            ("HELLO 3 AUTH u p", true), ("HELLO 3 SETNAME n AUTH u p", true),
            ("HELLO 3 SETNAME n", false), ("MIGRATE h 1 k 0 9 AUTH p KEYS a", true),
            ("MIGRATE h 1 k 0 9 KEYS a AUTH p", false), ("MIGRATE h 1 k 0 9 AUTH2 u p", true),
            ("GET auth", false),
        ] as [(String, Bool)])
    func `commands that carry secrets are not remembered`(_ line: String, _ isSensitive: Bool) {
        let words = line.split(separator: " ").map { Array($0.utf8) }
        #expect(CLIHistory.isSensitive(words) == isSensitive)
    }

    @Test func `a line that repeats the last one is kept once, and a hundred lines are kept`() {
        var history = CLIHistory(path: nil)
        history.append("PING")
        history.append("PING")
        #expect(history.lines == ["PING"])
        for number in 0..<150 { history.append("GET \(number)") }
        #expect(history.lines.count == CLIHistory.limit)
        #expect(history.lines.first == "GET 50")
    }
}
