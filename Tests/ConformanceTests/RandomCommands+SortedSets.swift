import Keyspace

/// Commands on sorted sets and on places, with all their options, and now and then one that is wrong.
extension RandomCommands {
    /// What stands for a word of the forms below; nil for a word that stands for itself.
    mutating func sortedSetArgument(_ word: String) -> [String]? {
        switch word {
        case "ZSET": [collection(["z1", "z2", "z3", "z4"])]
        // Sorted sets whose members all have one score, as ranges of bytes want it.
        case "LEXSET": ["{t}" + pick(["x1", "x2"])]
        case "ZSOURCE": [collection(["z1", "z2", "z3", "z4", "x1", "s1", "s2", "none"])]
        case "PLACES": ["{t}" + pick(["g1", "g2", "g1", "g2", "z1", "none"])]
        case "TARGET": ["{t}" + pick(["z4", "d1", "z4", "d1", "x3"])]
        case "SCORE": [pick(Self.scores)]
        case "SCORED": (0..<1 + random.next(below: 6)).flatMap { _ in [score(), element()] }
        case "LEXMEMBERS": (0..<1 + random.next(below: 6)).flatMap { _ in ["0", element()] }
        case "BOUND": [pick(["", "", "("]) + pick(Self.scores)]
        case "LEXBOUND":
            [pick(["-", "+", "[a", "(c", "[one", "(two", "[", "(", "[5", "(17", "x", "", "-x"])]
        case "RANK": [pick(["0", "1", "-1", "2", "-3", "5", "-5", "100", "-100", "x"])]
        case "ADDOPTIONS":
            pick([
                [], [], [], ["NX"], ["XX"], ["CH"], ["GT", "CH"], ["LT"], ["XX", "GT"],
                ["NX", "XX"], ["NX", "GT"], ["GT", "LT"], ["nx"], ["INCR"],
            ])
        case "INCROPTIONS": pick([[], ["NX"], ["XX"], ["GT"], ["LT"], ["CH"], ["XX", "LT"]])
        case "LIMITS":
            pick([
                [], [], ["LIMIT", "0", "2"], ["LIMIT", "1", "-1"], ["LIMIT", "-1", "3"],
                ["LIMIT", "100", "1"], ["LIMIT", "1"], ["LIMIT", "x", "1"], ["limit", "2", "100"],
            ])
        case "SCORESOPTION":
            pick([[], ["WITHSCORES"], ["withscores"], ["BAD"], ["WITHSCORES", "1"]])
        case "REVERSED": pick([[], ["REV"], ["rev"]])
        case "WEIGHING":
            pick([
                [], [], ["WEIGHTS", "2", "0.5"], ["WEIGHTS", "-1", "3"], ["WEIGHTS", "inf", "0"],
                ["WEIGHTS", "1"], ["WEIGHTS", "x", "1"], ["AGGREGATE", "MIN"],
                ["AGGREGATE", "max"], ["AGGREGATE", "AVG"], ["AGGREGATE"],
                ["WEIGHTS", "1", "2", "AGGREGATE", "SUM"],
            ])
        case "POPSIDE": [pick(["MIN", "MAX", "min", "BAD"])]
        default: placeArgument(word)
        }
    }

    private mutating func placeArgument(_ word: String) -> [String]? {
        switch word {
        case "POINT": point()
        case "PLACE": ["p\(random.next(below: 20))"]
        case "POINTS":
            (0..<1 + random.next(below: 3)).flatMap { _ in
                point() + ["p\(random.next(below: 20))"]
            }
        case "DISTANCE":
            [pick(["0", "1", "100", "700", "3000", "20000", "0.5", "-1", "x"])]
        case "UNIT": [pick(["m", "km", "km", "km", "ft", "mi", "KM", "yd"])]
        case "GEOADDOPTIONS": pick([[], [], ["NX"], ["XX"], ["CH"], ["XX", "CH"], ["NX", "XX"]])
        case "GEODETAILS":
            pick([
                [], ["WITHDIST"], ["WITHHASH"], ["WITHCOORD"], ["WITHDIST", "WITHCOORD"], ["BAD"],
                ["withhash", "withdist", "withcoord"],
            ])
        // Of places that are equally far Redis may choose any where it does not sort all.
        case "GEOORDER":
            pick([[], ["ASC"], ["DESC"], ["COUNT", "1000"], ["COUNT", "3", "ANY"], ["ANY"]])
        case "GEOSTORE":
            pick([
                [], [], ["STORE", "{t}d1"], ["STOREDIST", "{t}d1"], ["STORE"],
                ["STORE", "{t}d2", "STOREDIST", "{t}d1"],
            ])
        case "SHAPE":
            pick([
                ["BYRADIUS", "500", "km"], ["BYBOX", "700", "300", "km"], ["BYRADIUS", "-1", "m"],
                ["BYBOX", "1", "x", "m"], ["BYRADIUS", "9000", "mi"], ["BYRADIUS", "1"],
                ["BYBOX", "40000", "20000", "km"], ["BYRADIUS", "100000", "ft"],
            ])
        default: nil
        }
    }

