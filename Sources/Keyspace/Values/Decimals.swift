/// Doubles and decimal digits, exactly, for numbers of a usual size: what `strtod` and `printf` do, and quicker.
///
/// A power of ten is a power of five and one of two, and the latter only moves bits. So both ways need one
/// multiplication or division of 128 bits by a power of five, and right rounding.
enum Decimals {
    private static let powersOfFive: [UInt64] = (0...27).reduce(into: []) { powers, _ in
        powers.append(powers.last.map { $0 * 5 } ?? 1)
    }

    /// The double that is nearest to a number, which is not 0, divided by a power of ten.
    static func quotient(_ number: UInt64, decimals: Int) -> Double {
        let five = powersOfFive[decimals]
        let left = number.leadingZeroBitCount
        let right = five.leadingZeroBitCount
        let dividend = number << UInt64(left)
        // Half of the dividend is less than the divisor, as it has to be, and the quotient has 62 bits or more.
        let (quotient, remainder) = (five << UInt64(right)).dividingFullWidth(
            (dividend >> 1, dividend << 63))
        let surplus = 11 - quotient.leadingZeroBitCount
        let kept = rounded(quotient, surplus, isMore: remainder != 0)
        return Double(kept) * powerOfTwo(right - left - 63 - decimals + surplus)
    }

    /// A number without some of its lowest bits, one at least, rounded to the nearest one and, from the middle, to an
    /// even one.
    private static func rounded(_ number: UInt64, _ surplus: Int, isMore: Bool) -> UInt64 {
        let kept = number >> UInt64(surplus)
        let rest = number & (1 << UInt64(surplus) - 1)
        let half: UInt64 = 1 << UInt64(surplus - 1)
        let isUp = rest > half || rest == half && (isMore || kept & 1 == 1)
        return isUp ? kept + 1 : kept
    }

    private static func powerOfTwo(_ exponent: Int) -> Double {
        Double(bitPattern: UInt64(exponent + 1023) << 52)
    }

    // MARK: - Digits

    /// Lends a number as `%.17g` prints it; nil, and nothing is lent, where the number is very large or small.
    static func withDigits<Result>(
        of number: Double, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result? {
        guard abs(number) >= 1e-10, abs(number) < 1e16 else { return nil }
        var exponent = decimalExponent(of: number)
        var digits = seventeenDigits(of: number, exponent)
        // Rounding may have made one more of them.
        if digits >= 100_000_000_000_000_000 {
            exponent += 1
            digits = seventeenDigits(of: number, exponent)
        }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { text in
            let hasExponent = exponent < -4
            var count = write(
                digits, hasExponent ? 0 : exponent, isNegative: number < 0, to: text)
            if hasExponent {
                let zero = UInt8(ascii: "0")
                let tens = UInt8(-exponent / 10)
                let ones = UInt8(-exponent % 10)
                for byte in [UInt8(ascii: "e"), UInt8(ascii: "-"), zero + tens, zero + ones] {
                    text[count] = byte
                    count += 1
                }
            }
            return body(UnsafeBufferPointer(rebasing: text[..<count]))
        }
    }

    /// The smallest number of each place of the first digit, from that of 1e-10 on. Doubles are not all as large as the
    /// powers of ten that they are next to.
    private static let powersOfTen: [Double] = [
        1e-10, 1e-9, 1e-8, 1e-7.nextUp, 1e-6.nextUp, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2,
        1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// The place of the first digit, counted from that before the point.
    private static func decimalExponent(of number: Double) -> Int {
        // The logarithm of 2 gives a place that is too low by one at most.
        let guess = (Double(number.exponent) * 0.30103).rounded(.down)
        var index = max(0, Int(guess) + 10)
        while index + 1 < powersOfTen.count, abs(number) >= powersOfTen[index + 1] { index += 1 }
        return index - 10
    }

    /// The number as a whole one of 17 digits, rounded as `printf` does it.
    private static func seventeenDigits(of number: Double, _ exponent: Int) -> UInt64 {
        let decimals = 16 - exponent
        let product = number.significandBitPattern + (1 << 52)
        let (high, low) = product.multipliedFullWidth(by: powersOfFive[decimals])
        // What the product has to be divided by, as a power of two: the number is its significand times a power.
        let shift = 52 - Int(number.exponent) - decimals
        guard shift > 0 else { return low << UInt64(-shift) }
        let kept = high << UInt64(64 - shift) | low >> UInt64(shift)
        let rest = low & (1 << UInt64(shift) - 1)
        let half: UInt64 = 1 << UInt64(shift - 1)
        return rest > half || rest == half && kept & 1 == 1 ? kept + 1 : kept
    }

    /// Writes 17 digits, of which the zeros at the end are left out, with a point; returns how many bytes they take.
    private static func write(
        _ digits: UInt64, _ exponent: Int, isNegative: Bool,
        to text: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var (digits, count) = (digits, 17)
        while digits % 10 == 0, count > max(1, exponent + 1) {
            digits /= 10
            count -= 1
        }
        let start = isNegative ? 1 : 0
        let zeros = max(0, -exponent)
        let decimals = count - 1 - exponent
        var place = start + zeros + count + (decimals > 0 ? 1 : 0)
        let end = place
        for index in 0..<zeros + count {
            if index == decimals, decimals > 0 {
                place -= 1
                text[place] = UInt8(ascii: ".")
            }
            place -= 1
            text[place] = UInt8(ascii: "0") + UInt8(digits % 10)
            digits /= 10
        }
        if isNegative { text[0] = UInt8(ascii: "-") }
        return end
    }
}
