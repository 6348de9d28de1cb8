// What redis-cli 7.0 prints with --csv, --json and --quoted-json: its cliFormatReplyCSV and cliFormatReplyJson.
extension RESPValue {
    /// The line of `--csv`, without its newline. Maps and nested arrays are one flat list.
    package var csvText: String {
        switch self {
        case .null: "NULL"
        case .error(let message): "ERROR,\(Self.quoted(message.utf8))"
        case .simpleString(let text): Self.quoted(text.utf8)
        case .bulkString(let bytes), .verbatimString(_, let bytes): Self.quoted(bytes)
        case .integer(let number): String(number)
        case .double(let digits), .bigNumber(let digits): digits
        case .boolean(let isTrue): isTrue ? "true" : "false"
        case .array(let elements), .set(let elements), .push(let elements), .map(let elements):
            elements.map(\.csvText).joined(separator: ",")
        }
    }

    /// How strings are written in JSON.
    package enum JSONStrings: Sendable {
        /// `--json`: only what JSON demands is escaped, all other bytes go out as they came.
        case asTheyAre
        /// `--quoted-json`: pure ASCII, with redis-cli's own escapes within JSON's.
        case quoted
    }

    /// The line of `--json` or `--quoted-json`, without its newline.
    package func jsonText(_ strings: JSONStrings) -> [UInt8] {
        switch self {
        case .null: Array("null".utf8)
        case .error(let message): Array("error:".utf8) + strings.text(Array(message.utf8))
        case .simpleString(let text): strings.text(Array(text.utf8))
        case .bulkString(let bytes), .verbatimString(_, let bytes): strings.text(bytes)
        case .integer(let number): Array(String(number).utf8)
        case .double(let digits), .bigNumber(let digits): Array(digits.utf8)
        case .boolean(let isTrue): Array((isTrue ? "true" : "false").utf8)
        case .array(let elements), .set(let elements), .push(let elements):
            Self.json(elements.map { $0.jsonText(strings) }, in: "[", "]")
        case .map(let elements):
            Self.json(
                stride(from: 0, to: elements.count - 1, by: 2).map {
                    elements[$0].jsonKey(strings) + [UInt8(ascii: ":")]
                        + elements[$0 + 1].jsonText(strings)
                }, in: "{", "}")
        }
    }

    private static func json(_ parts: [[UInt8]], in open: Unicode.Scalar, _ close: Unicode.Scalar)
        -> [UInt8]
    {
        [UInt8(ascii: open)] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: close)]
    }

    /// A key of a JSON object is a string, whatever the key of the map is.
    private func jsonKey(_ strings: JSONStrings) -> [UInt8] {
        let text = jsonText(strings)
        switch self {
        case .error, .simpleString, .bulkString, .verbatimString: return text
        case .integer, .null, .array, .map, .set, .push, .double, .boolean, .bigNumber:
            let quote = UInt8(ascii: "\"")
            return text.first == quote ? text : [quote] + text + [quote]
        }
    }
}

extension RESPValue.JSONStrings {
    fileprivate func text(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .asTheyAre: Self.escaped(bytes)
        case .quoted: RESPValue.quoted(bytes).utf8.flatMap { $0 == 0x5C ? [$0, $0] : [$0] }
        }
    }

    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        var text = [UInt8(ascii: "\"")]
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): text += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): text += #"\n"#.utf8
            case 0x0C: text += #"\f"#.utf8
            case UInt8(ascii: "\r"): text += #"\r"#.utf8
            case UInt8(ascii: "\t"): text += #"\t"#.utf8
            case 0x08: text += #"\b"#.utf8
            case 0..<0x20:
                text += (#"\u00"# + (byte < 16 ? "0" : "") + String(byte, radix: 16)).utf8
            default: text.append(byte)
            }
        }
        return text + [UInt8(ascii: "\"")]
    }
}
