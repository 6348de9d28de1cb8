import Lab

// The two files that come of a draft.
extension LessonDraft {
    /// The lesson; each step asks for its line, and has its check, three hints and a reason to be written.
    package var lesson: String {
        let ports = PortShift(from: start.plan.port, to: 7000)
        let head = [
            "---", "id: \(id)", "title: \(title)", "minutes: \(max(5, steps.count))", "---", "",
            "Say in a few lines what this lesson is about, and why a reader should care.", "",
            "```cluster",
        ]
        let lines =
            head + start.lines.map { ports($0) } + ["```", ""]
            + steps.enumerated().flatMap { stepLines($0, $1) }.map { ports($0) }
            + ["## Recap", "", "- Say in one line what to keep."]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The solution: each line with the reply that it had.
    package var solution: String {
        let ports = PortShift(from: start.plan.port, to: 7000)
        var lines: [String] = []
        var follows = false
        for (index, step) in steps.enumerated() {
            lines += [
                "## \(title(of: step, index))", "", "Say here why this is the way.", "", "```redis",
            ]
            if step.followsRedirects != follows {
                follows = step.followsRedirects
                lines.append(
                    "\(prompt(step)) redis-cli \(follows ? "-c " : "")-p \(step.port)")
            }
            lines.append("\(prompt(step)) \(step.input)")
            lines += step.reply
            lines += ["```", ""]
        }
        return lines.map { ports($0) }.joined(separator: "\n")
    }

    private func prompt(_ step: Step) -> String { "127.0.0.1:\(step.port)>" }

    private func stepLines(_ index: Int, _ step: Step) -> [String] {
        let command = step.input.prefix { $0 != " " }
        let patience = step.mayTakeTime ? "within 30s: " : ""
        let follow = step.followsRedirects ? " (behind `redis-cli -c -p \(step.port)`)" : ""
        return [
            "## \(title(of: step, index))", "",
            "Say what will be seen, then let it be done: type `\(step.input)` at \(step.port)\(follow).",
            "", "```check", label(of: step), "    \(patience)\(step.condition)", "```", "",
            "```hint", "Which command does that, and which node has to be asked?", "```", "",
            "```hint", "`\(command.uppercased())`, at \(step.port).", "```", "",
            "```hint", "`\(step.input)` at \(step.port)\(follow)", "```", "",
            "```why", "Say here why it happened.", "```", "",
        ]
    }

    /// Titles are told apart by their numbers; ids of nodes do not belong into them.
    private func title(of step: Step, _ index: Int) -> String {
        let words = step.input.split(separator: " ").filter { !$0.contains("${") }
        let text = words.joined(separator: " ")
        return "\(index + 1). " + (text.count > 40 ? text.prefix(39) + "…" : text)
    }

    /// In the learner's words, as far as a program can.
    private func label(of step: Step) -> String {
        if step.condition.hasPrefix("saw ") {
            return "A node has answered \(step.condition.dropFirst(4))"
        }
        if step.condition.hasPrefix("ran ") { return "You have asked, and read the reply" }
        return "The cluster is as `\(step.input.prefix { $0 != " " }.uppercased())` leaves it"
    }
}