    private mutating func score() -> String {
        random.next(below: 3) == 0 ? pick(Self.scores) : "\(random.next(below: 20))"
    }

    /// A longitude and a latitude, mostly within some degrees.
    private mutating func point() -> [String] {
        switch random.next(below: 30) {
        case 0: pick([["181", "1"], ["1", "86"], ["x", "1"], ["180", "85.05112878"]])
        case 1...4:
            [
                "\(Double(random.next(below: 360_000)) / 1000 - 180)",
                "\(Double(random.next(below: 170_000)) / 1000 - 85)",
            ]
        default:
            [
                "\(10 + Double(random.next(below: 10_000)) / 1000)",
                "\(35 + Double(random.next(below: 10_000)) / 1000)",
            ]
        }
    }

    private static let scores = [
        "0", "1", "2", "3", "5", "10", "-1", "1.5", "-2.25", "0.1", "3.14159", "1e20", "-1e-5",
        "1e17", "123456789012345678", "4611686018427387905", "0.30000000000000004", "-0", "inf",
        "-inf", "+inf", "x", "nan", "", "1e400", " 1", "0x10", "5e-324", "1.", ".5",
    ]

    static let sortedSetForms = [
        "ZADD ZSET ADDOPTIONS SCORED", "ZADD ZSET ADDOPTIONS SCORED", "ZADD ZSET SCORED",
        "ZADD ZSET INCR INCROPTIONS SCORE ELEMENT", "ZADD ZSET 1", "ZADD ZSET SCORED 1",
        "ZADD LEXSET LEXMEMBERS", "ZADD LEXSET LEXMEMBERS", "ZREM LEXSET ELEMENT",
        "ZINCRBY ZSET SCORE ELEMENT", "ZREM ZSET ELEMENTS", "ZREM ZSET ELEMENT", "ZCARD ZSET",
        "ZSCORE ZSET ELEMENT", "ZMSCORE ZSET ELEMENTS", "ZRANK ZSET ELEMENT",
        "ZREVRANK ZSET ELEMENT", "ZCOUNT ZSET BOUND BOUND", "ZLEXCOUNT LEXSET LEXBOUND LEXBOUND",
        "ZRANGE ZSET RANK RANK REVERSED SCORESOPTION",
        "ZRANGE ZSET BOUND BOUND BYSCORE REVERSED LIMITS SCORESOPTION",
        "ZRANGE LEXSET LEXBOUND LEXBOUND BYLEX REVERSED LIMITS", "ZRANGE ZSET 0 -1 LIMITS",
        "ZRANGE LEXSET - + BYLEX SCORESOPTION", "ZREVRANGE ZSET RANK RANK SCORESOPTION",
        "ZRANGEBYSCORE ZSET BOUND BOUND SCORESOPTION LIMITS",
        "ZREVRANGEBYSCORE ZSET BOUND BOUND LIMITS",
        "ZRANGEBYLEX LEXSET LEXBOUND LEXBOUND LIMITS",
        "ZREVRANGEBYLEX LEXSET LEXBOUND LEXBOUND LIMITS",
        "ZRANGESTORE TARGET ZSET RANK RANK REVERSED",
        "ZRANGESTORE TARGET ZSET BOUND BOUND BYSCORE REVERSED LIMITS",
        "ZRANGESTORE TARGET LEXSET LEXBOUND LEXBOUND BYLEX REVERSED LIMITS",
        "ZREMRANGEBYRANK ZSET RANK RANK", "ZREMRANGEBYSCORE ZSET BOUND BOUND",
        "ZREMRANGEBYLEX LEXSET LEXBOUND LEXBOUND", "ZPOPMIN ZSET", "ZPOPMAX ZSET",
        "ZPOPMIN ZSET COUNT", "ZPOPMAX ZSET COUNT", "ZPOPMIN ZSET 1 1",
        "ZMPOP 2 ZSET ZSET POPSIDE SIDEOPTION", "ZMPOP COUNT ZSET POPSIDE",
        "BZPOPMIN ZSET ZSET TIMEOUT", "BZPOPMAX ZSET TIMEOUT",
        "BZMPOP TIMEOUT 2 ZSET ZSET POPSIDE SIDEOPTION", "ZUNION 2 ZSOURCE ZSOURCE WEIGHING",
        "ZUNION 2 ZSOURCE ZSOURCE WEIGHING SCORESOPTION", "ZINTER 2 ZSOURCE ZSOURCE SCORESOPTION",
        "ZINTER 2 ZSOURCE ZSOURCE WEIGHING SCORESOPTION",
        "ZDIFF 3 ZSOURCE ZSOURCE ZSOURCE SCORESOPTION", "ZDIFF 2 ZSOURCE ZSOURCE WEIGHING",
        "ZUNIONSTORE TARGET 2 ZSOURCE ZSOURCE WEIGHING",
        "ZINTERSTORE TARGET 2 ZSOURCE ZSOURCE WEIGHING", "ZDIFFSTORE TARGET 2 ZSOURCE ZSOURCE",
        "ZUNIONSTORE TARGET COUNT ZSOURCE", "ZINTERCARD 2 ZSOURCE ZSOURCE LIMITOPTION",
        "ZRANDMEMBER ZSET ALL SCORESOPTION", "ZSCAN ZSET 0 SCANOPTION COUNT 100000",
        "ZSCAN ZSET x", "SORT ZSET ALPHA", "SORT ZSET BY nosort", "SORT_RO ZSET BY nosort DESC",
        "OBJECT ENCODING ZSET", "OBJECT ENCODING LEXSET", "TYPE ZSET", "DEL ZSET",
        "RENAME ZSET ZSET", "COPY ZSET ZSET REPLACE",
    ]

