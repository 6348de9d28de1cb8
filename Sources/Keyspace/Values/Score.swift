import RESP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The number that the whole text is, by the rules of Redis' `string2d`: what `strtod` takes, infinity and hexadecimal
/// included, but no blanks before it; nil where it is none.
func parseScore(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    if let number = plainDecimal(text) { return number }
    guard let first = text.first, first != 0x20, !(0x09...0x0D).contains(first) else { return nil }
    return withParsed(text) { number, count, isOutOfRange in
        guard count == text.count, !number.isNaN,
            !isOutOfRange || !(number.isInfinite || number.isZero)
        else { return nil }
        return number
    }
}

/// The number that the text is as a bound of a range: as above, but blanks may come before it, no text at all is 0,
/// what is too large is infinite, and nothing counts behind a zero byte.
func parseBound(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    if let number = plainDecimal(text) { return number }
    let length = text.firstIndex(of: 0) ?? text.count
    return withParsed(text) { number, count, _ in
        count == length && !number.isNaN ? number : nil
    }
}

/// The number that a text begins with, which a dump has for a score; 0 where there is none.
func leadingNumber(_ text: UnsafeBufferPointer<UInt8>) -> Double {
    plainDecimal(text) ?? withParsed(text) { number, _, _ in number }
}

/// Numbers as they mostly come: up to 19 digits, of which up to 27 are decimals, those that a negative exponent adds
/// among them. They are what `strtod` makes of them.
@inline(__always)
private func plainDecimal(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    guard text.count > 0, text.count <= 32 else { return nil }
    let isNegative = text[0] == UInt8(ascii: "-")
    var mantissa: UInt64 = 0
    var digits = 0
    var decimals = -1
    var hasDigits = false
    for index in (isNegative ? 1 : 0)..<text.count {
        let byte = text[index]
        let digit = byte &- UInt8(ascii: "0")
        if digit <= 9 {
            mantissa = mantissa &* 10 &+ UInt64(digit)
            if mantissa != 0 || digits > 0 { digits += 1 }
            if decimals >= 0 { decimals += 1 }
            hasDigits = true
        } else if byte == UInt8(ascii: "."), decimals < 0 {
            decimals = 0
        } else {
            guard let exponent = negativeExponent(text, from: index) else { return nil }
            decimals = max(decimals, 0) + exponent
            break
        }
    }
    guard hasDigits, digits <= 19, decimals <= 27 else { return nil }
    let number =
        decimals <= 0 || mantissa == 0
        ? Double(mantissa) : Decimals.quotient(mantissa, decimals: decimals)
    return isNegative ? -number : number
}

/// The exponent behind an `e-` with which a text ends, without its sign.
private func negativeExponent(_ text: UnsafeBufferPointer<UInt8>, from index: Int) -> Int? {
    guard text.count == index + 4, text[index] | 0x20 == UInt8(ascii: "e"),
        text[index + 1] == UInt8(ascii: "-")
    else { return nil }
    let tens = text[index + 2] &- UInt8(ascii: "0")
    let ones = text[index + 3] &- UInt8(ascii: "0")
    return tens <= 9 && ones <= 9 ? Int(tens * 10 + ones) : nil
}

/// Lends what `strtod` makes of a text: the number, how many bytes it took, and whether they are beyond its range.
private func withParsed<Result>(
    _ text: UnsafeBufferPointer<UInt8>, _ body: (Double, Int, Bool) -> Result
) -> Result {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { characters in
        guard let start = characters.baseAddress else { return body(0, 0, false) }
        for index in text.indices { start[index] = CChar(bitPattern: text[index]) }
        start[text.count] = 0
        var end: UnsafeMutablePointer<CChar>?
        errno = 0
        let number = strtod(start, &end)
        return body(number, end.map { $0 - start } ?? 0, errno == ERANGE)
    }
}

/// Lends a number as Redis prints it: with 17 digits where it needs them (`addReplyDouble`).
func withText<Result>(
    ofScore score: Double, _ body: (UnsafeBufferPointer<UInt8>) -> Result
) -> Result {
    // What has fewer digits before the point than that is printed without an exponent.
    if abs(score) < 1e17, let number = Int64(exactly: score), number != 0 || score.sign == .plus {
        return withDecimal(of: number) { body(UnsafeBufferPointer(start: $0, count: $1)) }
    }
    return Decimals.withDigits(of: score, body) ?? withFormatted(score, "%.17g", capacity: 40, body)
}

/// Lends what `printf` makes of a number.
func withFormatted<Result>(
    _ number: Double, _ format: String, capacity: Int,
    _ body: (UnsafeBufferPointer<UInt8>) -> Result
) -> Result {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { characters in
        let count = withVaList([number]) {
            vsnprintf(characters.baseAddress, characters.count, format, $0)
        }
        return characters.withMemoryRebound(to: UInt8.self) { bytes in
            body(UnsafeBufferPointer(rebasing: bytes[..<min(Int(count), capacity - 1)]))
        }
    }
}

/// Less than 0 where the left bytes come first, more where the right ones do, 0 where they are the same (`sdscmp`).
@inline(__always)
func byteOrder(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
) -> Int {
    let common = min(left.count, right.count)
    if common > 0, let leftStart = left.baseAddress, let rightStart = right.baseAddress {
        let order = memcmp(leftStart, rightStart, common)
        if order != 0 { return Int(order) }
    }
    return left.count - right.count
}

extension ListpackItem {
    /// The score that the element is in a sorted set.
    @inline(__always)
    var score: Double {
        switch self {
        case .number(let number): Double(number)
        case .bytes(let buffer): leadingNumber(buffer)
        }
    }

    /// Lends a score as a listpack has it: as a number where it is one (`zzlInsertAt`).
    @inline(__always)
    static func withItem<Result>(
        ofScore score: Double, _ body: (ListpackItem) -> Result
    ) -> Result {
        if abs(score) <= largestNumber, let number = Int64(exactly: score) {
            return body(.number(number))
        }
        return withText(ofScore: score) { body(.bytes($0)) }
    }

    /// Up to here Redis trusts that a number that is whole fits (`double2ll`).
    private static var largestNumber: Double { 4_611_686_018_427_387_904 }
}

extension ReplyBuffer {
    /// Answers with a score.
    @inline(__always)
    mutating func double(_ score: Double) {
        withText(ofScore: score) { double($0) }
    }
}
