import ClusterCore
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// A lab node and a real redis-server as master and replica of each other.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct ReplicationConformanceTests {
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `a real replica follows a lab master, through a cut link`(_ isDiskless: Bool) throws {
        let server = try LabServer {
            $0.replDisklessSyncDelay = 0
            $0.replDisklessSync = isDiskless
        }
        let redis = try RedisServer(inCluster: false)
        let link = Replicated(master: try server.connect(), replica: try redis.connect())
        try link.check(port: server.address.port)
        withExtendedLifetime(redis) {}
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `a lab replica follows a real master, through a cut link`(_ isDiskless: Bool) throws {
        let redis = try RedisServer(
            inCluster: false,
            arguments: [
                "--repl-diskless-sync", isDiskless ? "yes" : "no", "--repl-diskless-sync-delay",
                "0",
            ])
        let server = try LabServer()
        let link = Replicated(master: try redis.connect(), replica: try server.connect())
        try link.check(port: redis.address.port)
        withExtendedLifetime(server) {}
    }

    @Test(.timeLimit(.minutes(1)))
    func `a real replica goes over to a promoted lab replica without a snapshot`() throws {
        let master = try RedisServer(
            inCluster: false, arguments: ["--repl-diskless-sync-delay", "0"])
        let server = try LabServer()
        let sibling = try RedisServer(inCluster: false)
        let first = Replicated(master: try master.connect(), replica: try server.connect())
        let second = Replicated(master: try master.connect(), replica: try sibling.connect())
        try first.attach(port: master.address.port)
        try second.attach(port: master.address.port)
        try first.write(0..<1000)
        try first.awaitEqualOffsets()
        try second.awaitEqualOffsets()
        master.kill()
        let lab = try server.connect()
        _ = try lab.send("REPLICAOF", "NO", "ONE")
        let third = Replicated(master: lab, replica: try sibling.connect())
        try third.attach(port: server.address.port)
        try third.write(1000..<2000)
        try third.awaitEqualOffsets()
        #expect(try third.differences() == [])
        #expect(try lab.info("sync_full") == "0")
        #expect(try lab.info("sync_partial_ok") == "1")
        withExtendedLifetime((server, sibling)) {}
    }

    @Test(.timeLimit(.minutes(1))) func `WAIT counts as redis-server counts`() throws {
        let server = try LabServer { $0.replDisklessSyncDelay = 0 }
        let master = try RedisServer(
            inCluster: false, arguments: ["--repl-diskless-sync-delay", "0"])
        let replicas = try (0..<2).map { _ in try RedisServer(inCluster: false) }
        let labReplicas = try (0..<2).map { _ in try LabServer() }
        for replica in replicas {
            try Replicated(master: try server.connect(), replica: try replica.connect())
                .attach(port: server.address.port)
        }
        for replica in labReplicas {
            try Replicated(master: try master.connect(), replica: try replica.connect())
                .attach(port: master.address.port)
        }
        for line in [
            "SET a 1", "WAIT 1 0", "WAIT 2 0", "INCR a", "WAIT 2 5000", "SET b 1", "WAIT 3 200",
            "WAIT 0 0", "WAIT x 1", "WAIT 1 x", "WAIT 1 -1", "WAIT -1 0",
        ] {
            let words = line.split(separator: " ").map { Array($0.utf8) }
            let lab = try server.connect()
            let real = try master.connect()
            _ = try (lab.send("SET", "before", "1"), real.send("SET", "before", "1"))
            let replies = try (lab: lab.send(words), real: real.send(words))
            if Self.racing.contains(line) {
                // Answered as soon as enough replicas have the write; more may by then.
                #expect((0...2).contains(replies.lab.integer ?? -1), "\(line)")
                #expect((0...2).contains(replies.real.integer ?? -1), "\(line)")
            } else {
                #expect(replies.lab == replies.real, "\(line)")
            }
        }
        withExtendedLifetime((replicas, labReplicas)) {}
    }

    /// Lines whose count depends on how fast replicas are.
    private static let racing = ["WAIT 0 0", "WAIT 1 0", "WAIT -1 0"]
}

/// A master and a replica of it, seen by a client of each.
private struct Replicated {
    let master: RESPConnection
    let replica: RESPConnection

