import Lab

// Wrong attempts on clusters that cannot be made what they were: what only looks is typed before the solution, what
// changes something gets a cluster of its own, on which the steps before are done once more.
extension LessonVerifier {
    /// Sorts a step's wrong attempts.
    /// - Returns: those that look only, and the numbers of those that want a cluster of their own. What takes more than the clusters
    ///   can do, or would wait once more for what the steps before wait for, is passed over and counted.
    func sorted(
        _ worked: Solution.Step, at index: Int, of lesson: Lesson, in lane: Lane,
        _ report: inout Report
    ) -> (looking: [Solution.WrongAttempt], fresh: [Int]) {
        var fresh: [Int] = []
        for (number, attempt) in worked.wrong.enumerated() where !attempt.transcript.onlyLooks {
            guard attempt.transcript.needs.isDisjoint(with: lane.lacks), !attempt.takesTime,
                canRebuild(lesson, before: index, in: lane)
            else {
                report.attemptsPassedOver += 1
                continue
            }
            fresh.append(number)
        }
        return (worked.wrong.filter(\.transcript.onlyLooks), fresh)
    }

    private func canRebuild(_ lesson: Lesson, before index: Int, in lane: Lane) -> Bool {
        (0..<index).allSatisfy { lane.course.solution(of: lesson, step: $0)?.takesTime != true }
    }
}

extension Solution.WrongAttempt {
    /// Whether one of its lines waits for something.
    fileprivate var takesTime: Bool {
        transcript.entries.contains {
            $0.input.written.hasPrefix("until ") || $0.input.written.hasPrefix("advance ")
        }
    }
}

extension Transcript {
    private static let lookingWords: Set = [
        "answer", "predict", "connect", "map", "views", "nodes", "timeline", "peek", "log", "why",
        "faults", "advance",
    ]

    /// Whether its lines change nothing of the cluster.
    var onlyLooks: Bool {
        entries.allSatisfy { entry in
            var words = entry.input.written.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.first?.hasPrefix("@") == true { words.removeFirst() }
            guard let first = words.first else { return true }
            return Self.lookingWords.contains(first) || ReadingCommand.isReading(words)
        }
    }
}
