/// What differs from one go of an exercise to the next: words of its text, and what each stands for
/// this time.
package struct Variation: Sendable, Hashable {
    package var values: [Value]

    /// A word and what stands for it.
    package struct Value: Sendable, Hashable {
        package var name: String
        package var text: String
    }

    /// The text with every `${name}` of this variation replaced.
    package func callAsFunction(_ text: String) -> String {
        var text = text
        for value in values { text = text.replacing("${\(value.name)}", with: value.text) }
        return text
    }
}

/// The lines of a `vary` block: `user: 42 | 77`, `count: 100..300`, and names that change together,
/// `key slot: a 15495 | b 3300`.
struct Variations: Sendable, Hashable {
    private var lines: [Line] = []

    private struct Line: Sendable, Hashable {
        var names: [String]
        var choices: Choices
    }

    private enum Choices: Sendable, Hashable {
        case rows([[String]])
        case range(ClosedRange<Int>)
    }

    /// Reads the block of a file that has one.
    init(of text: String, file: String) throws(LessonError) {
        var isInside = false
        for line in SourceLine.lines(of: text) {
            if line.text.hasPrefix("```") {
                isInside = line.text.trimmed == "```vary"
            } else if isInside, !line.text.trimmed.isEmpty {
                lines.append(try Self.read(line, file: file))
            }
        }
    }

    /// The same seed draws the same.
    func variation(seed: UInt64) -> Variation {
        var draws = SeededDraws(seed: seed)
        var values: [Variation.Value] = []
        for line in lines {
            switch line.choices {
            case .range(let range):
                let number = range.lowerBound + draws.next(below: range.count)
                values.append(.init(name: line.names[0], text: "\(number)"))
            case .rows(let rows):
                let row = rows[draws.next(below: rows.count)]
                values += zip(line.names, row).map { .init(name: $0, text: $1) }
            }
        }
        return Variation(values: values)
    }

    private static func read(_ line: SourceLine, file: String) throws(LessonError) -> Line {
        func mistake(_ message: String) -> LessonError {
            LessonError(file: file, line: line.number, message: message)
        }
        guard let colon = line.text.firstRange(of: ": ") else {
            throw mistake("a line of a vary block is 'name: a | b | c' or 'name: 1..9'")
        }
        let names = line.text[..<colon.lowerBound].split(separator: " ").map(String.init)
        let text = line.text[colon.upperBound...].trimmed
        guard !names.isEmpty, names.allSatisfy({ $0.allSatisfy(\.isLetter) }) else {
            throw mistake("a name of a vary block has letters only")
        }
        if let (first, last) = ends(of: text) {
            guard names.count == 1 else { throw mistake("a range is for one name") }
            guard first < last else {
                throw mistake(
                    first == last
                        ? "the range \(text) has one number; one choice is none"
                        : "the range \(text) is upside down: write \(last)..\(first)")
            }
            let range = first...last
            return Line(names: names, choices: .range(range))
        }
        var rows: [[String]] = []
        for choice in text.split(separator: "|") {
            guard let words = try? Word.split(String(choice)).map(\.text) else {
                throw mistake("a quote is left open")
            }
            guard words.count == names.count else {
                throw mistake("'\(choice.trimmed)' has \(words.count) words for \(names.count)")
            }
            rows.append(words)
        }
        guard rows.count > 1 else { throw mistake("one choice is none") }
        return Line(names: names, choices: .rows(rows))
    }

    private static func ends(of text: String) -> (Int, Int)? {
        guard let dots = text.firstRange(of: ".."), let first = Int(text[..<dots.lowerBound]),
            let last = Int(text[dots.upperBound...])
        else { return nil }
        return (first, last)
    }
}

/// SplitMix64: numbers that the same seed draws in the same order everywhere.
private struct SeededDraws {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next(below count: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(count))
    }
}
