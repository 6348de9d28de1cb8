/// One line of a lesson file, with its number for messages.
struct SourceLine: Hashable {
    var number: Int
    var text: String

    /// The lines of a file. Windows' line ends are taken off.
    static func lines(of text: String) -> [SourceLine] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines.enumerated().map { index, line in
            SourceLine(
                number: index + 1, text: line.hasSuffix("\r") ? String(line.dropLast()) : line)
        }
    }
}

/// Moves the course's ports. Lessons are written for nodes on 7000, 7001, …; where the lab's first
/// port is another, every whole number from 7000 to 7019 and its bus port moves with it.
package struct PortShift: Sendable, Hashable {
    /// A lesson's nodes have these, and their buses those 10000 above.
    package static let count = 20

    /// The port that lessons call 7000.
    package var first: Int
    /// The port that is moved there.
    private var origin = 7000

    /// From what lessons are written for to where the lab is.
    package init(first: Int) {
        self.first = first
    }

    /// The way back, for messages about lessons whose ports were moved.
    package init(from origin: Int, to first: Int) {
        self.origin = origin
        self.first = first
    }

    /// The text with its ports moved.
    package func callAsFunction(_ text: String) -> String {
        guard first != origin else { return text }
        var result = ""
        var digits = ""
        var previous: Character = " "
        for character in text + "\n" {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            let isWord = previous.isLetter || character.isLetter
            result += isWord ? digits : moved(digits)
            digits = ""
            result.append(character)
            previous = character
        }
        return String(result.dropLast())
    }

    private func moved(_ digits: String) -> String {
        guard let number = Int(digits) else { return digits }
        switch number {
        case origin..<origin + Self.count, origin + 10_000..<origin + 10_000 + Self.count:
            return String(number - origin + first)
        default: return digits
        }
    }
}
