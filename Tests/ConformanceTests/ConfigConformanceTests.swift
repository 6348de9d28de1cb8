import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// CONFIG of a lab node and of a real redis-server 7.0: which parameters there are, with what at first, and what each of
/// them makes of values that are right or wrong.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct ConfigConformanceTests {
    /// What a node of the lab has of its own: where it is and listens, that it may be debugged, the shorter timeout.
    private static let own = [
        "bind", "cluster-node-timeout", "dir", "enable-debug-command", "port", "pidfile",
        "logfile",
    ]

    /// What is not set to values at random: it would end the connection, or is the lab's own.
    private static let kept =
        own + [
            "appendonly", "requirepass", "maxclients", "tls-port", "tls-cluster",
            "tls-replication", "cluster-announce-ip", "cluster-announce-hostname",
        ]

    private static let values = [
        "", "x", "-1", "0", "1", "5", "100", "101", "65536", "2147483648", "4294967296",
        "9223372036854775807", "9223372036854775808", "18446744073709551616", "-2147483649", "yes",
        "no", "YES", "1mb", "1kb", "1.5", "1x", "mb", "50%", "-50%", "200%", "a b", "01", "+5",
        " 5",
        "normal 0 0 0", "local", "default", "save now", "save nosave", "0 0 0", "10 20", "60 1 100",
        "1 2 3000", "K", "KEA", "{title} {port}", "{nope}", "debug", "allkeys-lru", "allchannels",
    ]

    @Test(.timeLimit(.minutes(1)))
    func `the same parameters with the same values`() throws {
        let pair = try Pair()
        defer { pair.close() }
        let (lab, redis) = try pair.send("CONFIG GET *")
        let (own, real) = (Self.parameters(lab), Self.parameters(redis))
        #expect(own.keys.sorted() == real.keys.sorted())
        for (name, value) in real where !Self.own.contains(name) && name != "save" {
            #expect(own[name] == value, "\(name)")
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `values that are right and wrong`() throws {
        let pair = try Pair()
        defer { pair.close() }
        let real = Self.parameters(try pair.send("CONFIG GET *").redis)
        for name in real.keys.sorted() where !Self.kept.contains(name) {
            for value in Self.values where !Self.differs(name, value) {
                let (lab, redis) = try pair.send(words: ["CONFIG", "SET", name, value])
                #expect(lab == redis, "CONFIG SET \(name) '\(value)'")
                let (own, theirs) = try pair.send(words: ["CONFIG", "GET", name])
                #expect(own == theirs, "CONFIG GET \(name) after '\(value)'")
            }
            _ = try pair.send(words: ["CONFIG", "SET", name, real[name] ?? ""])
        }
    }

    /// What cannot be right on both: files that are there or not, and more bytes than 63 bits count.
    private static func differs(_ name: String, _ value: String) -> Bool {
        name.hasPrefix("tls-")
            || ["maxmemory", "cluster-link-sendbuf-limit"].contains(name)
                && ["9223372036854775808", "18446744073709551616"].contains(value)
    }

    private static func parameters(_ reply: RESPValue) -> [String: String] {
        let words = (reply.elements ?? []).map { $0.text ?? "" }
        let pairs = stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }
        return Dictionary(pairs) { first, _ in first }
    }
}
