import Keyspace

/// What the values of parameters look like, and what is wrong with others, in Redis' words (config.c).
extension ConfigurationParameter {
    /// `setConfigSaveOption`.
    static func savePoints(
        _ value: String
    ) throws(Refusal) -> [Configuration.SavePoint] {
        let words = value.split(separator: " ")
        let numbers = words.compactMap { Int($0) }
        guard numbers.count == words.count, numbers.count % 2 == 0 else {
            throw Refusal(reason: "Invalid save parameters")
        }
        return try stride(from: 0, to: numbers.count, by: 2).map { index throws(Refusal) in
            guard numbers[index] >= 1, numbers[index + 1] >= 0 else {
                throw Refusal(reason: "Invalid save parameters")
            }
            return Configuration.SavePoint(seconds: numbers[index], changes: numbers[index + 1])
        }
    }

    /// A name that fits into packets and lines (`isValidAnnouncedHostname`).
    static func hostname(_ value: String) throws(Refusal) -> String {
        guard value.utf8.count < 256 else {
            throw Refusal(reason: "Hostnames must be less than 256 characters")
        }
        let isPlain = value.utf8.allSatisfy { byte in
            let character = Character(UnicodeScalar(byte))
            return character.isASCII && (character.isLetter || character.isNumber)
                || character == "-" || character == "."
        }
        guard isPlain else {
            throw Refusal(
                reason: "Hostnames may only contain alphanumeric characters, hyphens or dots")
        }
        return value
    }

    /// What is wrong with the text of a parameter that does not take every text.
    static func problem(of name: String, _ value: String) -> String? {
        let isPath = value.contains("/")
        switch name {
        case "cluster-announce-hostname":
            if value.utf8.count >= 256 { return "Hostnames must be less than 256 characters" }
            let isHostname = value.utf8.allSatisfy {
                $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                    || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20
            }
            return isHostname
                ? nil : "Hostnames may only contain alphanumeric characters, hyphens or dots"
        case "dbfilename": return isPath ? "dbfilename can't be a path, just a filename" : nil
        case "appendfilename", "appenddirname":
            if value.isEmpty { return "\(name) can't be empty" }
            let kind = name == "appendfilename" ? "filename" : "dirname"
            return isPath ? "\(name) can't be a path, just a \(kind)" : nil
        default: return nil
        }
    }

    // MARK: - Numbers

    /// A whole number within bounds.
    static func integer(_ value: String, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let number = Int(value), String(number) == value else {
            throw Refusal(reason: "argument couldn't be parsed into an integer")
        }
        return try check(number, in: range)
    }

    /// Bytes, with units, within bounds.
    static func memory(_ value: String, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let number = Int(exactly: try memory(value)) else { throw outside(range) }
        return try check(number, in: range)
    }

    /// A number with a unit (`memtoull` in util.c): `k` is 1000, `kb` 1024. No digits at all are 0, and what is too
    /// much for 64 bits is as much as these hold.
    static func memory(_ value: String) throws(Refusal) -> UInt64 {
        guard let bytes = bytes(value) else {
            throw Refusal(reason: "argument must be a memory value")
        }
        return bytes
    }

    private static func bytes(_ value: String) -> UInt64? {
        let digits = value.prefix { $0.isASCII && $0.isNumber }
        let units: [String: UInt64] = [
            "": 1, "b": 1, "k": 1000, "kb": 1 << 10, "m": 1_000_000, "mb": 1 << 20,
            "g": 1_000_000_000, "gb": 1 << 30,
        ]
        guard digits.utf8.count < 128,
            let unit = units[value.dropFirst(digits.count).lowercased()]
        else { return nil }
        let number = digits.isEmpty ? 0 : UInt64(digits) ?? .max
        return number &* unit
    }

    /// Bytes, or a percentage as a negative number (`numericParseString`).
    static func memoryOrPercent(_ value: String) throws(Refusal) -> Int {
        let number: Int
        if let bytes = bytes(value) {
            number = Int(truncatingIfNeeded: bytes)
        } else if value.hasSuffix("%"), let percent = Int(value.dropLast()), percent >= 0,
            String(percent) == value.dropLast()
        {
            number = -percent
        } else {
            throw Refusal(reason: "argument must be a memory or percent value")
        }
        guard number >= -100 else {
            throw Refusal(reason: "percentage argument must be less or equal to 100")
        }
        return number
    }

    static func text(ofMemoryOrPercent number: Int) -> String {
        number < 0 ? "\(-number)%" : "\(number)"
    }

    private static func check(_ number: Int, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard range.contains(number) else { throw outside(range) }
        return number
    }

    private static func outside(_ range: ClosedRange<Int>) -> Refusal {
        Refusal(
            reason:
                "argument must be between \(range.lowerBound) and \(range.upperBound) inclusive")
    }

    /// `setConfigLatencyTrackingInfoPercentilesOutputOption`.
    static func percentiles(_ value: String) throws(Refusal) -> [Double] {
        guard !value.isEmpty else { return [] }
        return try value.split(separator: " ", omittingEmptySubsequences: false)
            .map { word throws(Refusal) in
                guard let percentile = Double(word), !percentile.isNaN else {
                    throw Refusal(
                        reason: "Invalid latency-tracking-info-percentiles parameters")
                }
                guard 0...100 ~= percentile else {
                    throw Refusal(
                        reason: "latency-tracking-info-percentiles parameters should sit between "
                            + "[0.0,100.0]")
                }
                return percentile
            }
    }

    /// The words of a choice in the order of the choices (`configEnumGetValue`).
    static func chosen(_ value: String, of choices: [String]) throws(Refusal) -> String {
        let words = value.lowercased().split(separator: " ", omittingEmptySubsequences: false)
            .map(String.init)
        guard !value.isEmpty, words.allSatisfy({ choices.contains($0) }) else {
            throw .noneOf(choices)
        }
        guard !words.contains("save") || !words.contains("nosave") else {
            throw Refusal(reason: "shutdown options SAVE and NOSAVE can't be used simultaneously")
        }
        let chosen = choices.dropFirst().filter { words.contains($0) }
        return chosen.isEmpty ? choices[0] : chosen.joined(separator: " ")
    }
}

extension Double {
    /// The number with up to six decimals, without zeros at the end.
    var trimmedText: String {
        let millionths = Int((self * 1_000_000).rounded())
        var decimals = String(String(millionths % 1_000_000 + 1_000_000).dropFirst())
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(millionths / 1_000_000)" + (decimals.isEmpty ? "" : ".\(decimals)")
    }
}
