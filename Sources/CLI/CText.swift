#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Numbers as C reads and prints them: redis-cli takes `7000x` for 7000, and rounds as `printf` does.
enum CText {
    /// `strtoll`: the number at the beginning of the text, 0 where there is none.
    static func integer(_ bytes: [UInt8]) -> Int {
        Int(strtoll(String(decoding: bytes, as: UTF8.self), nil, 10))
    }

    /// `atoi`: the same, cut to 32 bits.
    static func int(_ bytes: [UInt8]) -> Int {
        Int(Int32(truncatingIfNeeded: integer(bytes)))
    }

    /// `atof`.
    static func double(_ bytes: [UInt8]) -> Double {
        strtod(String(decoding: bytes, as: UTF8.self), nil)
    }

    /// `strtol` on a whole word: nil when it is no number, and `.some(nil)` when it is one out of range.
    static func wholeInteger(_ bytes: [UInt8]) -> Int?? {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.withCString { start -> Int?? in
            var end: UnsafeMutablePointer<CChar>?
            errno = 0
            let number = strtol(start, &end, 10)
            guard let end, end.pointee == 0 else { return nil }
            return errno == 0 ? .some(number) : .some(nil)
        }
    }

    /// `printf("%.2f")`, with as many digits as wanted.
    static func fixed(_ number: Double, digits: Int = 2) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList([Int32(digits), number]) {
            vsnprintf(&buffer, buffer.count, "%.*f", $0)
        }
        return String(
            decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `printf("%05.2f")`.
    static func percent(_ number: Double) -> String {
        let text = fixed(number)
        return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }

    /// `printf("%-8s")`.
    static func leftAligned(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }

    /// `printf("%6s")`.
    static func rightAligned(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}
