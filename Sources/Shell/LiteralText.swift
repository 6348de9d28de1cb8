/// Characters that stand for themselves where others would be Markdown: as long as a text is read, they lie in the part of
/// Unicode that is for private use.
enum LiteralText {
    private static let base: UInt32 = 0xE000
    private static let used = base + 33...base + 126

    /// The text as a part of Markdown. Letters are never more than letters; lines become one.
    static func marked(_ text: String) -> String {
        map(text) { scalar in
            if scalar == "\n" || scalar == "\r" { return " " }
            let isSign = (33...126).contains(scalar.value) && !scalar.properties.isAlphabetic
            return isSign ? Unicode.Scalar(base + scalar.value) ?? scalar : scalar
        }
    }

    /// What is read, as it is to be written.
    static func plain(_ text: String) -> String {
        map(text) { scalar in
            isMarked(scalar) ? Unicode.Scalar(scalar.value - base) ?? scalar : scalar
        }
    }

    /// Whether a character stands for another one.
    static func isMarked(_ character: Character) -> Bool {
        character.unicodeScalars.first.map(isMarked) ?? false
    }

    private static func isMarked(_ scalar: Unicode.Scalar) -> Bool { used.contains(scalar.value) }

    private static func map(
        _ text: String, _ change: (Unicode.Scalar) -> Unicode.Scalar
    ) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text.unicodeScalars.map(change))
        return String(scalars)
    }
}
