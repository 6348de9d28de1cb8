// Durations as they are typed and shown.
extension Duration {
    /// `300ms`, `5s`, `2m`, or a number of seconds such as `0.5`; nil for anything else.
    init?(typed text: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("", 1)]
        for (unit, seconds) in units where text.lowercased().hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number >= 0, number <= 86_400
            else { continue }
            self = .milliseconds(Int64((number * seconds * 1000).rounded()))
            return
        }
        return nil
    }

    /// `300 ms`, `5 s`, `1.25 s`.
    var shown: String {
        let milliseconds = Int((self / .milliseconds(1)).rounded())
        guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        guard rest > 0 else { return "\(seconds) s" }
        var digits = String(String(1000 + rest).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(seconds).\(digits) s"
    }
}
