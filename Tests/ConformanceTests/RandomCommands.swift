import Keyspace

/// Commands of the kinds that the lab has, at random but the same for the same seed: few keys in one slot, so
/// that commands meet each other's results, and now and then an argument that is wrong.
///
/// Left out is what depends on the millisecond at which a command arrives (GT and LT with relative times) and
/// OBJECT REFCOUNT, which in Redis tells a shared small integer from a copy of one.
struct RandomCommands {
    var random: SplitMix64
    /// Streams: the time of the IDs that entries are given.
    var streamTime = 1

    /// The groups of commands that are drawn from.
    private let kinds: [[String]]

    /// Which commands: those on strings and keys, those on collections with some of the others, or those on streams.
    enum Kind: Sendable {
        case strings, collections, streams, bits
    }

    init(seed: UInt64, kind: Kind = .strings) {
        random = SplitMix64(seed: seed)
        kinds =
            switch kind {
            case .strings: [Self.forms]
            case .streams: Self.streamKinds
            case .bits: [Self.bitForms]
            case .collections:
                [
                    Self.hashForms, Self.listForms, Self.setForms, Self.hashForms, Self.listForms,
                    Self.setForms, Self.sharedForms, Self.sortedSetForms, Self.sortedSetForms,
                    Self.placeForms,
                ]
            }
    }

    mutating func next() -> [String] {
        let form = pick(pick(kinds))
        return form.split(separator: " ").flatMap { word in
            bitArgument(String(word)) ?? argument(String(word))
        }
    }

    private mutating func argument(_ word: String) -> [String] {
        switch word {
        case "KEY": ["{t}" + pick(["a", "b", "c", "d", "e"])]
        case "HASH": [collection(["h1", "h2", "h3"])]
        case "LIST": [collection(["l1", "l2", "l3"])]
        case "SET": [collection(["s1", "s2", "s3", "s4"])]
        case "ANY":
            ["{t}" + pick(["h1", "h2", "l1", "l2", "l3", "s1", "s2", "s3", "z1", "z2", "x1", "a"])]
        case "FIELD": ["f\(random.next(below: 12))"]
        case "MEMBER", "ELEMENT": [element()]
        case "FIELDS": (0..<1 + random.next(below: 6)).flatMap { _ in [element(), element()] }
        case "ELEMENTS": (0..<1 + random.next(below: 9)).map { _ in element() }
        case "COUNT": [pick(["0", "1", "2", "3", "-1", "-2", "100", "x", "9223372036854775807"])]
        case "ALL": [pick(["100000", "0", "-0", "x", "1.5", "99999999999999999999"])]
        case "SIDE": [pick(["LEFT", "RIGHT", "left", "Right", "BAD"])]
        case "SIDEOPTION": pick([[], ["COUNT", "2"], ["COUNT", "0"], ["COUNT"], ["BAD", "1"]])
        case "LIMITOPTION": pick([[], ["LIMIT", "1"], ["LIMIT", "0"], ["LIMIT", "-1"], ["BAD"]])
        case "VALUESOPTION":
            pick([[], ["WITHVALUES"], ["withvalues"], ["BAD"], ["WITHVALUES", "1"]])
        case "SCANOPTION":
            pick([
                [], ["MATCH", "*1*"], ["MATCH", "[a-f]*"], ["COUNT", "0"], ["COUNT", "x"],
                ["TYPE", "set"], ["MATCH"],
            ])
        case "POSOPTION":
            pick([
                [], ["RANK", "2"], ["RANK", "-1"], ["RANK", "0"], ["COUNT", "0"], ["COUNT", "2"],
                ["COUNT", "-1"], ["MAXLEN", "5"], ["MAXLEN", "0"], ["RANK", "-2"], ["BAD", "1"],
                ["RANK"],
            ])
        case "TIMEOUT": [pick(["0.001", "0.01", "-1", "x", "nan", "1e400", "9999999999999999"])]
        case "VALUE": [pick(Self.values)]
        case "INTEGER": [pick(Self.integers)]
        case "BADTIME":
            [pick(["-1", "0", "9223372036854775807", "-9223372036854775808", "x", "1.5", ""])]
        case "FLOAT": [pick(Self.floats)]
        case "INDEX": [pick(["0", "1", "-1", "3", "-3", "10", "-100", "100", "x"])]
        case "LONG": [pick(["1000", "5000", "999999", "1000000"])]
        case "SETOPTION":
            pick([
                [], [], ["NX"], ["XX"], ["GET"], ["KEEPTTL"], ["EX", "1000"], ["PX", "100000000"],
                ["nx", "get"], ["EX"], ["EX", "0"], ["EX", "-1"], ["EX", "x"], ["XX", "NX"],
                ["KEEPTTL", "EX", "5000"], ["BAD"],
            ])
        case "RELATIVEOPTION": pick([[], ["NX"], ["XX"], ["NX", "XX"], ["GT", "LT"], ["BAD"]])
        case "EXPIREOPTION":
            pick([[], ["NX"], ["XX"], ["GT"], ["LT"], ["NX", "XX"], ["GT", "LT"], ["BAD"]])
        case "GETEXOPTION":
            pick([
                [], ["PERSIST"], ["EX", "1000"], ["PX", "1000000"], ["EX", "0"],
                ["PERSIST", "EX", "1000"], ["BAD"],
            ])
        case "LCSOPTION":
            pick([
                [], ["LEN"], ["IDX"], ["IDX", "WITHMATCHLEN"], ["IDX", "MINMATCHLEN", "2"],
                ["LEN", "IDX"], ["BAD"],
            ])
        case "COPYOPTION": pick([[], ["REPLACE"], ["DB", "0"], ["DB", "1"], ["BAD"]])
        default: streamArgument(word) ?? sortedSetArgument(word) ?? [word]
        }
    }

