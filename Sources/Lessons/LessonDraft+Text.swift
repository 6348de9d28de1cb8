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
            for line in step.lines {
                if line.followsRedirects != follows {
                    follows = line.followsRedirects
                    lines.append(
                        "\(prompt(line)) redis-cli \(follows ? "-c " : "")-p \(line.port)")
                }
                lines.append("\(prompt(line)) \(line.input)")
                lines += line.reply
            }
            lines += ["```", ""]
        }
        return lines.map { ports($0) }.joined(separator: "\n")
    }

    private func prompt(_ line: Line) -> String { "127.0.0.1:\(line.port)>" }

    private func stepLines(_ index: Int, _ step: Step) -> [String] {
        let patience = step.mayTakeTime ? "within 30s: " : ""
        let typed = step.lines.map { "`\($0.input)`" }.joined(separator: ", then ")
        let place = step.isWord ? "" : place(of: step.lines[0])
        return [
            "## \(title(of: step, index))", "",
            "Say what will be seen, then let it be done: type \(typed)\(place).",
            "", "```check", label(of: step), "    \(patience)\(step.condition)", "```", "",
            "```hint",
            step.isWord
                ? "Which word of the lab does that?"
                : "Which command does that, and which node has to be asked?", "```", "",
            "```hint", "`\(word(of: step))`\(step.isWord ? "" : ", at \(step.lines[0].port).")",
            "```", "",
            "```hint", "\(typed)\(place)", "```", "",
            "```why", "Say here why it happened.", "```", "",
        ]
    }

    private func place(of line: Line) -> String {
        " at \(line.port)"
            + (line.followsRedirects ? " (behind `redis-cli -c -p \(line.port)`)" : "")
    }

    /// The first word of what is typed, behind the nodes that it is for.
    private func word(of step: Step) -> String {
        let words = step.lines[0].input.split(separator: " ")
        let command = words.first { !$0.hasPrefix("@") } ?? ""
        return step.isWord ? String(command) : command.uppercased()
    }

    /// Titles are told apart by their numbers; ids of nodes do not belong into them.
    private func title(of step: Step, _ index: Int) -> String {
        let words = step.name.split(separator: " ").filter { !$0.contains("${") }
        let text = words.joined(separator: " ")
        return "\(index + 1). " + (text.count > 40 ? text.prefix(39) + "…" : text)
    }

    /// In the learner's words, as far as a program can.
    private func label(of step: Step) -> String {
        if step.condition.hasPrefix("saw ") {
            return "A node has answered \(step.condition.dropFirst(4))"
        }
        if step.condition.hasPrefix("ran ") { return "You have asked, and read the reply" }
        if step.condition.hasPrefix("typed ") { return "You have typed it" }
        return "The cluster is as `\(word(of: step))` leaves it"
    }
}
