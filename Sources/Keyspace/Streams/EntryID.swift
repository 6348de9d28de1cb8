package import RESP

/// The ID of a stream's entry: when it was added, in milliseconds, and its number within that millisecond.
package struct EntryID: Hashable, Sendable {
    package var milliseconds: UInt64
    package var sequence: UInt64

    package init(_ milliseconds: UInt64, _ sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// Before all entries: no entry has it.
    package static let zero = EntryID(0, 0)
    /// The last ID that there can be.
    package static let maximum = EntryID(.max, .max)

    /// The ID right after this one; nil after the last.
    package var next: EntryID? {
        if sequence < .max { return EntryID(milliseconds, sequence + 1) }
        return milliseconds < .max ? EntryID(milliseconds + 1, 0) : nil
    }

    /// The ID right before this one; nil before the first.
    package var previous: EntryID? {
        if sequence > 0 { return EntryID(milliseconds, sequence - 1) }
        return milliseconds > 0 ? EntryID(milliseconds - 1, .max) : nil
    }

    /// The ID that is apart from this one as listpacks have it: by differences that wrap around.
    @inline(__always)
    func advanced(byMilliseconds milliseconds: Int64, sequence: Int64) -> EntryID {
        EntryID(
            self.milliseconds &+ UInt64(bitPattern: milliseconds),
            self.sequence &+ UInt64(bitPattern: sequence))
    }
}

extension EntryID: Comparable {
    @inline(__always)
    package static func < (left: EntryID, right: EntryID) -> Bool {
        left.milliseconds == right.milliseconds
            ? left.sequence < right.sequence : left.milliseconds < right.milliseconds
    }
}

// MARK: - As text

extension EntryID {
    /// The ID as clients are told it: `1526919030474-55`.
    package var text: ByteString { withText(separator: UInt8(ascii: "-")) { ByteString($0) } }

    /// Lends the two numbers with a byte between them.
    func withText<Result>(
        separator: UInt8, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 41) { digits in
            var index = Self.write(sequence, before: 41, to: digits) - 1
            digits[index] = separator
            index = Self.write(milliseconds, before: index, to: digits)
            return body(UnsafeBufferPointer(rebasing: digits[index...]))
        }
    }

    /// Writes a number in front of an index, and returns where it begins.
    private static func write(
        _ number: UInt64, before end: Int, to digits: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var index = end
        var rest = number
        repeat {
            index -= 1
            digits[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        return index
    }
}

extension ByteString {
    /// The digits of a number.
    init(decimal number: Int64) {
        self = withDecimal(of: number) { digits, count in
            ByteString(UnsafeBufferPointer(start: digits, count: count))
        }
    }
}

extension ReplyBuffer {
    /// Answers with the ID of an entry.
    mutating func bulkString(_ id: EntryID) {
        id.withText(separator: UInt8(ascii: "-")) { bulkString($0) }
    }
}

// MARK: - From arguments

extension EntryID {
    /// What XADD is told of the ID of its entry.
    package enum Requested: Hashable, Sendable {
        case automatic
        case milliseconds(UInt64)
        case exact(EntryID)
    }

    /// An ID that an argument names; `missing` is the sequence where there is none
    /// (`streamParseStrictIDOrReply`).
    package init(_ argument: Argument, missing: UInt64 = 0) throws(ReplyError) {
        guard case .exact(let id)? = Self.parse(argument.buffer, missing: missing) else {
            throw .invalidStreamID
        }
        self = id
    }

    /// The same, with `-` and `+` for the first and the last ID (`streamParseIDOrReply`).
    package init(orEnd argument: Argument, missing: UInt64 = 0) throws(ReplyError) {
        if argument.isCString("-") {
            self = .zero
        } else if argument.isCString("+") {
            self = .maximum
        } else {
            try self.init(argument, missing: missing)
        }
    }

    /// The same for one that may be left open, as in `1-*`.
    package static func requested(_ argument: Argument) throws(ReplyError) -> Requested {
        if argument.isCString("*") { return .automatic }
        guard let id = parse(argument.buffer, missing: 0, isOpen: true) else {
            throw .invalidStreamID
        }
        return id
    }

    /// The first ID of an interval: one after a `(` is not in it itself.
    package static func start(_ argument: Argument) throws(ReplyError) -> EntryID {
        guard let excluded = argument.afterParenthesis else {
            return try EntryID(orEnd: argument)
        }
        guard let id = try EntryID(excluded).next else {
            throw ReplyError("ERR invalid start ID for the interval")
        }
        return id
    }

    /// The last ID of an interval: one after a `(` is not in it itself.
    package static func end(_ argument: Argument) throws(ReplyError) -> EntryID {
        guard let excluded = argument.afterParenthesis else {
            return try EntryID(orEnd: argument, missing: .max)
        }
        guard let id = try EntryID(excluded, missing: .max).previous else {
            throw ReplyError("ERR invalid end ID for the interval")
        }
        return id
    }

    /// `streamGenericParseIDOrReply`, which reads a C string: nothing behind a zero byte counts.
    private static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, missing: UInt64, isOpen: Bool = false
    ) -> Requested? {
        guard bytes.count < 128 else { return nil }
        let text = bytes.prefix { $0 != 0 }
        guard let dash = text.firstIndex(of: UInt8(ascii: "-")) else {
            return unsigned(text).map { .exact(EntryID($0, missing)) }
        }
        guard let milliseconds = unsigned(text[..<dash]) else { return nil }
        let rest = text[(dash + 1)...]
        if isOpen, rest.elementsEqual("*".utf8) { return .milliseconds(milliseconds) }
        return unsigned(rest).map { .exact(EntryID(milliseconds, $0)) }
    }

    /// A number as `string2ull` reads it: first by Redis' own rules, then by those of strtoull, which takes blanks,
    /// a sign and leading zeros, and makes a negative number a great one.
    private static func unsigned(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
        if let number = ByteString(UnsafeBufferPointer(rebasing: text)).integer {
            return UInt64(exactly: number)
        }
        var digits = text.drop { $0 == 32 || (9...13).contains($0) }
        let sign = digits.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit - 48))
            guard !overflow, !carry else { return nil }
            number = sum
        }
        return sign == UInt8(ascii: "-") ? 0 &- number : number
    }
}

extension Argument {
    /// Whether the argument is this text, as C compares: up to the first zero byte.
    package func isCString(_ text: StaticString) -> Bool {
        buffer.prefix { $0 != 0 }.elementsEqual(
            UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The argument as C prints it: up to the first zero byte.
    var cText: String { String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) }

    /// What follows a `(` at the beginning, if that is anything.
    fileprivate var afterParenthesis: Argument? {
        count > 1 && self[0] == UInt8(ascii: "(")
            ? Argument(start: start + 1, count: count - 1) : nil
    }
}

extension ReplyError {
    static let invalidStreamID = ReplyError(
        "ERR Invalid stream ID specified as stream command argument")
}
