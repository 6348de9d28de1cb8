import Lab
import LabBackends
import RESP

/// Keys of every type and encoding, small and large, all of one slot, some of which expire: for what moves them from
/// one kind of server to the other.
enum EveryType {
    /// In 2100.
    private static let expiry = "4102444800000"

    /// The commands that make them.
    static let commands: [[String]] =
        strings + lists + sets + hashes + sortedSets + streams + [
            ["PEXPIREAT", "{k}s1", expiry], ["PEXPIREAT", "{k}x1", expiry],
            ["PEXPIREAT", "{k}z2", expiry], ["PEXPIREAT", "{k}h1", expiry],
        ]

    /// Their names.
    static let keys: [String] = {
        let keys = commands.compactMap { $0.first { $0.hasPrefix("{k}") } }
        return Set(keys).sorted()
    }()

    private static let strings: [[String]] = [
        ["SET", "{k}s1", "12345"], ["SET", "{k}s2", "short"], ["SET", "{k}s3", ""],
        ["SET", "{k}s4", String(repeating: "compressible ", count: 2000)],
        ["APPEND", "{k}s5", "raw"], ["SETBIT", "{k}s6", "9999", "1"],
        ["PFADD", "{k}p1"] + (0..<10).map { "u\($0)" },
        ["PFADD", "{k}p2"] + (0..<3000).map { "u\($0)" },
    ]

    private static let lists: [[String]] = [
        ["RPUSH", "{k}l1", "a", "1", "-5", ""],
        ["RPUSH", "{k}l2"] + (0..<1500).map { "element:\($0)" },
    ]

    private static let sets: [[String]] = [
        ["SADD", "{k}i1", "1", "-7", "70000", "9999999999"],
        ["SADD", "{k}i2"] + (0..<700).map { "\($0 * 7)" },
        ["SADD", "{k}m1", "a", "b", "12"],
        ["SADD", "{k}m2"] + (0..<300).map { "member:\($0)" },
    ]

    private static let hashes: [[String]] = [
        ["HSET", "{k}h1", "f", "v", "n", "12", "e", ""],
        ["HSET", "{k}h2"] + (0..<700).flatMap { ["field:\($0)", "value:\($0)"] },
        ["HSET", "{k}h3", "f", String(repeating: "long", count: 30)],
    ]

    private static let sortedSets: [[String]] = [
        ["ZADD", "{k}z1", "1", "a", "2.5", "b", "-inf", "c", "inf", "d", "0.1", "e"],
        ["ZADD", "{k}z2"] + (0..<500).flatMap { ["\(Double($0) / 3)", "member:\($0)"] },
        [
            "GEOADD", "{k}g1", "13.361389", "38.115556", "Palermo", "15.087269", "37.502669",
            "Catania",
        ],
    ]

    private static let streams: [[String]] =
        [
            ["XADD", "{k}x1", "1-1", "a", "1", "b", "2"],
            ["XADD", "{k}x1", "1-2", "a", "1", "b", "2"],
            ["XADD", "{k}x1", "5-0", "other", "fields"],
            ["XGROUP", "CREATE", "{k}x1", "g", "0"],
            ["XGROUP", "CREATE", "{k}x1", "late", "$", "ENTRIESREAD", "3"],
            ["XGROUP", "CREATECONSUMER", "{k}x1", "g", "idle"],
            ["XREADGROUP", "GROUP", "g", "c", "COUNT", "2", "STREAMS", "{k}x1", ">"],
            ["XREADGROUP", "GROUP", "g", "d", "STREAMS", "{k}x1", ">"],
            ["XACK", "{k}x1", "g", "1-2", "5-0"], ["XDEL", "{k}x1", "5-0"],
            ["XGROUP", "CREATE", "{k}x3", "g", "$", "MKSTREAM"],
            ["XADD", "{k}x4", "7-7", "f", "v"], ["XDEL", "{k}x4", "7-7"],
        ] + (0..<250).map { ["XADD", "{k}x2", "\($0 + 1)-1", "a", "\($0)", "b", "x"] } + [
            ["XTRIM", "{k}x2", "MAXLEN", "130"]
        ]

    /// Makes them on a server.
    static func make(on client: any LabConnection) throws {
        for command in commands {
            if case .error(let message) = try client.send(command.map { Array($0.utf8) }) {
                throw Refused(command: command, message: message)
            }
        }
    }

    /// A server that does not take a command.
    struct Refused: Error {
        let command: [String]
        let message: String
    }

    /// What a server has of a key: its fingerprint, encoding and expiry, and the groups of a stream. The expiry is
    /// rounded: MIGRATE takes what is left of the time along, and some of it goes by on the way.
    static func facts(of key: String, on client: any LabConnection) throws -> [RESPValue] {
        var facts = [
            ["DEBUG", "DIGEST-VALUE", key], ["OBJECT", "ENCODING", key], ["PEXPIRETIME", key],
        ]
        if key.hasPrefix("{k}x") { facts.append(["XINFO", "STREAM", key, "FULL", "COUNT", "0"]) }
        return try facts.map { words in
            let reply = try client.send(words.map { Array($0.utf8) })
            guard case .integer(let time) = reply else { return reply }
            return .integer((time + 50_000) / 100_000)
        }
    }
}
