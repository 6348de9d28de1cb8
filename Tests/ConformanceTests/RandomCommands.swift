import Keyspace

/// Commands of the kinds that the lab has, at random but the same for the same seed: few keys in one slot, so
/// that commands meet each other's results, and now and then an argument that is wrong.
///
/// Left out is what depends on the millisecond at which a command arrives (GT and LT with relative times) and
/// OBJECT REFCOUNT, which in Redis tells a shared small integer from a copy of one.
struct RandomCommands {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    mutating func next() -> [String] {
        let form = pick(Self.forms)
        return form.split(separator: " ").flatMap { word in argument(String(word)) }
    }

    private mutating func argument(_ word: String) -> [String] {
        switch word {
        case "KEY": ["{t}" + pick(["a", "b", "c", "d", "e"])]
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
        default: [word]
        }
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[random.next(below: elements.count)]
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
}
