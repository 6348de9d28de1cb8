import ClusterCore
import Keyspace
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Streams between a lab node and a real redis-server 7.0: replies, payloads, replication and waiting.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct StreamConformanceTests {
    @Test(.timeLimit(.minutes(3)), arguments: [1, 2, 3, 4] as [UInt64])
    func `random commands on streams get the replies of redis-server`(seed: UInt64) throws {
        let pair = try Pair(protocolVersion: seed.isMultiple(of: 2) ? 3 : 2)
        defer { pair.close() }
        // Small nodes, so that streams have many of them; as they are from the start now and then.
        if seed % 3 != 0 {
            let line = "CONFIG SET stream-node-max-entries \(seed * 3) stream-node-max-bytes 700"
            let replies = try pair.send(line)
            #expect(replies.lab == replies.redis)
        }
        var generator = RandomCommands(seed: seed, kind: .streams)
        for number in 0..<6000 {
            let command = generator.next()
            let (lab, redis) = try pair.send(words: command)
            try #require(
                masked(lab, command) == masked(redis, command),
                "seed \(seed), command \(number): \(command)\n\(lab)\n\(redis)")
            guard number % 25 == 0 else { continue }
            for key in ["{t}x1", "{t}x2", "{t}x3"] {
                let question = ["XINFO", "STREAM", key, "FULL", "COUNT", "0"]
                let (lab, redis) = try pair.send(words: question)
                try #require(
                    masked(lab, question) == masked(redis, question),
                    "seed \(seed), after command \(number), \(key)\n\(lab)\n\(redis)")
            }
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [1, 4, 100])
    func `payloads of streams are those of redis-server, byte for byte`(entries: Int) throws {
        let pair = try Pair()
        defer { pair.close() }
        _ = try pair.send("CONFIG SET stream-node-max-entries \(entries)")
        var generator = RandomCommands(seed: UInt64(entries + 50), kind: .streams)
        var compared = 0
        for number in 0..<3000 {
            _ = try pair.send(words: generator.next())
            guard number % 10 == 0 else { continue }
            for key in ["{t}x1", "{t}x2", "{t}x3"] {
                // Times are each server's own until both have restored the same payload.
                let dump = try pair.send(words: ["DUMP", key])
                guard case .bulkString(let mine) = dump.lab,
                    case .bulkString(let theirs) = dump.redis
                else { continue }
                for payload in [mine, theirs] {
                    let words = ["RESTORE", "{t}copy", "0"].map { Array($0.utf8) }
                    let replies = try pair.send(
                        arguments: words + [payload, Array("REPLACE".utf8)])
                    #expect(replies.lab == .simpleString("OK") && replies.redis == replies.lab)
                    let copies = try pair.send("DUMP {t}copy")
                    guard case .bulkString(payload) = copies.redis,
                        case .bulkString(let copy) = copies.lab
                    else { continue }
                    try #require(copy == payload, "after command \(number): \(key)")
                    compared += 1
                }
            }
        }
        #expect(compared > 500)
    }

    @Test(.timeLimit(.minutes(1))) func `streams of older versions are read as by redis-server`()
        throws
    {
        let pair = try Pair()
        defer { pair.close() }
        for payload in Self.oldPayloads {
            let words = ["RESTORE", "old", "0"].map { Array($0.utf8) }
            let replies = try pair.send(arguments: words + [payload, Array("REPLACE".utf8)])
            #expect(replies.lab == .simpleString("OK") && replies.redis == replies.lab)
            for line in ["XINFO STREAM old FULL", "XRANGE old - +", "DUMP old"] {
                let replies = try pair.send(line)
                #expect(replies.lab == replies.redis, "\(line)")
            }
        }
    }

    /// Payloads without what 7.0 has added: the first entry, the greatest ID that was deleted and how many entries
    /// were added, and how many of them a group has read.
    private static var oldPayloads: [[UInt8]] {
        let node: [UInt8] = [
            3, 1, 1, 1, 1, 1, 0x81, 97, 2, 0, 1,  // Three entries, one deleted, with the field a.
            2, 1, 0, 1, 0, 1, 1, 1, 4, 1, 3, 1, 0, 1, 1, 1, 2, 1, 4, 1,
            2, 1, 1, 1, 0, 1, 3, 1, 4, 1, 2, 1, 2, 1, 0, 1, 4, 1, 4, 1, 0xFF,
        ]
        let total = UInt8(node.count + 6)
        let listpack = [total, 0, 0, 0, 25, 0] + node
        let id: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
        let entry: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]
        let stream = [15, 1, 16] + id + [UInt8(listpack.count)] + listpack + [3, 3, 0]
        let time: [UInt8] = [0, 0x10, 0x9C, 0xCF, 0x8B, 1, 0, 0]
        let pending = [1, 103, 2, 0, 1] + entry + time + [7] + [1, 1, 99] + time + [1] + entry
        return [stream + [0], stream + [1] + pending].map { body in
            var payload = body + [9, 0]
            let checksum = payload.withUnsafeBytes { CRC64.checksum($0) }
            withUnsafeBytes(of: checksum.littleEndian) { payload += $0 }
            return payload
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [true, false])
    func `a replica has the streams of its master, whichever is real`(isMasterReal: Bool) throws {
        let server = try LabServer { $0.replDisklessSyncDelay = 0 }
        let real = try RedisServer(
            inCluster: false, arguments: ["--repl-diskless-sync-delay", "0"])
        let (lab, redis) = (try server.connect(), try real.connect())
        let (master, replica) = isMasterReal ? (redis, lab) : (lab, redis)
        let port = isMasterReal ? real.address.port : server.address.port
        for connection in [lab, redis] {
            _ = try connection.send("CONFIG", "SET", "stream-node-max-entries", "7")
        }
        var generator = RandomCommands(seed: isMasterReal ? 31 : 32, kind: .streams)
        for _ in 0..<2000 { _ = try master.send(generator.next().map { Array($0.utf8) }) }
        _ = try replica.send("REPLICAOF", "127.0.0.1", "\(port)")
        try waitUntil("the replica's link") {
            try replica.send("INFO", "replication").text?.contains("master_link_status:up") == true
        }
        for number in 0..<4000 {
            _ = try master.send(generator.next().map { Array($0.utf8) })
            if number % 50 == 0 { _ = try master.send("XADD", "{t}x1", "*", "by", "time") }
        }
        try waitUntil("the replica has it all") {
            try master.send("WAIT", "1", "1000") == .integer(1)
        }
        for key in ["{t}x1", "{t}x2", "{t}x3"] {
            let full = ["XINFO", "STREAM", key, "FULL", "COUNT", "0"].map { Array($0.utf8) }
            let (first, second) = (try master.send(full), try replica.send(full))
            #expect(shared(first) == shared(second), "\(key)")
        }
        withExtendedLifetime((server, real)) {}
    }

    /// What a replica has as well: not when consumers were seen, how often an entry was read again, or those who never
    /// got an entry; and of what is pending but deleted it may not know.
    private func shared(_ reply: RESPValue) -> [String] {
        let elements = reply.elements ?? []
        return stride(from: 0, to: elements.count - 1, by: 2).flatMap { index -> [String] in
            guard elements[index].text == "groups" else {
                return ["\(elements[index]) \(elements[index + 1])"]
            }
            return (elements[index + 1].elements ?? []).map { group in
                let fields = group.elements ?? []
                return "\(fields.prefix(4))"
            }
        }
    }

    // MARK: - Waiting

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `clients that wait for entries are served as by redis-server`(protocolVersion: Int) throws
    {
        try compareWaiting(Self.steps, protocolVersion)
    }

    /// Steps of several clients: `n: line` is sent by client n, which waits; `n<` reads what it gets.
    private static let steps = [
        "1: XREAD BLOCK 0 STREAMS a b $ $", "2: XREAD BLOCK 0 COUNT 1 STREAMS a 0",
        "0: XADD a 1-1 f v", "1<", "2<", "1: XREAD BLOCK 0 STREAMS a 1-1",
        "2: XREAD BLOCK 0 STREAMS a 5", "0: XADD a 2-1 f v", "1<", "0: XADD a 6-1 f v", "2<",
        "0: XREAD BLOCK 30 STREAMS a 7", "0: XGROUP CREATE a g $",
        "1: XREADGROUP GROUP g c1 BLOCK 0 STREAMS a >",
        "2: XREADGROUP GROUP g c2 BLOCK 0 NOACK STREAMS a >", "0: XADD a 7-1 f v", "1<",
        "0: XADD a 7-2 f v", "2<", "0: XPENDING a g", "0: XINFO GROUPS a",
        "1: XREADGROUP GROUP g c1 BLOCK 0 STREAMS a >", "2: XREAD BLOCK 0 STREAMS a $", "0: DEL a",
        "1<", "0: XADD a 20-1 f v", "2<", "0: XGROUP CREATE a g $",
        "1: XREADGROUP GROUP g c1 BLOCK 0 STREAMS a >", "0: SET a x", "1<", "0: DEL a",
        "0: XADD a 1 f v", "0: XGROUP CREATE a g $", "0: XGROUP CREATE a h $",
        "1: XREADGROUP GROUP g c1 BLOCK 0 STREAMS a >",
        "2: XREADGROUP GROUP h c1 BLOCK 0 STREAMS a >", "0: XGROUP DESTROY a g", "1<",
        "0: RENAME a x", "2<", "0: RENAME x a", "1: XREADGROUP GROUP h c1 BLOCK 0 STREAMS a >",
        "0: FLUSHALL", "1<", "0: XADD a 1-1 f v", "0: XGROUP CREATE a g $",
        "1: XREADGROUP GROUP g c1 BLOCK 0 STREAMS a >", "0: MULTI", "0: XADD a 2-1 f v",
        "0: XDEL a 2-1", "0: EXEC", "1<", "1: XREADGROUP GROUP g c1 BLOCK 0 STREAMS a >",
        "0: MULTI", "0: DEL a", "0: XADD a 5-1 f v", "0: EXEC", "1<", "0: XGROUP CREATE a g $",
        "1: XREADGROUP GROUP g c1 BLOCK 0 STREAMS a >", "0: PEXPIRE a 20", "1<",
        "1: BLPOP a 0", "2: XREAD BLOCK 0 STREAMS a 0", "0: XADD a 1-1 f v", "2<", "0: DEL a",
        "0: RPUSH a x", "1<", "0: MULTI", "0: XREAD BLOCK 0 STREAMS n 0",
        "0: XREAD BLOCK 0 STREAMS m 0", "0: EXEC", "1: XREAD BLOCK 0 STREAMS d 0",
        "0: XADD d MAXLEN 0 5-5 f v", "1<", "0: INFO errorstats",
    ]

    private func compareWaiting(_ steps: [String], _ protocolVersion: Int) throws {
        let server = try LabServer()
        let real = try RedisServer(inCluster: false)
        let connections = try (0..<3).map { _ in (try server.connect(), try real.connect()) }
        let lab = try replies(to: steps, connections.map(\.0), protocolVersion)
        let redis = try replies(to: steps, connections.map(\.1), protocolVersion)
        for (mine, theirs) in zip(lab, redis) { #expect(mine == theirs) }
        withExtendedLifetime((server, real)) {}
    }

    private func replies(
        to steps: [String], _ clients: [RESPConnection], _ protocolVersion: Int
    ) throws -> [String] {
        for client in clients { _ = try client.send("HELLO", "\(protocolVersion)") }
        let numbers = try clients.map { try $0.send("CLIENT", "ID").integer ?? 0 }
        var replies: [String] = []
        for step in steps {
            guard let number = step.first?.wholeNumberValue else { continue }
            let words = step.dropFirst(2).split(separator: " ").map { Array($0.utf8) }
            if step.hasSuffix("<") {
                replies.append("\(step) \(try clients[number].receive())")
            } else if number == 0 {
                replies.append("\(step) \(try clients[0].send(words))")
            } else {
                try clients[number].write(encodeRequest(words))
                try waitUntil("\(step) waits") {
                    try clients[0].send("CLIENT", "LIST", "ID", "\(numbers[number])").text?
                        .contains("flags=b") == true
                }
            }
        }
        return replies
    }

    // MARK: - Times

    /// A reply without the times in it, which are each server's own.
    private func masked(_ reply: RESPValue, _ command: [String]) -> RESPValue {
        switch command[0] {
        case "XPENDING" where command.count > 3: maskedElements(of: reply) { $0 == 2 }
        case "XINFO" where command[1].uppercased() == "CONSUMERS":
            maskedElements(of: reply) { $0 == 5 }
        default: withoutTimes(reply)
        }
    }

    /// The reply with elements left out of each of its elements.
    private func maskedElements(
        of reply: RESPValue, _ isTime: (Int) -> Bool
    ) -> RESPValue {
        guard let entries = reply.elements else { return reply }
        return .array(
            entries.map { entry in
                guard let elements = entry.elements else { return entry }
                return .array(
                    elements.enumerated().map { isTime($0.offset) ? .integer(0) : $0.element })
            })
    }

    private func withoutTimes(_ reply: RESPValue) -> RESPValue {
        switch reply {
        case .array(let elements): .array(elements.map(withoutTimes))
        case .map(let elements): .map(elements.map(withoutTimes))
        case .integer(1_000_000_000_000..<100_000_000_000_000): .integer(0)
        default: reply
        }
    }
}
