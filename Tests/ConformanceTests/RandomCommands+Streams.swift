import Keyspace

/// Random commands on streams: few IDs, so that they meet, and times only in options, so that replies depend on none.
extension RandomCommands {
    /// The groups of commands, those that come often several times.
    static let streamKinds: [[String]] = [
        additions, additions, additions, takings, takings, readings, readings, groups, pendings,
        pendings, infos,
    ]

    /// The words of an argument that a form of these names.
    mutating func streamArgument(_ word: String) -> [String]? {
        switch word {
        case "STREAM":
            return ["{t}" + (random.next(below: 30) == 0 ? pick(["a", "x0"]) : pick(Self.streams))]
        case "NEWID": return [newID()]
        case "ID": return [id()]
        case "IDS": return (0..<1 + random.next(below: 4)).map { _ in id() }
        case "AFTER": return [pick([">", ">", ">", "0", id()])]
        case "FROM": return [pick(["-", "0", id(), "(" + id()])]
        case "TO": return [pick(["+", id(), "(" + id()])]
        case "GROUP": return [pick(["g1", "g2", "g3"])]
        case "CONSUMER": return [pick(["c1", "c2", "c3", "d"])]
        case "ENTRY": return entry()
        case "TRIM": return trim()
        case "TRIMOPTION": return random.next(below: 6) == 0 ? trim() : []
        case "NUMBER": return [number()]
        case "COUNTOPTION": return pick([[], ["COUNT", number()], ["COUNT", "2"]])
        case "ACKOPTION": return pick([[], [], [], ["NOACK"]])
        case "GROUPOPTION":
            return pick([[], [], ["ENTRIESREAD", number()], ["MKSTREAM"], ["BAD"]])
        case "IDLE": return [pick(["0", "0", "0", "100000", "x", "-1"])]
        case "CLAIMOPTION":
            return pick([
                [], [], [], ["FORCE"], ["FORCE"], ["JUSTID"], ["RETRYCOUNT", number()],
                ["IDLE", number()], ["TIME", "1700000000000"], ["LASTID", id()], ["BAD"],
            ])
        case "AUTOOPTION": return pick([[], [], ["COUNT", number()], ["JUSTID"], ["BAD"]])
        case "STATEOPTION":
            return pick([[], [], ["ENTRIESADDED", number()], ["MAXDELETEDID", id()], ["BAD"]])
        case "FULLOPTION": return pick([[], ["FULL"], ["FULL", "COUNT", number()], ["BAD"]])
        default: return nil
        }
    }

    private mutating func newID() -> String {
        switch random.next(below: 12) {
        case 0:
            // An ID by the clock would be each server's own.
            let id = id()
            return id == "*" ? "0-*" : id
        case 1...2: return "\(streamTime)-\(random.next(below: 100))"
        default:
            streamTime += random.next(below: 2)
            return "\(streamTime)-*"
        }
    }

    private mutating func id() -> String {
        switch random.next(below: 20) {
        case 0: pick(["x", "", "-", "+", "1-x", "-1", "1-", "5-1-1", "$", ">", "*"])
        case 1: pick(["0", "0-0", "007-01", "1--01", "300-18446744073709551615"])
        case 2...4: "\(random.next(below: 60))"
        default: "\(random.next(below: 60))-\(random.next(below: 4))"
        }
    }

    private mutating func number() -> String {
        pick(["0", "1", "2", "3", "5", "20", "-1", "x", "\(random.next(below: 60))"])
    }

    private mutating func entry() -> [String] {
        switch random.next(below: 30) {
        case 0: ["a"]
        case 1: ["a", "b", "c"]
        case 2...12: ["a", "\(random.next(below: 300))", "b", pick(Self.contents)]
        case 13...16: ["a", pick(Self.contents)]
        default:
            (0..<1 + random.next(below: 4)).flatMap { _ in
                [pick(["a", "b", "17", "-5", pick(Self.contents)]), pick(Self.contents)]
            }
        }
    }