    static let placeForms = [
        "GEOADD PLACES GEOADDOPTIONS POINTS", "GEOADD PLACES POINTS", "GEOADD PLACES POINT",
        "GEODIST PLACES PLACE PLACE", "GEODIST PLACES PLACE PLACE UNIT",
        "GEOPOS PLACES PLACE PLACE",
        "GEOHASH PLACES PLACE PLACE",
        "GEOSEARCH PLACES FROMLONLAT POINT SHAPE GEODETAILS GEOORDER",
        "GEOSEARCH PLACES FROMMEMBER PLACE SHAPE GEODETAILS GEOORDER",
        "GEOSEARCH PLACES SHAPE FROMMEMBER PLACE FROMLONLAT POINT",
        "GEOSEARCH PLACES GEOORDER FROMLONLAT POINT ASC ASC",
        "GEOSEARCHSTORE TARGET PLACES FROMLONLAT POINT SHAPE GEOORDER",
        "GEOSEARCHSTORE TARGET PLACES FROMMEMBER PLACE SHAPE STOREDIST",
        "GEORADIUS PLACES POINT DISTANCE UNIT GEODETAILS GEOORDER",
        "GEORADIUS PLACES POINT DISTANCE UNIT GEODETAILS GEOSTORE",
        "GEORADIUS_RO PLACES POINT DISTANCE UNIT GEODETAILS",
        "GEORADIUSBYMEMBER PLACES PLACE DISTANCE UNIT GEODETAILS GEOORDER",
        "GEORADIUSBYMEMBER PLACES PLACE DISTANCE UNIT GEOSTORE",
        "GEORADIUSBYMEMBER_RO PLACES PLACE DISTANCE UNIT GEOSTORE",
    ]
}
