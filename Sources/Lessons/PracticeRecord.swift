/// What is kept of an exercise: the best go, how many there were, and the seeds that were tried.
package struct PracticeRecord: Sendable, Hashable {
    package var best: Score?
    /// How often it was begun, and how often a score was given: a go may have several.
    package var begun = 0
    package var graded = 0
    /// In the order in which they were tried.
    package var seeds: [UInt64] = []

    package init() {}

    /// A go that was graded.
    package struct Score: Sendable, Hashable {
        package var score: Int
        package var points: Int
        package var seconds: Int
        package var hints: Int
        package var seed: UInt64

        package init(score: Int, points: Int, seconds: Int, hints: Int, seed: UInt64) {
            self.score = score
            self.points = points
            self.seconds = seconds
            self.hints = hints
            self.seed = seed
        }

        /// More points are better, then fewer hints, then less time.
        func isBetter(than other: Score) -> Bool {
            (score, -hints, -seconds) > (other.score, -other.hints, -other.seconds)
        }
    }

    /// Counts the score, and keeps it if there is no better one.
    mutating func add(_ score: Score) {
        graded += 1
        if let best, !score.isBetter(than: best) { return }
        best = score
    }
}

extension PracticeRecord {
    /// `best ID SCORE POINTS SECONDS HINTS SEED`, `goes ID BEGUN GRADED` and `tried ID SEED …`.
    func lines(of id: String) -> [String] {
        var lines: [String] = []
        if let best {
            lines.append(
                "best \(id) \(best.score) \(best.points) \(best.seconds) \(best.hints) \(best.seed)"
            )
        }
        if begun > 0 || graded > 0 { lines.append("goes \(id) \(begun) \(graded)") }
        if !seeds.isEmpty {
            lines.append("tried \(id) " + seeds.map { "\($0)" }.joined(separator: " "))
        }
        return lines
    }

    /// Takes in what stands behind the id; false when that is no such line.
    mutating func read(_ word: String, _ rest: ArraySlice<String>) -> Bool {
        let numbers = rest.compactMap { UInt64($0) }
        let small = numbers.prefix(4).compactMap { Int(exactly: $0) }
        guard numbers.count == rest.count, !numbers.isEmpty else { return false }
        switch word {
        case "best" where numbers.count == 5 && small.count == 4:
            best = Score(
                score: small[0], points: small[1], seconds: small[2], hints: small[3],
                seed: numbers[4])
        case "goes" where numbers.count == 2 && small.count == 2:
            (begun, graded) = (small[0], small[1])
        case "tried":
            seeds = numbers
            // Version 2 counted nothing: so often at least.
            begun = max(begun, seeds.count)
        default: return false
        }
        return true
    }
}
