import Lab

/// Reads a lesson or a solution: a header, prose, and `##` steps with fenced blocks.
///
/// The grammar is written down for authors in `Lessons.docc/Lessons.md`.
package struct LessonParser {
    let file: String
    private let path: String
    let ports: PortShift
    /// The words of the exercise's `vary` block.
    var names: [String] = []

    /// The block names of the grammar; anything else is shown as it is, if it is one of
    /// `plainBlocks`.
    static let blocks = [
        "redis", "check", "hint", "why", "cluster", "predict", "wrong", "vary", "fault",
        "file",
    ]
    static let plainBlocks = ["", "text", "sh", "bash", "conf", "python", "console"]

    /// `path` is the place inside the course, `folder` what messages put before it.
    package init(path: String, folder: String, ports: PortShift = PortShift(first: 7000)) {
        self.path = path
        self.ports = ports
        file = "\(folder)/\(path)"
    }

    /// A parser for the settings of a file that is no lesson.
    init(file: String) {
        self.file = file
        path = file
        ports = PortShift(first: 7000)
    }

    /// Reads a lesson.
    package func lesson(_ text: String) throws(LessonError) -> Lesson {
        let sections = try sections(of: text)
        let header = sections.header
        let head = try header.head()
        var lesson = Lesson(
            id: head.id, title: head.title, minutes: head.minutes,
            needsPrograms: head.needsPrograms, tools: head.tools, path: path, file: file,
            start: emptyStart, introduction: [], steps: [], recap: [])
        if let kind = header.fields["kind"] {
            throw mistake(kind.line, "only exercises have a kind; they stand in Lessons/practice")
        }
        for piece in sections.introduction {
            switch piece.kind {
            case .prose, .block("redis"): lesson.introduction.append(try reading(piece))
            case .block("cluster"): try readStart(piece, into: &lesson.start)
            case .block("file"): lesson.start.files.append(try file(piece))
            case .block(let name):
                throw mistake(piece.line, "a '\(name)' block belongs to a step, below its ## title")
            }
        }
        for section in sections.steps {
            if section.title == "Recap" {
                lesson.recap = try section.pieces.map { piece throws(LessonError) in
                    try reading(piece)
                }
            } else if section.title == Self.challengeTitle {
                lesson.challenge = try challenge(section, of: lesson)
            } else {
                lesson.steps.append(try step(section))
            }
        }
        guard !lesson.steps.isEmpty else {
            throw mistake(1, "a lesson needs a step: a line '## Title'")
        }
        return lesson
    }

    /// Reads a solution.
    package func solution(_ text: String) throws(LessonError) -> Solution {
        let sections = try sections(of: text, needsHeader: false)
        var solution = Solution(file: file, steps: [])
        for section in sections.steps {
            solution.steps.append(try solutionStep(section))
        }
        return solution
    }

    /// What begins as a section's title is no step of the lesson.
    static let challengeTitle = "Challenge"

    /// The start of a lesson that says nothing of it.
    var emptyStart: StartState { StartState(plan: ClusterPlan(port: ports.first)) }

    /// Reads one section of a solution.
    func solutionStep(_ section: Section) throws(LessonError) -> Solution.Step {
        var step = Solution.Step(title: section.title, line: section.line, body: [], wrong: [])
        for (index, piece) in section.pieces.enumerated() {
            guard piece.kind != .block("wrong") else {
                step.wrong.append(try wrongAttempt(piece))
                continue
            }
            let isBeforeWrong =
                section.pieces.dropFirst(index + 1).first?.kind == .block("wrong")
            let shown = isBeforeWrong ? piece.withoutLastParagraph : piece
            // What is left out is read, for mistakes in it.
            let all = try reading(piece)
            if shown == piece {
                step.body.append(all)
            } else if !shown.joined.isEmpty {
                step.body.append(try reading(shown))
            }
        }
        return step
    }

    /// Reads check blocks.
    var checkParser: CheckParser { CheckParser(file: file, names: names) }

    // MARK: Blocks

    private func step(_ section: Section) throws(LessonError) -> Step {
        var step = Step(
            title: section.title, line: section.line, body: [], requirements: [], hints: [])
        for piece in section.pieces {
            switch piece.kind {
            case .block("check"):
                var parser = checkParser
                step.requirements += try parser.requirements(piece.lines)
            case .block("hint"): step.hints.append(try template(piece))
            case .block("why"): step.why = try template(piece)
            case .block("fault"): step.faults += try faults(piece)
            case .block("predict"): step.prediction = try prediction(piece)
            default: step.body.append(try reading(piece))
            }
        }
        return step
    }

    func template(_ piece: Piece) throws(LessonError) -> Template {
        var parser = checkParser
        return try parser.template(piece.joined, at: piece.textLine)
    }

    func reading(_ piece: Piece) throws(LessonError) -> Lesson.Block {
        switch piece.kind {
        case .prose: return .prose(try template(piece))
        case .block("redis"): return .transcript(try transcript(piece))
        case .block(let name): throw mistake(piece.line, "a '\(name)' block has no place here")
        }
    }

    private func prediction(_ piece: Piece) throws(LessonError) -> Prediction {
        guard let last = piece.lines.last, last.text.hasPrefix("truth: ") else {
            throw mistake(piece.line, "a predict block ends with a line 'truth: VALUE'")
        }
        var parser = checkParser
        let template = try parser.template(
            "${\(last.text.dropFirst("truth: ".count))}", at: last.number, takesWords: true)
        guard case .value(let truth) = template.parts.first else {
            throw mistake(last.number, "a value is missing behind 'truth:'")
        }
        let question = piece.lines.dropLast().map(\.text).joined(separator: "\n").trimmed
        return Prediction(
            question: try parser.template(question, at: piece.textLine), truth: truth,
            line: piece.line)
    }

    func readStart(_ piece: Piece, into start: inout StartState) throws(LessonError) {
        try readStart(piece.lines, into: &start)
    }

    /// Reads the lines of a `cluster` block.
    func readStart(_ lines: [SourceLine], into start: inout StartState) throws(LessonError) {
        for line in lines where !line.text.trimmed.isEmpty {
            let words = line.text.split(separator: " ").map(String.init)
            let number = words.last.flatMap { Int($0) }
            if let number, let range = Self.ranges[words[0]], !range.contains(number) {
                throw mistake(
                    line.number,
                    "'\(words[0])' takes \(range.lowerBound) to \(range.upperBound), not \(number)")
            }
            switch (words[0], words.count, number) {
            case ("masters", 2, let number?): start.plan.masters = number
            case ("spares", 2, let number?): start.plan.spares = number
            case ("replicas", 2, let number?): start.plan.replicas = number
            case ("timeout", 2, let number?): start.plan.nodeTimeout = .milliseconds(number)
            case ("seed", 2, _) where UInt64(words[1]) != nil:
                start.plan.seed = UInt64(words[1]) ?? 0
            case ("empty", 1, _): start.plan.isEmpty = true
            case ("fill", 3, let number?):
                start.fills.append(.init(prefix: words[1], count: number))
            case ("run", 3..., _) where words[1] == "all" || Int(words[1]) != nil:
                let text = words.dropFirst(2).joined(separator: " ")
                start.deeds.append(.command(port: Int(words[1]), try labLine(text, line.number)))
            case ("do", 2..., _):
                let text = words.dropFirst().joined(separator: " ")
                start.deeds.append(.line(try labLine(text, line.number)))
            default: throw setting(line, words)
            }
        }
    }

    /// What a cluster of this machine can be.
    private static let ranges = [
        "masters": 0...1000, "replicas": 0...100, "spares": 0...100, "timeout": 1...3_600_000,
        "fill": 1...100_000,
    ]

    private func setting(_ line: SourceLine, _ words: [String]) -> LessonError {
        let known = [
            "masters", "replicas", "spares", "timeout", "seed", "empty", "fill", "run",
            "do",
        ]
        guard known.contains(words[0]) else {
            return mistake(
                line.number,
                "unknown setting '\(words[0])'" + Nearest.advice(for: words[0], among: known))
        }
        return mistake(line.number, "'\(words[0])' wants another number of words")
    }

    /// What the lab types when a step begins.
    private func faults(_ piece: Piece) throws(LessonError) -> [Step.Fault] {
        var faults: [Step.Fault] = []
        for line in piece.lines where !line.text.trimmed.isEmpty {
            faults.append(
                Step.Fault(
                    line: try labLine(line.text.trimmed, line.number),
                    isHidden: piece.options.contains("hidden")))
        }
        return faults
    }

    /// A file for the workspace: its path stands behind the block's name.
    func file(_ piece: Piece) throws(LessonError) -> StartState.File {
        guard piece.options.count == 1, let path = piece.options.first, !path.hasPrefix("/"),
            !path.split(separator: "/").contains("..")
        else {
            throw mistake(piece.line, "a file block wants a path of the workspace: file app.py")
        }
        let text = piece.lines.map { $0.text + "\n" }.joined()
        return StartState.File(path: path, text: text)
    }

    private func labLine(_ text: String, _ line: Int) throws(LessonError) -> LabLine {
        var parser = checkParser
        return LabLine(text: try parser.template(text, at: line), line: line)
    }

    private func wrongAttempt(_ piece: Piece) throws(LessonError) -> Solution.WrongAttempt {
        let sentences = piece.lines.filter { $0.text.hasPrefix("! ") }
        guard !sentences.isEmpty else {
            throw mistake(
                piece.line, "a wrong attempt needs a line '! sentence' that must answer it")
        }
        var attempt = piece
        let exceptions = try exceptions(in: piece)
        attempt.lines.removeAll { $0.text.hasPrefix("! ") || $0.text.hasPrefix("on ") }
        return Solution.WrongAttempt(
            transcript: try transcript(attempt),
            sentence: sentences.map { String($0.text.dropFirst(2)) }.joined(separator: " ").trimmed,
            exceptions: exceptions, line: piece.line)
    }

    /// `on redis 7.2, valkey 7.2 ! sentence`, or `on valkey 8.0 passes`.
    private func exceptions(
        in piece: Piece
    ) throws(LessonError) -> [Solution.WrongAttempt.Exception] {
        try piece.lines.filter { $0.text.hasPrefix("on ") }.map { line throws(LessonError) in
            let mark = line.text.firstRange(of: " ! ")
            let head = mark.map { line.text[..<$0.lowerBound] } ?? line.text.dropLast(" passes".count)
            let versions = head.dropFirst("on ".count).split(separator: ",").map {
                EngineVersion($0.trimmingPrefix(" "))
            }
            guard mark != nil || line.text.hasSuffix(" passes"), !versions.isEmpty,
                !versions.contains(nil)
            else {
                throw mistake(
                    line.number,
                    "'on' wants servers from some version on, and what comes of it there: 'on valkey 8.0 ! sentence' or 'on valkey 8.0 passes'"
                )
            }
            return Solution.WrongAttempt.Exception(
                versions: versions.compactMap(\.self),
                sentence: mark.map { String(line.text[$0.upperBound...]).trimmed })
        }
    }

    private func transcript(_ piece: Piece) throws(LessonError) -> Transcript {
        var parser = checkParser
        var result = Transcript(
            entries: [], isUnordered: piece.options.contains("unordered"),
            patience: try patience(of: piece), line: piece.line, text: try template(piece))
        for line in piece.lines {
            if line.text.hasPrefix("> "), var last = result.entries.popLast(), last.expected.isEmpty
            {
                // A program goes on.
                let whole = last.input.written + "\n" + line.text.dropFirst(2)
                last.input = try parser.template(whole, at: last.line)
                result.entries.append(last)
            } else if let (port, input) = Self.prompted(line.text) {
                result.entries.append(
                    .init(
                        port: port, input: try parser.template(input, at: line.number),
                        expected: [],
                        line: line.number))
            } else if result.entries.isEmpty {
                // A prompt with a word that nobody has filled in is none.
                _ = try parser.template(line.text, at: line.number)
                throw mistake(
                    line.number, "a transcript begins with a prompt: 127.0.0.1:7000> COMMAND")
            } else {
                result.entries[result.entries.count - 1].expected.append(
                    try parser.template(line.text, at: line.number))
            }
        }
        guard !result.entries.isEmpty else { throw mistake(piece.line, "an empty transcript") }
        return result
    }

    /// `within 10s` behind the block's name.
    private func patience(of piece: Piece) throws(LessonError) -> Duration? {
        guard let place = piece.options.firstIndex(of: "within") else { return nil }
        let time = piece.options.dropFirst(place + 1).first ?? ""
        guard time.hasSuffix("s"), let seconds = Int(time.dropLast()), seconds > 0 else {
            throw mistake(piece.line, "a time belongs behind 'within', such as 10s")
        }
        return .seconds(seconds)
    }

    /// `127.0.0.1:7000> GET x`, or `lab> answer 3` for a line typed wherever the learner is.
    static func prompted(_ text: String) -> (Int?, String)? {
        guard let end = text.firstRange(of: "> ") else { return nil }
        let prompt = text[..<end.lowerBound]
        let input = text[end.upperBound...].trimmed
        if prompt == "lab" { return (nil, input) }
        guard let colon = prompt.lastIndex(of: ":"), !prompt.contains(" ") else { return nil }
        return Int(prompt[prompt.index(after: colon)...]).map { ($0, input) }
    }

    /// A mistake in this file.
    func mistake(_ line: Int, _ message: String) -> LessonError {
        LessonError(file: file, line: line, message: message)
    }
}
