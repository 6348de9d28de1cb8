import ClusterCore
import Keyspace
import RESP
import Testing

/// What a node asks its driver to write, and what it makes of the outcome.
struct PersistenceTests {
    // MARK: Dumps

    @Test func `BGSAVE writes a snapshot on the side, one at a time`() throws {
        let served = ServedNode(withFolder())
        let client = served.connect()
        _ = served.send("SET a 1", from: client)
        #expect(served.info("rdb_changes_since_last_save") == "1")
        #expect(served.send("BGSAVE", from: client) == "+Background saving started\r\n")
        let snapshot = try #require(served.takeSnapshots().first)
        #expect(!snapshot.isForeground)
        #expect(served.info("rdb_bgsave_in_progress") == "1")
        for line in ["BGSAVE", "SAVE", "BGSAVE SCHEDULE"] {
            #expect(
                served.send(line, from: client) == "-ERR Background save already in progress\r\n")
        }
        #expect(served.send("BGSAVE NOW", from: client) == "-ERR syntax error\r\n")
        #expect(
            served.send("BGREWRITEAOF", from: client)
                == "+Background append only file rewriting scheduled\r\n")
        _ = served.send("SET b 1", from: client)
        served.step(.snapshotWritten(snapshot.number, size: 100), after: .seconds(7))
        #expect(served.send("LASTSAVE", from: client) == ":1700000007\r\n")
        #expect(served.info("rdb_changes_since_last_save") == "1", "the second write came too late")
        #expect(served.info("rdb_last_bgsave_time_sec") == "7")
        served.step(.timer(.cron))
        #expect(served.takeSnapshots().map(\.purpose) == [.base(isFirst: true)])
    }

    @Test func `while SAVE writes nobody is served`() throws {
        let served = ServedNode(withFolder())
        let client = served.connect()
        let other = served.connect()
        #expect(served.send("SAVE", from: client) == "")
        let snapshot = try #require(served.takeSnapshots().first)
        #expect(snapshot.isForeground)
        #expect(served.send("PING", from: other) == "")
        served.step(.snapshotWritten(snapshot.number, size: 100))
        #expect(served.takeActions().contains(.write(client, Array("+OK\r\n".utf8))))
        #expect(served.send([], from: other) == "+PONG\r\n")
        _ = served.send("SAVE", from: client)
        let failing = try #require(served.takeSnapshots().first)
        served.step(.snapshotFailed(failing.number, reason: "Read-only file system"))
        #expect(served.takeActions().contains(.write(client, Array("-ERR\r\n".utf8))))
    }

    @Test func `FLUSHALL empties the dump where there are save points, FLUSHDB leaves it`() throws {
        var configuration = withFolder()
        configuration.savePoints = [.init(seconds: 3600, changes: 1)]
        let served = ServedNode(configuration)
        let client = served.connect()
        _ = served.send("SET a 1", from: client)
        #expect(served.send("FLUSHDB", from: client) == "+OK\r\n")
        #expect(served.takeSnapshots().isEmpty)
        _ = served.send("SET a 1", from: client)
        #expect(served.send("FLUSHALL", from: client) == "+OK\r\n")
        let snapshot = try #require(served.takeSnapshots().first)
        #expect(snapshot.isForeground && snapshot.purpose == .dump)
        served.step(.snapshotWritten(snapshot.number, size: 100))
        #expect(served.info("rdb_changes_since_last_save") == "0")
        _ = served.send("CONFIG SET save \"\"", from: client)
        #expect(served.send("FLUSHALL", from: client) == "+OK\r\n")
        #expect(served.takeSnapshots().isEmpty)
    }

    @Test func `a save point saves after its time and its changes`() {
        var configuration = withFolder()
        configuration.savePoints = [
            .init(seconds: 60, changes: 2), .init(seconds: 3600, changes: 1),
        ]
        let served = ServedNode(configuration)
        let client = served.connect()
        _ = served.send("SET a 1", from: client)
        served.step(.timer(.cron), after: .seconds(61))
        #expect(served.takeSnapshots().isEmpty)
        _ = served.send("SET a 2", from: client)
        served.step(.timer(.cron))
        #expect(served.takeSnapshots().map(\.purpose) == [.dump])
    }

    @Test func `writes are refused while dumps fail, and taken again after the next one`() throws {
        var configuration = withFolder()
        configuration.savePoints = [.init(seconds: 1, changes: 1)]
        let served = ServedNode(configuration)
        let client = served.connect()
        _ = served.send("SET a 1", from: client)
        served.step(.timer(.cron), after: .seconds(2))
        let failing = try #require(served.takeSnapshots().first)
        served.step(.snapshotFailed(failing.number, reason: "No space left on device"))
        #expect(served.info("rdb_last_bgsave_status") == "err")
        for line in ["SET a 2", "PING"] {
            #expect(
                served.send(line, from: client).hasPrefix(
                    "-MISCONF Redis is configured to save RDB snapshots"))
        }
        #expect(served.send("GET a", from: client) == "$1\r\n1\r\n")
        served.step(.timer(.cron), after: .seconds(4))
        #expect(served.takeSnapshots().isEmpty, "five seconds pass before the next attempt")
        _ = served.send("CONFIG SET stop-writes-on-bgsave-error no", from: client)
        #expect(served.send("SET a 2", from: client) == "+OK\r\n")
        _ = served.send("CONFIG SET stop-writes-on-bgsave-error yes", from: client)
        #expect(served.send("SET a 2", from: client).hasPrefix("-MISCONF"))
        served.step(.timer(.cron), after: .seconds(2))
        let next = try #require(served.takeSnapshots().first)
        served.step(.snapshotWritten(next.number, size: 1))
        #expect(served.send("SET a 2", from: client) == "+OK\r\n")
    }

    @Test(arguments: [
        ("SHUTDOWN", true), ("SHUTDOWN NOSAVE", false), ("SHUTDOWN NOW", true),
        ("SHUTDOWN SAVE", true),
    ])
    func `a SHUTDOWN saves where there are save points`(line: String, saves: Bool) throws {
        var configuration = withFolder()
        configuration.savePoints = [.init(seconds: 60, changes: 1)]
        let served = ServedNode(configuration)
        let client = served.connect()
        #expect(served.send(line, from: client) == "")
        var actions = served.takeActions()
        #expect(actions.contains(.shutDown) != saves)
        guard saves else { return }
        let snapshot = try #require(actions.snapshots.first)
        served.step(.timer(.cron))
        #expect(served.takeSnapshots().isEmpty)
        served.step(.snapshotFailed(snapshot.number, reason: "Read-only file system"))
        actions = served.takeActions()
        #expect(!actions.contains(.shutDown))
        #expect(
            actions.contains(
                .write(client, Array("-ERR Errors trying to SHUTDOWN. Check logs.\r\n".utf8))))
        _ = served.send(line, from: client)
        let second = try #require(served.takeSnapshots().first)
        served.step(.snapshotWritten(second.number, size: 1))
        #expect(served.takeActions().contains(.shutDown))
    }

    // MARK: The append-only file

    @Test(arguments: ["always", "everysec", "no"])
    func `writes are appended before their replies leave, and synced as told`(policy: String) {
        var configuration = withFolder()
        configuration.appendonly = true
        configuration.appendfsync = policy
        let served = ServedNode(configuration)
        let client = served.connect()
        _ = served.send("SET a 1 EX 100", from: client)
        _ = served.send("GET a", from: client)
        _ = served.send("INCR a", from: client)
        let actions = served.takeActions()
        let expected = [
            "SELECT 0", "SET a 1 PXAT 1700000100000", "INCR a",
        ].map { $0.asRequest }.joined()
        #expect(actions.appended == Array(expected))
        let isSynced = actions.contains { action in
            if case .append(_, let isSynced) = action { isSynced } else { false }
        }
        #expect(isSynced == (policy == "always"))
        served.step(.timer(.cron), after: .seconds(1))
        #expect(served.takeActions().contains(.syncAppendOnly) == (policy == "everysec"))
        served.step(.timer(.cron), after: .seconds(1))
        #expect(!served.takeActions().contains(.syncAppendOnly), "nothing new to sync")
    }

    @Test func `a key that expires is appended as deleted`() {
        var configuration = withFolder()
        configuration.appendonly = true
        let served = ServedNode(configuration)
        let client = served.connect()
        _ = served.send("SET a 1 PX 10", from: client)
        _ = served.takeActions()
        served.step(.timer(.cron), after: .seconds(1))
        #expect(served.takeActions().appended == Array("DEL a".asRequest))
    }

    @Test func `a base has what was written before it, and the next file what comes after`() throws
    {
        var configuration = withFolder()
        configuration.appendonly = true
        let served = ServedNode(configuration)
        let client = served.connect()
        let lines = ["INCR a", "BGREWRITEAOF", "INCR a"].map { Array($0.asRequest) }
        _ = served.send(Array(lines.joined()), from: client)
        let actions = served.takeActions()
        let place = try #require(
            actions.firstIndex { if case .dump = $0 { true } else { false } })
        #expect(actions[..<place].appended == Array(("SELECT 0".asRequest + "INCR a".asRequest)))
        #expect(actions[place...].appended == Array(("SELECT 0".asRequest + "INCR a".asRequest)))
        let snapshot = try #require(actions.snapshots.first)
        #expect(snapshot.purpose == .base(isFirst: false))
        var loaded = Database(seed: 1)
        try RDBReader.load(snapshot.bytes, into: &loaded)
        #expect(loaded.value(of: "a") == .integer(1))
    }

    @Test func `a file turned on at run time begins with a base of its own`() throws {
        let served = ServedNode(withFolder())
        let client = served.connect()
        _ = served.send("SET a 1", from: client)
        _ = served.takeActions()
        #expect(served.send("CONFIG SET appendonly yes", from: client) == "+OK\r\n")
        let actions = served.takeActions()
        let snapshot = try #require(actions.snapshots.first)
        #expect(snapshot.purpose == .base(isFirst: true))
        _ = served.send("SET b 1", from: client)
        #expect(!served.takeActions().appended.isEmpty)
        served.step(.snapshotFailed(snapshot.number, reason: "No space left on device"))
        #expect(served.info("aof_last_bgrewrite_status") == "err")
        served.step(.timer(.cron))
        let second = try #require(served.takeSnapshots().first, "it is tried again by itself")
        #expect(second.purpose == .base(isFirst: true))
        served.step(.snapshotWritten(second.number, size: 100))
        #expect(served.info("aof_enabled") == "1")
        #expect(served.info("aof_base_size") == "100")
        #expect(served.send("CONFIG SET appendonly no", from: client) == "+OK\r\n")
        #expect(served.takeActions().contains(.closeAppendOnly))
        _ = served.send("SET c 1", from: client)
        #expect(served.takeActions().appended.isEmpty)
    }

    @Test func `a node does not end while its append-only file has nothing yet`() throws {
        let served = ServedNode(withFolder())
        let client = served.connect()
        _ = served.send("SET a 1", from: client)
        _ = served.send("CONFIG SET appendonly yes", from: client)
        _ = served.takeActions()
        _ = served.send("SHUTDOWN", from: client)
        let actions = served.takeActions()
        #expect(!actions.contains(.shutDown))
        #expect(!actions.contains(.abandonDump), "it is still written")
        #expect(actions.contains(.log(.warning, "Writing initial AOF, can't exit.")))
        #expect(
            actions.contains(
                .write(client, Array("-ERR Errors trying to SHUTDOWN. Check logs.\r\n".utf8))))
        _ = served.send("SHUTDOWN FORCE", from: client)
        #expect(served.takeActions().contains(.shutDown))
    }

    @Test func `a dump names a history only where somebody could go on from it`() throws {
        let served = ServedNode(withFolder())
        let client = served.connect()
        _ = served.send("CONFIG SET repl-backlog-ttl 1", from: client)
        for _ in 0..<20 { served.step(.timer(.cron), after: .seconds(1)) }
        #expect(
            served.send("INFO replication", from: client).contains("repl_backlog_active:0\r\n"))
        _ = served.send("BGSAVE", from: client)
        let alone = try #require(served.takeSnapshots().first)
        #expect(try !fields(of: alone).contains("repl-id"))
        served.step(.snapshotWritten(alone.number, size: 1))
        let replica = served.connect()
        _ = served.send("PSYNC ? -1", from: replica)
        _ = served.send("BGSAVE", from: client)
        let followed = try #require(served.takeSnapshots().first)
        #expect(try fields(of: followed).contains("repl-id"))
        served.step(.snapshotWritten(followed.number, size: 1))
        _ = served.send("BGREWRITEAOF", from: client)
        let base = try #require(served.takeSnapshots().first)
        #expect(try !fields(of: base).contains("repl-id"))
    }

    /// What a snapshot says about itself.
    private func fields(of snapshot: Snapshot) throws -> [String] {
        var writer = snapshot.writer
        var database = Database(seed: 1)
        let contents = try RDBReader.load(writer.next(limit: .max) ?? [], into: &database)
        return contents.auxiliary.map(\.name)
    }

    @Test func `a node without a folder has nothing to append to`() {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send("CONFIG SET appendonly yes", from: client).hasPrefix("-ERR CONFIG SET"))
        #expect(served.send("BGREWRITEAOF", from: client).hasPrefix("-ERR Can't execute an AOF"))
        #expect(served.send("SAVE", from: client) == "-ERR\r\n")
        #expect(served.send("BGSAVE", from: client) == "-ERR\r\n")
        #expect(served.takeSnapshots().isEmpty)
    }

    @Test func `a file that has grown is rewritten by itself`() throws {
        var configuration = withFolder()
        configuration.appendonly = true
        configuration.autoAOFRewriteMinSize = 1000
        let served = ServedNode(configuration)
        let client = served.connect()
        for _ in 0..<50 { _ = served.send("INCR a", from: client) }
        served.step(.timer(.cron))
        let snapshot = try #require(served.takeSnapshots().first)
        served.step(.snapshotWritten(snapshot.number, size: 900))
        for _ in 0..<20 { _ = served.send("INCR a", from: client) }
        served.step(.timer(.cron))
        #expect(served.takeSnapshots().isEmpty, "not twice as long as it was")
    }

    @Test func `writes are refused while the file cannot be written`() {
        var configuration = withFolder()
        configuration.appendonly = true
        let served = ServedNode(configuration)
        let client = served.connect()
        served.step(.appendOnlyChanged(error: "No space left on device"))
        #expect(
            served.send("SET a 1", from: client)
                == "-MISCONF Errors writing to the AOF file: No space left on device\r\n")
        #expect(served.info("aof_last_write_status") == "err")
        served.step(.timer(.cron))
        #expect(served.takeActions().contains(.append([], isSynced: false)), "it is tried again")
        served.step(.appendOnlyChanged(error: nil))
        #expect(served.send("SET a 1", from: client) == "+OK\r\n")
    }

    @Test(arguments: ["", "3600 1 300 100 60 10000", "60 0"])
    func `save points are set and shown as in Redis`(value: String) {
        let served = ServedNode(withFolder())
        let client = served.connect()
        #expect(served.send("CONFIG SET save \"\(value)\"", from: client) == "+OK\r\n")
        #expect(
            served.send("CONFIG GET save", from: client)
                == "*2\r\n$4\r\nsave\r\n$\(value.utf8.count)\r\n\(value)\r\n")
        for wrong in ["1", "a b", "0 1", "1 -1"] {
            #expect(
                served.send("CONFIG SET save \"\(wrong)\"", from: client).hasSuffix(
                    "Invalid save parameters\r\n"))
        }
    }

    private func withFolder() -> Configuration {
        var configuration = Configuration()
        configuration.dir = "folder"
        return configuration
    }
}