    private mutating func trim() -> [String] {
        let strategy = pick([["MAXLEN"], ["minid"]])
        let sign = pick([[], [], ["~"], ["="]])
        let threshold = strategy == ["MAXLEN"] ? number() : id()
        let limit = pick([[], [], [], [], ["LIMIT", number()], ["MAXLEN", "5"], ["LIMIT"]])
        return strategy + sign + [threshold] + limit
    }

    private static let streams = ["x1", "x2", "x3"]
    private static let contents = [
        "", "0", "1", "-1", "127", "128", "4095", "-4097", "32768", "9223372036854775807",
        "-9223372036854775808", "99999999999999999999", "01", "text",
        String(repeating: "x", count: 63), String(repeating: "x", count: 64),
        String(repeating: "long", count: 60),
    ]

    private static let additions = [
        "XADD STREAM NEWID ENTRY", "XADD STREAM NEWID ENTRY", "XADD STREAM NEWID ENTRY",
        "XADD STREAM TRIMOPTION NEWID ENTRY", "XADD STREAM NOMKSTREAM NEWID ENTRY",
    ]
    private static let takings = [
        "XREADGROUP group GROUP CONSUMER COUNTOPTION ACKOPTION STREAMS STREAM AFTER",
        "XREADGROUP group GROUP CONSUMER COUNTOPTION ACKOPTION STREAMS STREAM STREAM AFTER AFTER",
        "XREADGROUP group GROUP CONSUMER COUNTOPTION BLOCK 1 STREAMS STREAM AFTER",
        "XACK STREAM GROUP IDS", "XDEL STREAM IDS", "XTRIM STREAM TRIM",
    ]
    private static let readings = [
        "XRANGE STREAM FROM TO COUNTOPTION", "XREVRANGE STREAM TO FROM COUNTOPTION",
        "XREAD COUNTOPTION STREAMS STREAM STREAM ID ID", "XREAD COUNTOPTION STREAMS STREAM $",
        "XREAD BLOCK 1 STREAMS STREAM ID", "XLEN STREAM", "XRANGE STREAM FROM TO BAD",
        "XREAD BLOCK NUMBER STREAMS STREAM", "XREVRANGE STREAM FROM TO",
    ]
    private static let groups = [
        "XGROUP CREATE STREAM GROUP ID GROUPOPTION", "XGROUP CREATE STREAM GROUP 0 GROUPOPTION",
        "XGROUP CREATE STREAM GROUP $ MKSTREAM GROUPOPTION",
        "XGROUP SETID STREAM GROUP ID GROUPOPTION", "XGROUP CREATECONSUMER STREAM GROUP CONSUMER",
        "XGROUP DELCONSUMER STREAM GROUP CONSUMER", "XGROUP CREATE STREAM GROUP 0",
        "XGROUP CREATE STREAM GROUP 0", "XGROUP DESTROY STREAM GROUP",
        "XSETID STREAM ID STATEOPTION STATEOPTION", "COPY STREAM STREAM REPLACE",
        "RENAME STREAM STREAM",
    ]
    private static let pendings = [
        "XCLAIM STREAM GROUP CONSUMER IDLE IDS CLAIMOPTION CLAIMOPTION",
        "XCLAIM STREAM GROUP CONSUMER 0 IDS CLAIMOPTION", "XPENDING STREAM GROUP",
        "XAUTOCLAIM STREAM GROUP CONSUMER IDLE FROM AUTOOPTION AUTOOPTION",
        "XPENDING STREAM GROUP FROM TO NUMBER", "XPENDING STREAM GROUP FROM TO NUMBER CONSUMER",
        "XPENDING STREAM GROUP idle IDLE FROM TO NUMBER",
    ]
    private static let infos = [
        "XINFO STREAM STREAM FULLOPTION", "XINFO GROUPS STREAM", "XINFO CONSUMERS STREAM GROUP",
        "TYPE STREAM", "OBJECT ENCODING STREAM", "SCAN 0 TYPE stream MATCH none COUNT 1000",
        "set {t}a VALUE", "GET STREAM", "LPUSH STREAM x", "SORT STREAM", "DEL {t}x0", "DBSIZE",
    ]
}
