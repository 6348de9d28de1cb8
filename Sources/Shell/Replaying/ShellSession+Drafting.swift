import CLI
import Lab
import Lessons
import RESP

/// A lesson that is being made of what is typed, and where it goes.
struct DraftInProgress {
    var draft: LessonDraft
    var place: LessonPlace
    /// What the cluster was before the line that runs; nil where the line stays out.
    var finder: CheckFinder?
    /// A line for nodes that are not the prompt's, and what they have answered; nil for any other line.
    var addressed: (line: String, exchanges: [Exchange])?
}

// `lessons record NAME`: free play becomes a draft of a lesson.
extension ShellSession {
    /// Follows `lessons record NAME` and `lessons record stop`.
    mutating func recordLesson(_ words: [String]) {
        guard let name = words.first, words.count == 1 else {
            return fail("lessons record wants a name, such as first-key, or stop.")
        }
        if name == "stop" {
            guard draft != nil else {
                return fail("No lesson is being recorded: lessons record NAME begins.")
            }
            return finishRecording()
        }
        beginRecording(name)
    }

    /// Begins a draft.
    /// - Parameter name: the lesson's id, or its file, `DIR/Lessons/01-topic/01-name.md`.
    package mutating func beginRecording(_ name: String) {
        if let draft {
            return fail("\(draft.draft.id) is being recorded: lessons record stop ends that.")
        }
        guard let mode = lessonMode else {
            return fail("No lessons are loaded: name their folder with --lessons DIR.")
        }
        do throws(LessonPlace.Refusal) {
            let place = try Self.place(of: name, in: mode.course)
            guard beginAnew(mode) else { return }
            draft = DraftInProgress(
                draft: LessonDraft(id: place.id, start: recorder.start), place: place)
            say(
                "What you type becomes a lesson, \(place.lesson): one step a line. "
                    + "lessons record stop writes it.")
        } catch {
            fail("\(error)")
        }
    }

    private static func place(
        of name: String, in course: Course
    ) throws(LessonPlace.Refusal) -> LessonPlace {
        if name.contains("/") || name.hasSuffix(".md") {
            let place = try LessonPlace(at: name)
            if let problem = LessonPlace.problem(with: place.id, in: course) {
                throw .init(description: problem)
            }
            return place
        }
        guard let folder = course.folder else {
            throw .init(description: "No folder of lessons is loaded: name it with --lessons DIR.")
        }
        return try LessonPlace(
            for: name, in: course, folder: folder, topic: "drafts", isPractice: false)
    }

    /// A reader begins on a new cluster, and so does whoever writes.
    private mutating func beginAnew(_ mode: LessonMode) -> Bool {
        guard !recorder.lines.isEmpty || mode.label != nil else { return true }
        var isBegun = false
        follow { mode throws(LabError) in
            let outcome = try mode.begin(StartState(plan: mode.runningPlan))
            isBegun = true
            return outcome
        }
        if isBegun { say("The cluster begins anew.") }
        return isBegun
    }

    /// Writes what was recorded, if anything is.
    package mutating func finishRecording() {
        guard let recorded = draft else { return }
        draft = nil
        let draft = recorded.draft
        guard !draft.steps.isEmpty else {
            return fail("Nothing was typed at a node, so there is no lesson.")
        }
        do throws(LessonPlace.Refusal) {
            try recorded.place.write(lesson: draft.lesson, solution: draft.solution)
        } catch {
            return fail("\(error)")
        }
        let count = draft.steps.count
        say("\(recorded.place.lesson): \(count) step\(count == 1 ? "" : "s").")
        say("\(recorded.place.solution): how they are done.")
        if !draft.omissions.isEmpty {
            say(
                "No transcript types these, so what came behind them may not hold: "
                    + draft.omissions.joined(separator: "; ") + ".")
        }
        say(
            "Say in it what each step is about. clusterlab verify \(draft.id) "
                + "--lessons \(recorded.place.folder) tells whether it holds.")
    }

    /// Looks at the cluster before a line that may become a step.
    mutating func prepareDraft(for typed: TypedLine, isProgram: Bool) {
        guard draft != nil else { return }
        draft?.finder = nil
        draft?.addressed = nil
        guard !HistoryFile.holdsSecret(typed.command), !isProgram else {
            draft?.draft.omit(HistoryFile.masked(typed.command))
            return
        }
        var command = typed.command
        if command.hasPrefix("@") {
            guard let (_, rest) = try? NodeSelector.split(command) else { return }
            command = rest
            draft?.addressed = (typed.command, [])
        }
        guard let (arguments, _) = TypedLine(command).parsed(), let first = arguments.first else {
            return
        }
        let word = String(decoding: first, as: UTF8.self)
        if Self.returningWords.contains(word.lowercased()) {
            draft?.draft.omit(typed.command)
        } else if !LabWord.names.contains(word.lowercased()) {
            let finder = finder(for: arguments)
            draft?.finder = finder
        }
    }

    /// What makes the cluster what it was, which no lesson can.
    private static let returningWords: Set = ["undo", "rewind", "load"]

    private func finder(for arguments: [[UInt8]]) -> CheckFinder? {
        guard let observer = lessonMode?.observer, let first = arguments.first else { return nil }
        let name = String(decoding: first, as: UTF8.self).uppercased()
        return CheckFinder(
            arguments, at: session.address,
            isWrite: completer.writeCommands(of: session.address).contains(name),
            observer: observer)
    }

    /// Takes an answered line into the draft.
    mutating func noteForDraft(_ exchange: Exchange) {
        guard draft?.addressed == nil else {
            draft?.addressed?.exchanges.append(exchange)
            return
        }
        guard let finder = draft?.finder else { return }
        let (ids, follows) = (draftIDs, session.followsRedirects)
        draft?.draft.add(
            exchange, followsRedirects: follows, condition: finder.check(behind: exchange), ids: ids
        )
        // The line may run again: `5 INCR x`, `@all …`.
        let next = self.finder(for: exchange.arguments)
        draft?.finder = next
    }

    /// Takes into the draft what is known of a line when all nodes have answered it, or the lab has followed it.
    mutating func finishDraftLine(_ typed: TypedLine) {
        guard let recorded = draft else { return }
        let (port, follows) = (session.address.port, session.followsRedirects)
        let word = ShellText.firstWord(of: typed.command).lowercased()
        if let (line, exchanges) = recorded.addressed, let finder = recorded.finder,
            let first = exchanges.first
        {
            let ids = draftIDs
            draft?.draft.add(
                addressed: line, exchanges, at: port, followsRedirects: follows,
                condition: finder.check(behind: first), ids: ids)
        } else if Self.replayedWords.contains(word), !hasLineFailed {
            draft?.draft.add(word: typed.command, at: port, followsRedirects: follows)
        }
        draft?.finder = nil
        draft?.addressed = nil
    }

    /// Which node has which id: they differ from cluster to cluster.
    private var draftIDs: [String: Int] {
        let table = (try? lessonMode?.observer.table()) ?? []
        return Dictionary(table.map { ($0.id, $0.address.port) }) { first, _ in first }
    }
}
