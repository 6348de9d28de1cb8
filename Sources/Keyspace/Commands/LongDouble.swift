#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// INCRBYFLOAT counts in C's `long double`. Swift has that type on x86 only; elsewhere `Double`
// stands in, with as many decimals as it has meaning for.
#if arch(x86_64) && !os(Windows)
    typealias LongDouble = Float80
    private let format = "%.17Lf"
#else
    typealias LongDouble = Double
    private let format = "%.14f"
#endif

/// The number that the whole text is, by the rules of Redis' `string2ld`: what `strtold` takes,
/// infinity and hexadecimal included, but no blanks around it; nil where it is none.
func parseLongDouble(_ text: UnsafeBufferPointer<UInt8>) -> LongDouble? {
    // C's `isspace` at the start, and Redis' limit of 5 * 1024 with the final zero.
    guard let first = text.first, text.count < 5 * 1024, first != 0x20,
        !(0x09...0x0D).contains(first)
    else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { characters in
        guard let start = characters.baseAddress else { return nil }
        for index in text.indices { start[index] = CChar(bitPattern: text[index]) }
        start[text.count] = 0
        var end: UnsafeMutablePointer<CChar>?
        errno = 0
        #if arch(x86_64) && !os(Windows)
            let number = strtold(start, &end)
        #else
            let number = strtod(start, &end)
        #endif
        let isOutOfRange = errno == ERANGE && (number.isInfinite || number.isZero)
        guard end == start + text.count, !isOutOfRange, errno != EINVAL, !number.isNaN else {
            return nil
        }
        return number
    }
}

/// The number as people write it: no exponent, no zeros at the end (`ld2string` with
/// `LD_STR_HUMAN`).
func formatLongDouble(_ number: LongDouble) -> [UInt8] {
    // The largest long double has 4933 digits before the point.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 5 * 1024) { characters in
        let count = withVaList([number]) {
            vsnprintf(characters.baseAddress, characters.count, format, $0)
        }
        var digits = characters.prefix(Int(count)).map { UInt8(bitPattern: $0) }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits.last == UInt8(ascii: ".") { digits.removeLast() }
        return digits == Array("-0".utf8) ? Array("0".utf8) : digits
    }
}

/// The number that the whole text is for SORT: what `strtod` takes, and 0 for no text at all; nil where it is none.
func parseWeight(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { characters in
        guard let start = characters.baseAddress else { return nil }
        for index in text.indices { start[index] = CChar(bitPattern: text[index]) }
        start[text.count] = 0
        var end: UnsafeMutablePointer<CChar>?
        errno = 0
        let number = strtod(start, &end)
        guard end?.pointee == 0, errno != ERANGE, !number.isNaN else { return nil }
        return number
    }
}
