extension LessonVerifier.Report {
    /// Every problem on its line, then the sum.
    package var text: String {
        var lines = problems.map(\.description)
        let counted = [
            Self.count(lessons, "lesson"), Self.count(steps, "step"),
            Self.count(exercises, "exercise"), Self.count(wrongAttempts, "wrong attempt"),
        ].joined(separator: ", ")
        let verdict = isClean ? "all as they should be" : Self.count(problems.count, "problem")
        lines.append("\(counted): \(verdict)")
        if !passedOver.isEmpty {
            lines.append(
                "passed over, for they run programs, which takes nodes with ports, or want a tool that is not here: "
                    + passedOver.joined(separator: ", "))
        }
        if !impossible.isEmpty {
            lines.append("passed over, for real servers cannot do it: " + impossible.joined(separator: ", "))
        }
        if attemptsPassedOver > 0 {
            lines.append("passed over, for the same reason: " + Self.count(attemptsPassedOver, "wrong attempt"))
        }
        return lines.joined(separator: "\n")
    }

    /// What each lesson and exercise took, a line each.
    package var timesText: String {
        times.map { time in
            let counts = [
                time.steps > 0 ? Self.count(time.steps, "step") : nil,
                Self.count(time.wrongAttempts, "wrong attempt"),
            ].compactMap(\.self).joined(separator: ", ")
            return "\(Self.seconds(time.duration))  \(time.id): \(counts)"
        }.joined(separator: "\n")
    }

    /// `  12.34 s`
    private static func seconds(_ duration: Duration) -> String {
        let hundredths = Int((duration / .milliseconds(10)).rounded())
        let (seconds, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        let text = "\(seconds).\(String(100 + rest).dropFirst()) s"
        return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    mutating func fail(_ file: String, _ line: Int, _ message: String) {
        problems.append(LessonError(file: file, line: line, message: message))
    }

    /// - Parameter place: what else tells where it was.
    mutating func add(
        _ differences: [TranscriptPlayer.Difference], in file: String, _ place: String = ""
    ) {
        for difference in differences { fail(file, difference.line, place + difference.message) }
    }

    /// Adds what was found in a part.
    mutating func add(_ part: Self) {
        problems += part.problems
        lessons += part.lessons
        steps += part.steps
        exercises += part.exercises
        wrongAttempts += part.wrongAttempts
        impossible += part.impossible
        attemptsPassedOver += part.attemptsPassedOver
    }

    /// Adds what came of a task.
    mutating func add(_ outcome: TaskQueue.Outcome, of task: VerifierTask) {
        let part = outcome.report
        add(part)
        if times.last?.id != task.id {
            times.append(Time(id: task.id, duration: .zero))
            if case .variation = task.kind { exercises += 1 }
        }
        times[times.count - 1].duration += outcome.duration
        times[times.count - 1].steps += part.steps
        times[times.count - 1].wrongAttempts += part.wrongAttempts
    }

    /// Ports in messages become those that the files have.
    mutating func takeBack(_ firstPort: Int) {
        let ports = PortShift(from: firstPort, to: 7000)
        for index in problems.indices {
            problems[index].message = ports(problems[index].message)
        }
    }
}

extension StepReport {
    /// What the check says about known wrong attempts.
    package var sentences: [String] { Self.sentences(requirements) }

    /// The same without what is said on the way.
    var refusals: [String] { Self.sentences(requirements.filter { !$0.isHalfway }) }

    private static func sentences(_ items: [Item]) -> [String] {
        items.compactMap { item in
            if case .lost(let why) = item.verdict {
                "\(why) Type `restart step`."
            } else {
                item.remark
            }
        }
    }
}

extension StepReport.Item {
    /// ` (now: 5)` for a requirement that does not hold and has a live value.
    package var now: String {
        switch verdict {
        case .open(let now?), .waiting(let now?): " (now: \(now))"
        case .holds, .open, .waiting, .lost: ""
        }
    }

    /// ` (line 33, now: 5)` for authors: the first condition that does not hold, and the live value.
    var placeAndNow: String {
        let place = line.map { "line \($0)" }
        let value: String? =
            switch verdict {
            case .open(let now?), .waiting(let now?): "now: \(now)"
            case .holds, .open, .waiting, .lost: nil
            }
        let parts = [place, value].compactMap(\.self)
        return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    }
}
