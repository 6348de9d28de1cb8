// The report as a learner reads it in a terminal, and as Markdown.
extension ProgressReport {
    /// `9 of 18 steps done, 1 partial, 2 skipped, about 25 minutes left.`
    package var summary: String {
        let minutes = lessons.reduce(0) { $0 + $1.minutesLeft }
        let partial = count(.partial)
        return "\(count(.done)) of \(stepCount) steps done, "
            + (partial > 0 ? "\(partial) partial, " : "")
            + "\(count(.skipped)) skipped, about \(minutes) minutes left."
    }

    /// `2 of 7 exercises passed.`
    package var exerciseSummary: String {
        let passed = exercises.count { $0.state == .done }
        return "\(passed) of \(exercises.count) exercise\(exercises.count == 1 ? "" : "s") passed."
    }

    /// How many steps of all lessons are in this state.
    package func count(_ state: State) -> Int { lessons.reduce(0) { $0 + $1.count(state) } }

    /// How many steps there are.
    package var stepCount: Int { lessons.reduce(0) { $0 + $1.steps.count } }

    /// What the marks of lists mean.
    package static let legend = "[x] done, [~] partial, [-] skipped, [ ] not begun"

    /// The whole report in a few lines a lesson.
    package var lines: [String] {
        var lines = [summary]
        for lesson in lessons {
            lines.append(
                "  [\(lesson.state.mark)] \(lesson.number) \(lesson.title)\(lesson.tally)")
            lines += lesson.steps.filter { $0.state != .done && $0.state != .open }.map {
                "        [\($0.state.mark)] \($0.title)"
            }
            if let challenge = lesson.challenge, challenge.state != .open {
                lines.append("        [\(challenge.state.mark)] challenge\(challenge.score)")
            }
        }
        if !exercises.isEmpty { lines.append(exerciseSummary) }
        lines += exercises.filter { $0.state != .open }.map {
            "  [\($0.state.mark)] \($0.number) \($0.title)\($0.score)"
        }
        return lines + [Self.legend]
    }

    // MARK: Markdown

    /// Readable as it is, and as a page.
    package var markdown: String {
        var lines = ["# Progress" + (learner.map { ": \($0.inMarkdown)" } ?? ""), ""]
        lines += [summary + " " + exerciseSummary, ""]
        for lesson in lessons { lines += markdown(of: lesson) }
        if !exercises.isEmpty {
            lines += ["## Exercises", ""]
            lines += Self.table(
                ["exercise", "state", "best", "time", "hints", "goes", "graded", "seed"],
                exercises.map { ["\($0.number). \($0.title.inMarkdown)"] + $0.cells })
        }
        if !others.isEmpty {
            lines += ["## Not in this course", ""] + others.map { "- \($0.inMarkdown)" } + [""]
        }
        return lines.joined(separator: "\n")
    }

    private func markdown(of lesson: LessonPart) -> [String] {
        let title = "## Lesson \(lesson.number): \(lesson.title.inMarkdown)"
        var lines = [title, "", "\(lesson.state.rawValue)\(lesson.tally)", ""]
        lines += Self.table(
            ["step", "state", "hints"],
            lesson.steps.map { step in
                [
                    step.title.inMarkdown, step.state.rawValue,
                    step.hints > 0 ? "\(step.hints) of \(step.hintCount)" : "",
                ]
            })
        if let challenge = lesson.challenge, challenge.state != .open {
            lines += ["Challenge: \(challenge.state.rawValue)\(challenge.score)", ""]
        }
        return lines
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|")
        return [line(head), rule + "|"] + rows.map(line) + [""]
    }
}

extension ProgressReport.LessonPart {
    /// `: 3 of 5 steps done, 1 skipped, 2 hints read`; nothing for a lesson that is done without hints or not begun.
    package var tally: String {
        let (partial, skipped) = (count(.partial), count(.skipped))
        let parts = [
            state == .done || state == .open ? nil : "\(count(.done)) of \(steps.count) steps done",
            partial > 0 ? "\(partial) partial" : nil, skipped > 0 ? "\(skipped) skipped" : nil,
            hints > 0 ? "\(hints) hint\(hints == 1 ? "" : "s") read" : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }
}

extension ProgressReport.ExercisePart {
    /// `: best 9 of 10 in 2:13, 1 hint, 3 goes, seed 4`.
    package var score: String {
        let goes = record.begun
        let tries = goes > 1 ? ", \(goes) goes" : ""
        guard let best = record.best else { return goes > 0 ? ": begun\(tries)" : "" }
        let hints = best.hints == 0 ? "" : ", \(best.hints) hint\(best.hints == 1 ? "" : "s")"
        return ": best \(best.score) of \(best.points) in \(Self.clock(best.seconds))\(hints)"
            + "\(tries), seed \(best.seed)"
    }

    /// Behind its title in the table.
    fileprivate var cells: [String] {
        let numbers = [record.begun, record.graded].map { $0 > 0 ? "\($0)" : "" }
        guard let best = record.best else { return [state.rawValue, "", "", ""] + numbers + [""] }
        return [
            state == .done ? "passed" : state.rawValue, "\(best.score) of \(best.points)",
            Self.clock(best.seconds), "\(best.hints)",
        ] + numbers + ["\(best.seed)"]
    }

    /// `2:13`.
    package static func clock(_ seconds: Int) -> String {
        let rest = seconds % 60
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension String {
    /// What would end a table's cell or begin a new line is not left in it.
    fileprivate var inMarkdown: String {
        replacing("|", with: "\\|").split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