extension ServedNode {
    /// A line of INFO persistence.
    func info(_ field: String) -> String? {
        let client = connect()
        defer { step(.clientGone(client)) }
        let lines = send("INFO persistence", from: client).split(separator: "\r\n")
        return lines.first { $0.hasPrefix("\(field):") }.map {
            String($0.dropFirst(field.count + 1))
        }
    }

    /// The snapshots that the node asked for since actions were last taken.
    func takeSnapshots() -> [Snapshot] { takeActions().snapshots }
}

extension Collection<Action> {
    /// The snapshots that are to be written.
    var snapshots: [Snapshot] {
        compactMap { if case .dump(let snapshot) = $0 { snapshot } else { nil } }
    }

    /// What is to be appended, all of it in one.
    var appended: [UInt8] {
        reduce(into: []) { all, action in
            if case .append(let bytes, _) = action { all += bytes }
        }
    }
}

extension Snapshot {
    /// The whole dump.
    var bytes: [UInt8] {
        var writer = writer
        return writer.next(limit: .max) ?? []
    }
}

extension Database {
    /// What a key holds.
    mutating func value(of key: String) -> Value? {
        slot = nil
        return Arguments.withArguments([Array(key.utf8)]) { arguments in
            find(arguments[0]).map { self[$0] }
        }
    }
}

extension String {
    /// The line as a request, split as redis-cli splits it.
    var asRequest: [UInt8] { (splitArguments(utf8) ?? []).request }
}
