import Keyspace
import RESP
import TestSupport
import Testing

/// The same commands to a lab node and to a real redis-server 7.0, replies compared.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct ReplyConformanceTests {
    @Test(.timeLimit(.minutes(2)), arguments: [2, 3])
    func `replies and errors are those of redis-server`(protocolVersion: Int) throws {
        let pair = try Pair(protocolVersion: protocolVersion)
        defer { pair.close() }
        for line in ReplyConformanceLines.all {
            let (lab, redis) = try pair.send(line)
            if lab != redis {
                Issue.record("\(line)\n\(lab.terminalText)\nredis-server:\n\(redis.terminalText)")
            }
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [1, 2, 3] as [UInt64])
    func `random commands get the replies of redis-server`(seed: UInt64) throws {
        let pair = try Pair(protocolVersion: seed.isMultiple(of: 2) ? 3 : 2)
        defer { pair.close() }
        var generator = RandomCommands(seed: seed)
        for number in 0..<4000 {
            let command = generator.next()
            let (lab, redis) = try pair.send(words: command)
            try #require(lab == redis, "seed \(seed), command \(number): \(command)")
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `random commands on collections get the replies of redis-server`(seed: UInt64) throws {
        let pair = try Pair(protocolVersion: seed.isMultiple(of: 2) ? 3 : 2)
        defer { pair.close() }
        // Small limits, so that every encoding is met; as they are from the start now and then.
        if seed % 3 != 0 {
            for line in Self.smallEncodings {
                let (lab, redis) = try pair.send(line)
                #expect(lab == redis, "\(line)")
            }
        }
        var generator = RandomCommands(seed: seed, kind: .collections)
        for number in 0..<6000 {
            let command = generator.next()
            let hasOrder = try pair.hasOrder(command)
            let (lab, redis) = try pair.send(words: command)
            let isEqual =
                lab == redis || !hasOrder && sorted(lab, command) == sorted(redis, command)
            try #require(isEqual, "seed \(seed), command \(number): \(command)\n\(lab)\n\(redis)")
        }
    }

    private static let smallEncodings = [
        "CONFIG SET hash-max-ziplist-entries 6 hash-max-listpack-value 30",
        "CONFIG SET zset-max-ziplist-entries 9 zset-max-listpack-value 30",
        "CONFIG SET set-max-intset-entries 7", "CONFIG SET list-max-ziplist-size 4",
        "CONFIG GET hash-max-ziplist-entries", "CONFIG GET hash-max-listpack-entries",
        "CONFIG GET list-max-listpack-size", "CONFIG SET hash-max-listpack-entries -1",
    ]

    /// A reply whose elements come from a hash table, brought into an order; fields stay with their values.
    private func sorted(_ reply: RESPValue, _ command: [String]) -> RESPValue {
        let name = command[0]
        let isPairs =
            ["HGETALL", "HSCAN", "ZSCAN"].contains(name)
            || name == "HRANDFIELD" && command.last?.uppercased() == "WITHVALUES"
        switch reply {
        case .array(let elements) where elements.count == 2 && name.hasSuffix("SCAN"):
            return .array([elements[0], .set(ordered(elements[1].elements ?? [], isPairs))])
        case .array(let elements), .set(let elements), .map(let elements):
            return .set(ordered(elements, isPairs))
        default: return reply
        }
    }

    private func ordered(_ elements: [RESPValue], _ isPairs: Bool) -> [RESPValue] {
        guard isPairs, elements.first?.elements == nil else {
            return elements.sorted { "\($0)" < "\($1)" }
        }
        return stride(from: 0, to: elements.count, by: 2)
            .map { RESPValue.array(Array(elements[$0..<$0 + 2])) }.sorted { "\($0)" < "\($1)" }
    }

    @Test(.timeLimit(.minutes(1)))
    func `COMMAND INFO and DOCS tell the facts that redis-server tells`() throws {
        let pair = try Pair(protocolVersion: 3)
        defer { pair.close() }
        let names = try pair.send("COMMAND LIST").lab.elements?.compactMap(\.text) ?? []
        #expect(names.count > 50)
        // Newer clients send SETINFO, which is younger than 7.0.
        for name in names.sorted() where name != "client|setinfo" {
            let info = try pair.send(words: ["COMMAND", "INFO", name])
            #expect(facts(info.lab) == facts(info.redis), "COMMAND INFO \(name)")
            let docs = try pair.send(words: ["COMMAND", "DOCS", name])
            #expect(withoutProse(docs.lab) == withoutProse(docs.redis), "COMMAND DOCS \(name)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `INFO has the sections and the fields that dashboards look for`() throws {
        let pair = try Pair(protocolVersion: 3)
        defer { pair.close() }
        let (lab, redis) = try pair.send("INFO everything")
        let (ours, theirs) = (infoNames(lab), infoNames(redis))
        #expect(theirs.subtracting(ours) == [], "lacking")
        #expect(ours.subtracting(theirs) == [], "besides")
    }

    /// The titles and the names of fields, but for those that depend on what has happened.
    private func infoNames(_ reply: RESPValue) -> Set<String> {
        let passing = ["cmdstat_", "errorstat_", "latency_percentiles_", "slave", "db"]
        let names = (reply.text ?? "").split(separator: "\r\n").map { line in
            line.hasPrefix("#") ? String(line) : String(line.prefix { $0 != ":" })
        }
        return Set(names).filter { name in !passing.contains { name.hasPrefix($0) } }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `the views of the cluster have redis-server's form`(protocolVersion: Int) throws {
        let pair = try Pair(protocolVersion: protocolVersion)
        defer { pair.close() }
        for command in [
            "CLUSTER NODES", "CLUSTER SLOTS", "CLUSTER SHARDS", "CLUSTER LINKS", "CLUSTER MYID",
        ] {
            let (lab, redis) = try pair.send(command)
            #expect(masked(lab.terminalText) == masked(redis.terminalText), "\(command)")
        }
        let (lab, redis) = try pair.send("CLUSTER INFO")
        #expect(Set(fieldNames(lab)) == Set(fieldNames(redis)))
        let sections = [
            "server", "clients", "memory", "persistence", "stats", "replication", "cluster",
        ]
        for section in sections {
            let (lab, redis) = try pair.send("INFO \(section)")
            #expect(Set(fieldNames(lab)).isSubset(of: fieldNames(redis)), "INFO \(section)")
        }
    }

    /// Without ids, addresses and epochs, which are each node's own. A lone redis-server does not know its address.
    private func masked(_ text: String) -> String {
        text.replacing(/[0-9a-f]{40}/, with: "ID")
            .replacing(/(127\.0\.0\.1)?:\d+@\d+/, with: "ADDRESS")
            .replacing("127.0.0.1", with: "")
            .replacing(/\(integer\) (?!16383)\d{5}/, with: "PORT")
            .replacing(/0 0 \d+ connected/, with: "0 0 EPOCH connected")
    }

    /// The names in lines of `name:value`.
    private func fieldNames(_ reply: RESPValue) -> [Substring] {
        (reply.text ?? "").split(separator: "\r\n").compactMap { line in
            line.contains(":") ? line.prefix { $0 != ":" } : nil
        }
    }

    /// A row of COMMAND INFO with its sets in order, and of the subcommands those that the lab has: Redis keeps
    /// both in hash tables.
    private func facts(_ reply: RESPValue) -> RESPValue {
        switch reply {
        case .set(let elements): .set(elements.sorted { "\($0)" < "\($1)" })
        case .array(let elements):
            if elements.count == 10, case .array(let subcommands) = elements[9] {
                .array(
                    elements.dropLast().map(facts) + [
                        .array(subcommands.isEmpty ? [] : [.boolean(true)])
                    ])
            } else {
                .array(elements.map(facts))
            }
        case .map(let elements): .map(elements.map(facts))
        default: reply
        }
    }

    /// COMMAND DOCS without summaries, which are in the lab's own words, complexity, history and subcommands.
    private func withoutProse(_ reply: RESPValue) -> RESPValue {
        guard case .map(let elements) = reply else {
            if case .array(let elements) = reply { return .array(elements.map(withoutProse)) }
            return reply
        }
        var kept: [RESPValue] = []
        let left: Set = [
            "summary", "complexity", "history", "subcommands", "doc_flags", "replaced_by",
            "deprecated_since",
        ]
        for index in stride(from: 0, to: elements.count, by: 2) {
            if let key = elements[index].text, left.contains(key) { continue }
            kept += [elements[index], withoutProse(elements[index + 1])]
        }
        return .map(kept)
    }
}

extension Pair {
    /// Whether Redis answers a command in an order that is its own by design, and not its hash table's.
    fileprivate func hasOrder(_ command: [String]) throws -> Bool {
        switch command[0] {
        case "HKEYS", "HVALS", "HGETALL", "HSCAN", "HRANDFIELD", "SMEMBERS", "SSCAN", "SPOP",
            "SRANDMEMBER", "SORT", "SORT_RO":
            let encoding = try send(words: ["OBJECT", "ENCODING", command[1]])
            return encoding.lab.text != "hashtable"
        case "ZSCAN":
            let encoding = try send(words: ["OBJECT", "ENCODING", command[1]])
            return encoding.lab.text != "skiplist"
        case "SINTER", "SUNION", "SDIFF", "SCAN": return false
        default: return true
        }
    }
}