    /// A number below a bound.
    mutating func number(below bound: Int) -> Int { random.next(below: bound) }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[random.next(below: elements.count)]
    }

    /// A key of a collection, and now and then one that holds something else.
    mutating func collection(_ names: [String]) -> String {
        "{t}" + (random.next(below: 40) == 0 ? pick(["a", "h1", "l1", "s1", "z1"]) : pick(names))
    }

    /// Short texts that come again, numbers of all sizes, and now and then something long.
    mutating func element() -> String {
        switch random.next(below: 24) {
        case 0: pick(Self.values)
        case 1: String(repeating: "long", count: random.next(below: 40))
        case 2: String(random.next(below: 70_000))
        case 3: String(Int64(bitPattern: random.next()) >> Int64(random.next(below: 64)))
        case 4...12: String(random.next(below: 30))
        default: pick(["a", "b", "c", "d", "e", "f", "one", "two", "three"])
        }
    }

    private static let values = [
        "", "0", "1", "10", "-5", "9223372036854775807", "-9223372036854775808", "3.5", "1e3",
        "hello", "hello world",
        "abcdefghijklmnopqrstuv", "abcdefghijklmnopqrstuvw", "01", "+1", " 1", "nan", "inf",
        "ohmytext", "mynewtext",
        String(repeating: "x", count: 44), String(repeating: "y", count: 45),
    ]
    private static let integers = [
        "1", "-1", "5", "100", "9223372036854775807", "-9223372036854775808", "x", "1.5", "",
        "99999999999999999999",
    ]
    private static let floats = [
        "1", "0.1", "-2.5", "3.0e2", "1e400", "nan", "x", "1234567890.123456789", "5.0e-5",
    ]

    private static let forms = [
        "GET KEY", "SET KEY VALUE SETOPTION", "SET KEY VALUE SETOPTION",
        "SET KEY VALUE SETOPTION SETOPTION", "SETNX KEY VALUE",
        "SETEX KEY LONG VALUE", "PSETEX KEY LONG VALUE", "SETEX KEY BADTIME VALUE",
        "GETSET KEY VALUE", "GETDEL KEY", "GETEX KEY GETEXOPTION",
        "MGET KEY KEY KEY", "MSET KEY VALUE KEY VALUE", "MSET KEY VALUE KEY",
        "MSETNX KEY VALUE KEY VALUE",
        "APPEND KEY VALUE", "STRLEN KEY", "GETRANGE KEY INDEX INDEX", "SUBSTR KEY INDEX INDEX",
        "SETRANGE KEY INDEX VALUE", "INCR KEY", "DECR KEY", "INCRBY KEY INTEGER",
        "DECRBY KEY INTEGER",
        "INCRBYFLOAT KEY FLOAT", "LCS KEY KEY LCSOPTION", "DEL KEY KEY", "UNLINK KEY",
        "EXISTS KEY KEY",
        "EXPIRE KEY LONG RELATIVEOPTION", "EXPIRE KEY BADTIME RELATIVEOPTION",
        "PEXPIRE KEY 100000000 RELATIVEOPTION",
        "EXPIREAT KEY 33177117420 EXPIREOPTION", "PEXPIREAT KEY 33177117420000 EXPIREOPTION",
        "EXPIREAT KEY 1 EXPIREOPTION",
        "PERSIST KEY", "TYPE KEY", "RENAME KEY KEY", "RENAMENX KEY KEY", "COPY KEY KEY COPYOPTION",
        "TOUCH KEY KEY",
        "OBJECT ENCODING KEY", "OBJECT FREQ KEY", "DBSIZE", "EXISTS", "GET", "GET KEY KEY",
        "TTL {t}missing", "EXPIRETIME {t}missing", "CLUSTER COUNTKEYSINSLOT INTEGER",
        "CLUSTER KEYSLOT VALUE", "MGET KEY VALUE",
    ]

    // MARK: - Collections

    private static let hashForms = [
        "HSET HASH FIELDS", "HSET HASH FIELDS", "HSET HASH FIELD ELEMENT", "HSET HASH FIELD",
        "HMSET HASH FIELDS", "HSETNX HASH FIELD ELEMENT", "HGET HASH FIELD", "HGET HASH ELEMENT",
        "HMGET HASH FIELD ELEMENT FIELD", "HDEL HASH FIELD", "HDEL HASH ELEMENTS",
        "HLEN HASH", "HSTRLEN HASH FIELD", "HSTRLEN HASH ELEMENT", "HEXISTS HASH FIELD",
        "HKEYS HASH", "HVALS HASH", "HGETALL HASH", "HINCRBY HASH FIELD INTEGER",
        "HINCRBY HASH ELEMENT INTEGER", "HINCRBYFLOAT HASH FIELD FLOAT",
        "HINCRBYFLOAT HASH ELEMENT FLOAT", "HSCAN HASH 0 SCANOPTION COUNT 100000",
        "HSCAN HASH x", "HRANDFIELD HASH ALL VALUESOPTION",
        "OBJECT ENCODING HASH",
    ]
    private static let listForms = [
        "LPUSH LIST ELEMENTS", "RPUSH LIST ELEMENTS", "RPUSH LIST ELEMENTS", "LPUSHX LIST ELEMENTS",
        "RPUSHX LIST ELEMENTS", "LPOP LIST", "RPOP LIST", "LPOP LIST COUNT", "RPOP LIST COUNT",
        "LPOP LIST 1 1", "LLEN LIST", "LINDEX LIST INDEX", "LSET LIST INDEX ELEMENT",
        "LINSERT LIST BEFORE ELEMENT ELEMENT", "LINSERT LIST after ELEMENT ELEMENT",
        "LINSERT LIST BAD ELEMENT ELEMENT", "LRANGE LIST INDEX INDEX", "LRANGE LIST 0 -1",
        "LTRIM LIST INDEX INDEX", "LTRIM LIST 1 -2", "LREM LIST COUNT ELEMENT",
        "LPOS LIST ELEMENT POSOPTION", "LPOS LIST ELEMENT POSOPTION POSOPTION",
        "LMOVE LIST LIST SIDE SIDE", "RPOPLPUSH LIST LIST", "LMPOP 2 LIST LIST SIDE SIDEOPTION",
        "LMPOP COUNT LIST SIDE", "BLPOP LIST LIST TIMEOUT", "BRPOP LIST TIMEOUT",
        "BLMOVE LIST LIST SIDE SIDE TIMEOUT", "BRPOPLPUSH LIST LIST TIMEOUT",
        "BLMPOP TIMEOUT 2 LIST LIST SIDE SIDEOPTION", "OBJECT ENCODING LIST",
    ]
    private static let setForms = [
        "SADD SET ELEMENTS", "SADD SET ELEMENTS", "SADD SET 1 2 3 4 5 6", "SADD SET MEMBER",
        "SREM SET MEMBER", "SREM SET ELEMENTS", "SISMEMBER SET MEMBER", "SMISMEMBER SET ELEMENTS",
        "SCARD SET", "SMEMBERS SET", "SMOVE SET SET MEMBER", "SPOP SET ALL", "SPOP SET 1 1",
        "SRANDMEMBER SET ALL", "SRANDMEMBER SET 1 1", "SINTER SET SET", "SINTER SET SET SET",
        "SINTERSTORE SET SET SET", "SINTERCARD 2 SET SET LIMITOPTION", "SINTERCARD COUNT SET",
        "SUNION SET SET SET", "SUNIONSTORE SET SET SET", "SDIFF SET SET SET",
        "SDIFFSTORE SET SET SET", "SSCAN SET 0 SCANOPTION COUNT 100000", "SSCAN SET x",
        "OBJECT ENCODING SET",
    ]
    private static let sharedForms = [
        "TYPE ANY", "DEL ANY", "RENAME ANY ANY", "COPY ANY ANY REPLACE", "OBJECT ENCODING ANY",
        "EXISTS ANY ANY", "SET {t}a VALUE", "GET ANY", "APPEND ANY x",
        "INCR ANY", "GETSET ANY VALUE", "SETRANGE ANY 1 x", "STRLEN ANY", "MGET ANY ANY",
        "PEXPIRE ANY 100000000", "PERSIST ANY", "DBSIZE", "LCS ANY ANY", "GETDEL ANY",
        "SET {t}a VALUE GET", "COMMAND GETKEYS LMPOP 2 a b LEFT", "SCAN 0 TYPE hash COUNT 1000",
    ]
}
