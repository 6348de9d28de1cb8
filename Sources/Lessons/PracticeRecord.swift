/// What is kept of an exercise: the best go, and the seeds that were tried.
package struct PracticeRecord: Sendable, Hashable {
    package var best: Score?
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

    /// Keeps the score if there is no better one.
    mutating func add(_ score: Score) {
        if let best, !score.isBetter(than: best) { return }
        best = score
    }
}

extension PracticeRecord {
    /// `best ID SCORE POINTS SECONDS HINTS SEED` and `tried ID SEED …`.
    func lines(of id: String) -> [String] {
        var lines: [String] = []
        if let best {
            lines.append(
                "best \(id) \(best.score) \(best.points) \(best.seconds) \(best.hints) \(best.seed)"
            )
        }
        if !seeds.isEmpty {
            lines.append("tried \(id) " + seeds.map { "\($0)" }.joined(separator: " "))
        }
        return lines
    }

    /// Takes in what stands behind the id; false when that is no such line.
    mutating func read(_ word: String, _ rest: ArraySlice<String>) -> Bool {
        let numbers = rest.compactMap { UInt64($0) }
        guard numbers.count == rest.count, !numbers.isEmpty else { return false }
        switch word {
        case "best" where numbers.count == 5:
            let small = numbers.prefix(4).compactMap { Int(exactly: $0) }
            guard small.count == 4 else { return false }
            best = Score(
                score: small[0], points: small[1], seconds: small[2], hints: small[3],
                seed: numbers[4])
            return true
        case "tried":
            seeds = numbers
            return true
        default: return false
        }
    }
}