    /// Everything that may happen to the two.
    func check(port: Int) throws {
        try fill()
        try write(0..<1000)
        try attach(port: port)
        try write(1000..<2000)
        try awaitEqualOffsets()
        #expect(try differences() == [])
        #expect(try master.info("sync_full") == "1")

        // A short cut: what was missed comes from the backlog.
        _ = try master.send("CLIENT", "KILL", "TYPE", "replica")
        try write(2000..<2500)
        try awaitEqualOffsets()
        #expect(try differences() == [])
        #expect(try master.info("sync_full") == "1")
        #expect(try master.info("sync_partial_ok") == "1")

        // More was missed than the backlog holds.
        _ = try master.send("CONFIG", "SET", "repl-backlog-size", "16384")
        _ = try replica.send("REPLICAOF", "NO", "ONE")
        try write(2500..<5000)
        try attach(port: port)
        try awaitEqualOffsets()
        #expect(try differences() == [])
        #expect(try master.info("sync_full") == "2")
        try checkExpiry()
    }

    func attach(port: Int) throws {
        _ = try replica.send("REPLICAOF", "127.0.0.1", "\(port)")
        try waitUntil("the link") { try replica.info("master_link_status") == "up" }
        try waitUntil("the replica is online") {
            try master.info("slave0").contains("state=online")
        }
    }

    /// Tens of thousands of keys.
    private func fill() throws {
        for start in stride(from: 0, to: 30_000, by: 100) {
            let pairs = (start..<start + 100).flatMap { ["many:\($0)", "\($0 * 7)"] }
            _ = try master.send((["MSET"] + pairs).map { Array($0.utf8) })
        }
    }

    /// Writes of many kinds.
    func write(_ numbers: Range<Int>) throws {
        for number in numbers {
            let key = "key:\(number)"
            switch number % 8 {
            case 0: _ = try master.send("SET", key, "\(number)")
            case 1: _ = try master.send("SET", key, String(repeating: "x", count: number % 300))
            case 2: _ = try master.send("SET", key, "v", "EX", "10000")
            case 3: _ = try master.send("INCRBYFLOAT", key, "0.1")
            case 4: _ = try master.send("MSET", key, "a", "other:\(number)", "b")
            case 5: _ = try master.send("SETRANGE", key, "\(number % 100)", "abc")
            case 6: _ = try master.send("RENAME", "key:\(number - 6)", key)
            default: _ = try master.send("DEL", "key:\(number - 4)")
            }
        }
    }

    /// Returns once the replica has processed what the master has written.
    func awaitEqualOffsets() throws {
        try waitUntil("equal offsets") {
            try master.info("master_repl_offset") == replica.info("master_repl_offset")
                && replica.info("master_link_status") == "up"
        }
    }

    /// Keys whose value or expiry is not the same on both.
    func differences() throws -> [String] {
        let keys = try master.send("KEYS", "*").elements?.compactMap(\.text) ?? []
        let others = try replica.send("KEYS", "*").elements?.compactMap(\.text) ?? []
        guard keys.sorted() == others.sorted() else {
            return ["\(keys.count) keys on the master, \(others.count) on the replica"]
        }
        for start in stride(from: 0, to: keys.count, by: 1000) {
            let some = keys[start..<min(start + 1000, keys.count)].map { Array($0.utf8) }
            let request = [Array("MGET".utf8)] + some
            if try master.send(request) != replica.send(request) { return ["values differ"] }
        }
        return try keys.filter { key in
            try key.hasPrefix("key:")
                && master.send("PEXPIRETIME", key) != replica.send("PEXPIRETIME", key)
        }
    }

    private func checkExpiry() throws {
        for number in 0..<100 { _ = try master.send("SET", "gone:\(number)", "1", "PX", "100") }
        // Every one of them, on both: they were not written at the same moment.
        try waitUntil("all have expired") {
            try master.send("KEYS", "gone:*").elements?.isEmpty == true
                && replica.send("KEYS", "gone:*").elements?.isEmpty == true
                && master.send("DBSIZE") == replica.send("DBSIZE")
        }
        try awaitEqualOffsets()
        #expect(try differences() == [])
    }
}

extension RESPConnection {
    /// A field of INFO; empty where it is missing.
    fileprivate func info(_ field: String) throws -> String {
        let text = try send("INFO").text ?? ""
        return text.split(separator: "\r\n").first { $0.hasPrefix("\(field):") }
            .map { String($0.dropFirst(field.utf8.count + 1)) } ?? ""
    }
}
