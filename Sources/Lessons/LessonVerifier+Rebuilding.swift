import Lab

// Wrong attempts on clusters that cannot be made what they were: what only looks is typed before the solution, what
// changes something gets a cluster of its own, on which the steps before are done once more.
extension LessonVerifier {
    /// A wrong attempt that wants a cluster of its own.
    struct FreshAttempt {
        let index: Int
        let step: Solution.Step
        let attempt: Solution.WrongAttempt
    }

    /// Sorts a step's wrong attempts.
    /// - Returns: those that look only, and those that want a cluster of their own. What takes more than the clusters
    ///   can do, or would wait once more for what the steps before wait for, is passed over and counted.
    func sorted(
        _ worked: Solution.Step, at index: Int, of lesson: Lesson, in lane: Lane,
        _ report: inout Report
    ) -> (looking: Solution.Step, fresh: [FreshAttempt]) {
        var (looking, fresh): (Solution.Step, [FreshAttempt]) = (worked, [])
        looking.wrong = worked.wrong.filter { $0.transcript.onlyLooks }
        for attempt in worked.wrong where !attempt.transcript.onlyLooks {
            guard attempt.transcript.needs.isDisjoint(with: lane.lacks), !attempt.takesTime,
                canRebuild(lesson, before: index, in: lane)
            else {
                report.attemptsPassedOver += 1
                continue
            }
            fresh.append(FreshAttempt(index: index, step: worked, attempt: attempt))
        }
        return (looking, fresh)
    }

    private func canRebuild(_ lesson: Lesson, before index: Int, in lane: Lane) -> Bool {
        (0..<index).allSatisfy { lane.course.solution(of: lesson, step: $0)?.takesTime != true }
    }

    /// Types one on a new cluster, as it is when its step begins.
    func refuse(
        _ fresh: FreshAttempt, of lesson: Lesson, in lane: Lane, into report: inout Report
    ) throws(LabError) {
        let file = lane.course.solutions[lesson.path]?.file ?? lesson.file
        try onCluster(of: lesson.start, in: lane) { player, observer throws(LabError) in
            for earlier in 0..<fresh.index {
                guard lane.course.needs(of: lesson, step: earlier).isDisjoint(with: lane.lacks)
                else { continue }
                try player.beginStep(lesson.steps[earlier])
                for transcript in lane.course.solution(of: lesson, step: earlier)?.transcripts ?? []
                {
                    _ = try player.play(transcript)
                }
                // What comes true by itself is waited for, as by a learner.
                _ = try CheckEvaluator(observer: observer, journal: player.journal)
                    .report(on: lesson.steps[earlier], isAsked: true)
            }
            try player.beginStep(lesson.steps[fresh.index])
            var step = fresh.step
            step.wrong = [fresh.attempt]
            refuse(step, of: lesson.steps[fresh.index], in: file, &report) { () throws(LabError) in
                (player.fork(observer: observer), observer)
            }
        }
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
