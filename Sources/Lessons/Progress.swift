import Lab

/// What a learner has done, kept in a text file that people can read.
///
/// Line 1 carries the version; then `at LESSON STEP`, `done LESSON STEP`, `partial LESSON STEP`,
/// `skipped LESSON STEP`, `hints LESSON STEP COUNT`, and of exercises what `PracticeRecord` says.
/// Exercises came with version 2, `partial`, `hints` and `goes` with version 3.
/// Ids that this course does not know stay in the file: they belong to another version of it. Of a
/// file that a newer program wrote, all that is not understood stays, and a copy as it was.
package struct ProgressStore: Sendable {
    /// Nil when progress is not kept.
    package private(set) var path: String?
    /// What is wrong with the file, to be said once.
    package private(set) var problem: String?
    /// Where the learner was.
    package private(set) var position: StepKey?
    private var marks: [StepKey: Mark] = [:]
    private var order: [StepKey] = []
    private var hints: [StepKey: Int] = [:]
    private var hintOrder: [StepKey] = []
    private var records: [String: PracticeRecord] = [:]
    private var recordOrder: [String] = []
    private var newer: Newer?

    /// A step by its ids.
    package struct StepKey: Sendable, Hashable {
        package var lesson: String
        package var step: String

        package init(lesson: String, step: String) {
            self.lesson = lesson
            self.step = step
        }
    }

    /// How a step was left: proven, with some of it proven, or passed over.
    package enum Mark: String, Sendable { case done, partial, skipped }

    /// What is kept of a file whose version is not known yet.
    private struct Newer: Sendable {
        var version: Int
        /// Lines that are not understood.
        var lines: [String] = []
        /// The whole file as it was found; nil once it has been copied.
        var text: String?
    }

    private static let title = "clusterlab progress "
    private static let version = 3
    /// Seeds that are kept of an exercise: enough not to meet one again.
    private static let seedLimit = 100

    /// Progress in a file; nil keeps it for this run only. A file that cannot be read is left
    /// alone.
    package init(path: String?) {
        self.path = path
        guard let path, TextFile.exists(path) else { return }
        do throws(LabError) { read(try TextFile.read(path), from: path) } catch {
            giveUp("\(error)")
        }
    }

    /// `progress` in the learner's state folder; nil without one.
    package static func defaultPath() -> String? { TextFile.statePath(of: "progress") }

    /// How the step was left, if it was.
    package func mark(of key: StepKey) -> Mark? { marks[key] }

    /// Every step that was left in some way, in the order in which that was.
    package var steps: [StepKey] { order }

    /// How many hints of a step were read, at most in one go.
    package func hints(of key: StepKey) -> Int { hints[key] ?? 0 }

    /// Every exercise of which something is known.
    package var exercises: [String] { recordOrder }

    /// Notes how many hints of a step have been read.
    package mutating func noteHints(_ count: Int, of key: StepKey) {
        guard count > hints(of: key) else { return }
        if hints.updateValue(count, forKey: key) == nil { hintOrder.append(key) }
        save()
    }

    /// Marks a step. What was done once stays done.
    package mutating func set(_ mark: Mark, for key: StepKey) {
        guard marks[key] != .done else { return }
        if marks[key] == nil { order.append(key) }
        marks[key] = mark
        save()
    }

    /// What is known of an exercise.
    package func record(of exercise: String) -> PracticeRecord {
        records[exercise] ?? PracticeRecord()
    }

    /// Notes a go that begins.
    package mutating func begin(_ exercise: String, seed: UInt64) {
        change(exercise) { record in
            record.begun += 1
            record.seeds = record.seeds.filter { $0 != seed }.suffix(Self.seedLimit - 1) + [seed]
        }
    }

    /// Notes the score of a go; the best is kept.
    package mutating func add(_ score: PracticeRecord.Score, of exercise: String) {
        change(exercise) { $0.add(score) }
    }

    private mutating func change(_ exercise: String, _ body: (inout PracticeRecord) -> Void) {
        var record = record(of: exercise)
        body(&record)
        if records.updateValue(record, forKey: exercise) == nil { recordOrder.append(exercise) }
        save()
    }

    /// Remembers where the learner is.
    package mutating func move(to key: StepKey) {
        position = key
        save()
    }

    /// The problem, the first time it is asked for.
    package mutating func takeProblem() -> String? {
        defer { problem = nil }
        return problem
    }

    // MARK: The file

    private mutating func save() {
        guard let path else { return }
        do throws(LabError) {
            if let text = newer?.text, let version = newer?.version {
                try TextFile.replace(Self.copyPath(of: path, version), with: text)
                newer?.text = nil
            }
            try TextFile.replace(path, with: lines.joined(separator: "\n") + "\n")
        } catch {
            giveUp("\(error)")
        }
    }

    private var lines: [String] {
        var lines = [Self.title + "\(newer?.version ?? Self.version)"]
        if let position { lines.append("at \(position.lesson) \(position.step)") }
        lines += order.compactMap { key in
            marks[key].map { "\($0.rawValue) \(key.lesson) \(key.step)" }
        }
        lines += hintOrder.map { "hints \($0.lesson) \($0.step) \(hints(of: $0))" }
        lines += recordOrder.flatMap { record(of: $0).lines(of: $0) }
        return lines + (newer?.lines ?? [])
    }

    /// Where the file of a newer program is kept as it was.
    private static func copyPath(of path: String, _ version: Int) -> String {
        "\(path).version\(version)"
    }

    private mutating func read(_ text: String, from path: String) {
        let lines = text.split(separator: "\n").map(String.init)
        guard let first = lines.first, first.hasPrefix(Self.title),
            let found = Int(first.dropFirst(Self.title.count)), found > 0
        else {
            return giveUp(
                "\(path):1: no '\(Self.title)\(Self.version)'; move the file away to start a new one"
            )
        }
        if found > Self.version {
            newer = Newer(version: found, text: text)
            problem =
                "\(path) is of a newer clusterlab (version \(found)). What this one does not know "
                + "of it stays in it; a copy goes to \(Self.copyPath(of: path, found))."
        }
        for (index, line) in lines.enumerated().dropFirst() where !read(line) {
            guard newer == nil else {
                newer?.lines.append(line)
                continue
            }
            self = ProgressStore(path: nil)
            return giveUp("\(path):\(index + 1): '\(line)' is no line of a progress file")
        }
    }

    /// Takes in one line; false when it is none.
    private mutating func read(_ line: String) -> Bool {
        let words = line.split(separator: " ").map(String.init)
        guard words.count > 2 else { return false }
        let key = StepKey(lesson: words[1], step: words[2])
        if let mark = Mark(rawValue: words[0]), words.count == 3 {
            if marks.updateValue(mark, forKey: key) == nil { order.append(key) }
        } else if words[0] == "at", words.count == 3 {
            position = key
        } else if words[0] == "hints", words.count == 4, let count = Int(words[3]), count > 0 {
            if hints.updateValue(count, forKey: key) == nil { hintOrder.append(key) }
        } else {
            return readRecord(words)
        }
        return true
    }

    /// A line of an exercise.
    private mutating func readRecord(_ words: [String]) -> Bool {
        var record = record(of: words[1])
        guard record.read(words[0], words.dropFirst(2)) else { return false }
        if records.updateValue(record, forKey: words[1]) == nil { recordOrder.append(words[1]) }
        return true
    }

    private mutating func giveUp(_ reason: String) {
        path = nil
        problem = "Progress is not kept: \(reason)"
    }
}
