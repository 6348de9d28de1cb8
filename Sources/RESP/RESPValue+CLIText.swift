// What redis-cli 7.0 prints for a reply, byte for byte: its cliFormatReplyTTY and cliFormatReplyRaw.
extension RESPValue {
    /// The text for a terminal, its last newline included: `(integer) 1`, `"quoted\x00"`, `1) 1) …`.
    package var terminalText: String {
        var text = ""
        appendTerminalText(to: &text, indent: "")
        return text
    }

    /// The bytes of `--raw` and of a pipe: no quotes, no type, no newline at the end except an error's.
    package var rawText: [UInt8] { rawText(delimiter: [UInt8(ascii: "\n")]) }

    /// The same with another delimiter between elements, which is redis-cli's `-d`.
    package func rawText(delimiter: [UInt8]) -> [UInt8] {
        switch self {
        case .null: []
        case .error(let message): Array(message.utf8) + [UInt8(ascii: "\n")]
        case .simpleString(let text), .double(let text), .bigNumber(let text): Array(text.utf8)
        case .bulkString(let bytes), .verbatimString(_, let bytes): bytes
        case .integer(let number): Array(String(number).utf8)
        case .boolean(let isTrue): Array((isTrue ? "(true)" : "(false)").utf8)
        case .array(let elements), .set(let elements), .push(let elements):
            Array(elements.map { $0.rawText(delimiter: delimiter) }.joined(separator: delimiter))
        case .map(let elements):
            Array(
                stride(from: 0, to: elements.count - 1, by: 2).map {
                    elements[$0].rawText(delimiter: delimiter) + [UInt8(ascii: " ")]
                        + elements[$0 + 1].rawText(delimiter: delimiter)
                }.joined(separator: delimiter))
        }
    }

    /// Whether redis-cli prints the reply to this command raw even on a terminal: the long texts of
    /// INFO, CLUSTER NODES and their kind.
    package static func isPrintedRaw(repliesTo arguments: [[UInt8]]) -> Bool {
        let words = arguments.prefix(2).map { String(decoding: $0, as: UTF8.self).lowercased() }
        let count = arguments.count
        return switch (words.first, words.dropFirst().first) {
        case ("info", _), ("lolwut", _): true
        case ("debug", "htstats"), ("debug", "htstats-key"), ("debug", "client-eviction"): true
        case ("memory", "malloc-stats"), ("memory", "doctor"): true
        case ("cluster", "nodes"), ("cluster", "info"): count == 2
        case ("client", "list"), ("client", "info"): true
        case ("latency", "graph"): count == 3
        case ("latency", "doctor"): count == 2
        case ("proxy", "info"): true
        default: false
        }
    }

    private func appendTerminalText(to text: inout String, indent: String) {
        switch self {
        case .simpleString(let line): text += line + "\n"
        case .error(let message): text += "(error) \(message)\n"
        case .integer(let number): text += "(integer) \(number)\n"
        case .bulkString(let bytes): text += Self.quoted(bytes) + "\n"
        case .verbatimString(_, let bytes): text += String(decoding: bytes, as: UTF8.self) + "\n"
        case .null: text += "(nil)\n"
        case .double(let digits): text += "(double) \(digits)\n"
        case .boolean(let isTrue): text += isTrue ? "(true)\n" : "(false)\n"
        case .bigNumber(let digits): text += "(big number) \(digits)\n"
        case .array(let elements):
            Self.append(elements, separator: ")", emptyName: "array", to: &text, indent: indent)
        case .push(let elements):
            Self.append(elements, separator: ")", emptyName: "push", to: &text, indent: indent)
        case .set(let elements):
            Self.append(elements, separator: "~", emptyName: "set", to: &text, indent: indent)
        case .map(let elements):
            Self.appendPairs(elements, to: &text, indent: indent)
        }
    }

    /// The first element follows its parent's number on the same line.
    private static func append(
        _ elements: [RESPValue], separator: Character, emptyName: String, to text: inout String,
        indent: String
    ) {
        guard !elements.isEmpty else { return text += "(empty \(emptyName))\n" }
        let width = String(elements.count).count
        let inner = indent + String(repeating: " ", count: width + 2)
        for (index, element) in elements.enumerated() {
            if index > 0 { text += indent }
            text += numbered(index, width: width, separator: separator)
            element.appendTerminalText(to: &text, indent: inner)
        }
    }

    private static func appendPairs(_ elements: [RESPValue], to text: inout String, indent: String)
    {
        guard !elements.isEmpty else { return text += "(empty hash)\n" }
        let width = String(elements.count / 2).count
        let inner = indent + String(repeating: " ", count: width + 2)
        for (index, start) in stride(from: 0, to: elements.count - 1, by: 2).enumerated() {
            if index > 0 { text += indent }
            text += numbered(index, width: width, separator: "#")
            elements[start].appendTerminalText(to: &text, indent: inner)
            text.removeLast()
            text += " => "
            if elements[start + 1].isMultiline { text += "\n" + inner }
            elements[start + 1].appendTerminalText(to: &text, indent: inner)
        }
    }

    /// Whether the text has several lines: as the value of a map it then starts on a line of its own.
    private var isMultiline: Bool {
        switch self {
        case .array(let elements), .set(let elements), .push(let elements):
            elements.count > 1 || elements.first?.isMultiline == true
        case .map(let elements):
            elements.count > 2 || elements.last?.isMultiline == true
        case .simpleString, .error, .integer, .bulkString, .null, .double, .boolean, .bigNumber,
            .verbatimString:
            false
        }
    }

    private static func numbered(_ index: Int, width: Int, separator: Character) -> String {
        let number = String(index + 1)
        return String(repeating: " ", count: width - number.count) + number + "\(separator) "
    }

    /// Bytes in quotes as `sdscatrepr` writes them: everything that is no printable ASCII is escaped.
    package static func quoted(_ bytes: some Sequence<UInt8>) -> String {
        var text = "\""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): text += #"\\"#
            case UInt8(ascii: "\""): text += #"\""#
            case UInt8(ascii: "\n"): text += #"\n"#
            case UInt8(ascii: "\r"): text += #"\r"#
            case UInt8(ascii: "\t"): text += #"\t"#
            case 0x07: text += #"\a"#
            case 0x08: text += #"\b"#
            case 0x20...0x7E: text.unicodeScalars.append(UnicodeScalar(byte))
            default: text += #"\x"# + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text + "\""
    }
}
