import Foundation
import Shell
import Testing

struct HistoryFileTests {
    private let folder = NSTemporaryDirectory() + "clusterlab-\(UUID().uuidString)"

    @Test func `lines are kept, the same line once in a row`() {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var history = HistoryFile(path: folder + "/state/history")
        #expect(history.lines.isEmpty)
        for line in ["GET a", "GET a", "SET naïve é", "GET a"] {
            #expect(history.append(line) == nil)
        }
        let again = HistoryFile(path: folder + "/state/history")
        #expect(again.lines == ["GET a", "SET naïve é", "GET a"])
    }

    @Test func `the oldest lines are forgotten`() {
        var history = HistoryFile(path: nil)
        for number in 0...HistoryFile.limit { _ = history.append("GET \(number)") }
        #expect(history.lines.count == HistoryFile.limit)
        #expect(history.lines.first == "GET 1")
    }

    @Test func `a file that cannot be written is told of once`() {
        var history = HistoryFile(path: "/dev/null/history")
        #expect(
            history.append("GET a")?.hasPrefix("History is not kept: /dev/null/history: ") == true)
        #expect(history.append("GET b") == nil)
        #expect(history.lines == ["GET a", "GET b"])
    }

    @Test(arguments: [
        "AUTH secret", "auth default secret", "127.0.0.1:7000> AUTH secret",
        "HELLO 3 AUTH default secret",
        "ACL SETUSER alice on >secret", "CONFIG SET requirepass secret",
        "config set \"masterauth\" secret",
        "CONFIG SET maxmemory 1 requirepass secret", "MIGRATE 127.0.0.1 7001 k 0 100 AUTH secret",
        "MIGRATE h 1 \"\" 0 9 AUTH2 user secret KEYS k", "redis-cli -a secret PING",
        "redis-cli --pass secret", "AUTH \"secret", "redis-cli --pass=secret PING",
        "redis-cli -u redis://:secret@127.0.0.1:7000 PING", "redis-cli -u rediss://me:secret@h",
        "@all AUTH secret", "@7001 CONFIG SET masterauth secret", "5 AUTH secret",
        "$ redis-cli -p 7000 -a secret", "REDISCLI_AUTH=secret redis-cli PING",
        "redis-server redis.conf --requirepass secret", "redis-server --masterauth secret",
        "echo \"requirepass secret\" >> redis.conf", "\"\\x41UTH\" secret", "'AUTH' secret",
        "docker run redis redis-server --requirepass secret",
        "docker run -e REDIS_PASSWORD=secret x",
    ])
    func `a line with a password is secret`(_ line: String) {
        #expect(HistoryFile.holdsSecret(line))
    }

    @Test(arguments: [
        "GET key", "SET user:1 Alice", "help AUTH", "CONFIG GET requirepass", "ACL WHOAMI",
        "HELLO 3",
        "MIGRATE 127.0.0.1 7001 k 0 100", "SET author me", "", "redis-cli --user alice --askpass",
        "redis-cli -u redis://127.0.0.1:7000",
        "SET link https://example.org/a@b", "@owner(auth) GET auth",
    ])
    func `other lines are not`(_ line: String) {
        #expect(!HistoryFile.holdsSecret(line))
        #expect(HistoryFile.masked(line) == line)
    }

    @Test func `a secret line is shown by its first word`() {
        #expect(HistoryFile.masked("127.0.0.1:7000> AUTH secret") == "AUTH …")
    }
}
