/// Bitmaps and HyperLogLogs.
extension RandomCommands {
    /// What a word of these forms stands for; nil for one that other kinds know.
    mutating func bitArgument(_ word: String) -> [String]? {
        switch word {
        case "BITMAP": ["{t}" + pick(["b1", "b2", "b3", "b4"])]
        case "HLL": ["{t}" + pick(["h1", "h2", "h3", "h4", "b1"])]
        case "BIT": [pick(["0", "1", "0", "1", "0", "1", "2", "-1", "x"])]
        case "BITOFFSET": [bitOffset()]
        case "BITINDEX": [bitIndex()]
        case "UNITOPTION": pick([[], [], ["BIT"], ["BYTE"], ["bit"], ["BAD"], ["BIT", "1"]])
        case "BITOPERATION": [pick(["AND", "OR", "XOR", "NOT", "and", "BAD"])]
        case "BITMAPS": (0..<1 + number(below: 3)).flatMap { _ in bitArgument("BITMAP") ?? [] }
        case "HLLS": (0..<1 + number(below: 3)).flatMap { _ in bitArgument("HLL") ?? [] }
        case "FIELDOPS": (0..<number(below: 5)).flatMap { _ in fieldOperation() }
        case "FIELDGETS":
            (0..<number(below: 3)).flatMap { _ in ["GET", fieldType(), bitOffset()] }
        case "OBSERVED": (0..<number(below: 30)).map { _ in observed() }
        case "BITVALUE":
            [pick(["foobar", "", "12345", "\u{7F}\u{1}", String(repeating: "~", count: 60)])]
        default: nil
        }
    }

    private mutating func bitOffset() -> String {
        number(below: 3) > 0
            ? String(number(below: 300))
            : pick([
                "0", "7", "8", "63", "-1", "x", "4294967295999", "#1", "#3", "", "1.5",
                "9223372036854775807",
            ])
    }

    private mutating func bitIndex() -> String {
        number(below: 3) > 0
            ? String(number(below: 400) - 200)
            : pick(["0", "-1", "x", "9223372036854775807", "-9223372036854775808"])
    }

    private mutating func fieldType() -> String {
        number(below: 4) > 0
            ? pick(["i", "u"]) + String(1 + number(below: 64))
            : pick(["i8", "u8", "i64", "u63", "u64", "i65", "i0", "x8", "i", "u1"])
    }

    private mutating func fieldValue() -> String {
        number(below: 2) == 0
            ? String(number(below: 600) - 300)
            : pick([
                "9223372036854775807", "-9223372036854775808", "127", "128", "-128", "-129", "x",
            ])
    }

    private mutating func fieldOperation() -> [String] {
        switch number(below: 9) {
        case 0...2: ["SET", fieldType(), bitOffset(), fieldValue()]
        case 3...5: ["INCRBY", fieldType(), bitOffset(), fieldValue()]
        case 6: ["GET", fieldType(), bitOffset()]
        case 7: ["OVERFLOW", pick(["WRAP", "SAT", "FAIL", "sat", "fail"])]
        default:
            pick([["GET", "u8", "0"], ["OVERFLOW", "BAD"], ["GET"], ["BAD"], ["SET", "u8"]])
        }
    }

    private mutating func observed() -> String {
        number(below: 3) == 0 ? String(number(below: 30)) : String(number(below: 1_000_000))
    }

    static let bitForms = [
        "SETBIT BITMAP BITOFFSET BIT", "SETBIT BITMAP BITOFFSET BIT", "GETBIT BITMAP BITOFFSET",
        "BITCOUNT BITMAP", "BITCOUNT BITMAP BITINDEX BITINDEX UNITOPTION",
        "BITCOUNT BITMAP BITINDEX", "BITPOS BITMAP BIT", "BITPOS BITMAP BIT BITINDEX",
        "BITPOS BITMAP BIT BITINDEX BITINDEX UNITOPTION", "BITOP BITOPERATION BITMAP BITMAPS",
        "BITFIELD BITMAP FIELDOPS", "BITFIELD BITMAP FIELDOPS", "BITFIELD_RO BITMAP FIELDGETS",
        "BITFIELD_RO BITMAP FIELDOPS", "SET BITMAP BITVALUE", "GET BITMAP", "DEL BITMAP",
        "RPUSH BITMAP x", "OBJECT ENCODING BITMAP", "DUMP BITMAP",
        "COMMAND GETKEYSANDFLAGS BITFIELD BITMAP FIELDOPS",
        "PFADD HLL OBSERVED", "PFADD HLL OBSERVED", "PFCOUNT HLL", "PFCOUNT HLLS",
        "PFMERGE HLL HLLS", "PFDEBUG DECODE HLL", "PFDEBUG ENCODING HLL", "PFDEBUG BAD HLL",
        "PFDEBUG TODENSE {t}h4", "GET HLL", "DUMP HLL", "STRLEN HLL", "DEL {t}h1", "DEL {t}h4",
        "COPY HLL HLL REPLACE", "SETRANGE {t}h3 BITOFFSET x", "OBJECT ENCODING HLL",
    ]
}
