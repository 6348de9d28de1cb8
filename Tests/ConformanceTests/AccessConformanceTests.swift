import ClusterCore
import Keyspace
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Passwords, users and their rules on a lab node and on a real redis-server 7.0, replies compared.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct AccessConformanceTests {
    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `users get what they get from redis-server`(protocolVersion: Int) throws {
        let pair = try Pair()
        defer { pair.close() }
        var clients: [Substring: (lab: RESPConnection, redis: RESPConnection)] = [:]
        for line in Self.lines.split(separator: "\n").map({ $0.trimmingPrefix { $0 == " " } }) {
            let words = line.split(separator: " ", maxSplits: 1)
            let client = try clients[words[0]] ?? pair.connect()
            if clients.updateValue(client, forKey: words[0]) == nil, protocolVersion == 3 {
                _ = (try client.lab.send("HELLO", "3"), try client.redis.send("HELLO", "3"))
            }
            let command = splitArguments(Array(words[1].utf8)) ?? []
            let (lab, redis) = (try client.lab.send(command), try client.redis.send(command))
            #expect(masked(lab) == masked(redis), "\(line)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `rules about commands are described in the same words`() throws {
        let pair = try Pair()
        defer { pair.close() }
        var random = SplitMix64(seed: 7)
        let names = CommandTable.standard.rows.map(\.fullName).filter { $0 != "client|setinfo" }
        let categories = try pair.send("ACL CAT").lab.elements?.compactMap(\.text) ?? []
        #expect(categories.count == 21)
        for round in 0..<150 {
            var rules = [round % 3 == 0 ? "+@all" : "-@all"]
            for _ in 0..<1 + random.next(below: 6) {
                let sign = random.next(below: 2) == 0 ? "+" : "-"
                let isCategory = random.next(below: 2) == 0
                let name =
                    isCategory
                    ? "@" + categories[random.next(below: categories.count)]
                    : names[random.next(below: names.count)]
                rules.append(sign + name)
            }
            _ = try pair.send(words: ["ACL", "SETUSER", "u", "reset"] + rules)
            let replies = try pair.send("ACL GETUSER u")
            #expect(masked(replies.lab) == masked(replies.redis), "\(rules)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a category has the commands that redis-server has in it`() throws {
        let pair = try Pair()
        defer { pair.close() }
        let known = Set(try pair.send("COMMAND LIST").lab.elements?.compactMap(\.text) ?? [])
            .subtracting(["client|setinfo"])
        for category in try pair.send("ACL CAT").lab.elements?.compactMap(\.text) ?? [] {
            let replies = try pair.send("ACL CAT \(category)")
            let lab = Set(replies.lab.elements?.compactMap(\.text) ?? [])
            let redis = Set(replies.redis.elements?.compactMap(\.text) ?? [])
            #expect(lab.subtracting(["client|setinfo"]) == redis.intersection(known), "\(category)")
        }
    }

    /// Rules in an order of their own, as Redis' is that of its hash table, and without times and addresses.
    private func masked(_ reply: RESPValue) -> RESPValue {
        switch reply {
        case .array(let elements): .array(elements.map(masked))
        case .set(let elements): .set(elements.map(masked))
        case .map(let elements): .map(elements.map(masked))
        case .double: .double("0")
        case .bulkString(let bytes):
            .bulkString(Array(masked(String(decoding: bytes, as: UTF8.self)).utf8))
        case .verbatimString(let format, let bytes):
            .verbatimString(
                format: format, Array(masked(String(decoding: bytes, as: UTF8.self)).utf8))
        default: reply
        }
    }

    private func masked(_ text: String) -> String {
        if text.hasPrefix("id=") {
            return String(text.split(separator: " ").first { $0.hasPrefix("user=") } ?? "")
        }
        if text.contains("@all") {
            return text.split(separator: " ").sorted().joined(separator: " ")
        }
        return text.wholeMatch(of: /\d+\.\d+|0|[0-9a-f]{64}/) == nil ? text : "NUMBER"
    }

    private static let lines = #"""
        a ACL WHOAMI
        a ACL LIST
        a ACL USERS
        a ACL GETUSER default
        a ACL GETUSER nobody
        a ACL HELP
        a ACL NOPE
        a ACL
        a ACL CAT nope
        a ACL CAT a b
        a ACL GENPASS
        a ACL GENPASS 4096 1
        a ACL GENPASS 0
        a ACL GENPASS 4097
        a ACL GENPASS x
        a ACL LOAD
        a ACL SAVE
        a ACL LOG
        a ACL LOG x
        a ACL LOG -1
        a ACL LOG RESET
        a ACL DELUSER default
        a ACL DELUSER x
        a ACL SETUSER "a b"
        a ACL SETUSER anna
        a ACL GETUSER anna
        a ACL LIST
        a ACL SETUSER anna on >pw ~app:* %R~{r}* %W~{w}* %RW~both &news* +@read +set +config|get -@dangerous
        a ACL GETUSER anna
        a ACL LIST
        a ACL SETUSER anna +nope
        a ACL SETUSER anna -nope
        a ACL SETUSER anna +@nope
        a ACL SETUSER anna +config|nope
        a ACL SETUSER anna +config|get|x
        a ACL SETUSER anna +get|
        a ACL SETUSER anna -select|1
        a ACL SETUSER anna +select|0
        a ACL SETUSER anna nope
        a ACL SETUSER anna %X~a
        a ACL SETUSER anna "~a b"
        a ACL SETUSER anna "&a b"
        a ACL SETUSER anna #123
        a ACL SETUSER anna !123
        a ACL SETUSER anna <nope
        a ACL SETUSER anna allkeys ~x
        a ACL SETUSER anna allchannels &x
        a ACL SETUSER anna (+get
        a ACL SETUSER anna "(+get ~sel*)" (+set ~set* )
        a ACL SETUSER anna (+nope)
        a ACL SETUSER anna (>pw)
        a ACL GETUSER anna
        a ACL LIST
        u AUTH anna no
        u AUTH nobody pw
        u AUTH pw
        u AUTH anna pw x
        u AUTH anna pw
        u ACL WHOAMI
        u ACL LIST
        u GET app:1
        u GET other
        u SET app:1 x
        u SET {r}1 x
        u GET {r}1
        u SET {w}1 x
        u GET {w}1
        u SET {w}1 x GET
        u SET both x GET
        u GET sel1
        u SET set1 1
        u DEL app:1
        u CONFIG GET timeout
        u CONFIG SET timeout 0
        u SELECT 0
        u SELECT 1
        u NOPE
        u GET
        u PUBLISH news1 x
        u PUBLISH other x
        a ACL SETUSER anna +publish +subscribe +ping
        u PUBLISH news1 x
        u PUBLISH other x
        u SUBSCRIBE other
        u MGET app:{x}1 zzz{x}
        u MGET app:1 app:2
        a ACL SETUSER anna +multi +exec +discard
        u MULTI
        u DEL app:1
        u EXEC
        u MULTI
        u SET app:1 2
        u GET app:1
        a ACL SETUSER anna -set
        u EXEC
        a ACL LOG
        a ACL LOG 2
        a ACL LOG RESET
        a ACL LOG
        a ACL DRYRUN anna GET app:1
        a ACL DRYRUN anna GET other
        a ACL DRYRUN anna SET app:1 2
        a ACL DRYRUN anna PUBLISH other 1
        a ACL DRYRUN anna CONFIG SET a b
        a ACL DRYRUN anna NOPE
        a ACL DRYRUN nobody GET a
        a ACL DRYRUN anna GET
        a ACL DRYRUN anna
        a ACL SETUSER anna clearselectors resetkeys resetchannels
        a ACL GETUSER anna
        a ACL SETUSER anna reset
        a ACL LIST
        u GET app:1
        u AUTH anna pw
        a ACL SETUSER anna on nopass skip-sanitize-payload allcommands allkeys allchannels
        a ACL LIST
        u AUTH anna anything
        u RESET
        u ACL WHOAMI
        a ACL SETUSER anna nocommands +@all -@all +get >x >y <x sanitize-payload off resetpass
        a ACL GETUSER anna
        a ACL DELUSER anna nobody
        a ACL USERS
        a CONFIG GET acl-pubsub-default
        a CONFIG GET aclfile
        a CONFIG GET acllog-max-len
        a CONFIG SET acl-pubsub-default allchannels
        a ACL SETUSER b
        a ACL SETUSER b (+get)
        a ACL LIST
        a CONFIG SET acl-pubsub-default none
        a CONFIG SET aclfile x
        a ACL DELUSER b
        a CONFIG SET requirepass secret
        a ACL LIST
        a GET k
        n GET k
        n PING
        n HELLO 3
        n HELLO 2 AUTH default x
        n AUTH x
        n AUTH secret
        n GET k
        n RESET
        n GET k
        n QUIT
        a ACL SETUSER default nopass
        a CONFIG GET requirepass
        a AUTH x
        a CLIENT KILL USER nobody
        a ACL SETUSER c on nopass +@all
        v AUTH c x
        v CLIENT INFO
        a CLIENT KILL USER c
        a ACL SETUSER default off
        w PING
        """#
}
