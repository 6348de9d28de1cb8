import Lab

/// What a learner has done, kept in a text file that people can read.
///
/// Line 1 carries the version; then `at LESSON STEP`, `done LESSON STEP`, `skipped LESSON STEP`, and
/// of exercises `best ID SCORE POINTS SECONDS HINTS SEED` and `tried ID SEED …`, which came with
/// version 2.
/// Ids that this course does not know stay in the file: they belong to another version of it.
package struct ProgressStore: Sendable {
    /// Nil when progress is not kept.
    package private(set) var path: String?
    /// Why progress is not kept, to be said once.
    package private(set) var problem: String?
    /// Where the learner was.
    package private(set) var position: StepKey?
    private var marks: [StepKey: Mark] = [:]
    private var order: [StepKey] = []
    private var records: [String: PracticeRecord] = [:]
    private var recordOrder: [String] = []

    /// A step by its ids.
    package struct StepKey: Sendable, Hashable {
        package var lesson: String
        package var step: String

        package init(lesson: String, step: String) {
            self.lesson = lesson
            self.step = step
        }
    }

    /// How a step was left.
    package enum Mark: String, Sendable { case done, skipped }

    private static let version = "clusterlab progress 2"
    private static let readable = ["clusterlab progress 1", version]
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

    private mutating func save() {
        guard let path else { return }
        var lines = [Self.version]
        if let position { lines.append("at \(position.lesson) \(position.step)") }
        lines += order.compactMap { key in
            marks[key].map { "\($0.rawValue) \(key.lesson) \(key.step)" }
        }
        lines += recordOrder.flatMap { record(of: $0).lines(of: $0) }
        do throws(LabError) {
            try TextFile.replace(path, with: lines.joined(separator: "\n") + "\n")
        } catch {
            giveUp("\(error)")
        }
    }

    private mutating func read(_ text: String, from path: String) {
        let lines = text.split(separator: "\n").map(String.init)
        guard let first = lines.first, Self.readable.contains(first) else {
            return giveUp("\(path):1: no '\(Self.version)'; move the file away to start a new one")
        }
        for (index, line) in lines.enumerated().dropFirst() {
            let words = line.split(separator: " ").map(String.init)
            if readRecord(words) { continue }
            guard words.count == 3, words[0] == "at" || Mark(rawValue: words[0]) != nil else {
                marks = [:]
                order = []
                (records, recordOrder) = ([:], [])
                return giveUp("\(path):\(index + 1): '\(line)' is no line of a progress file")
            }
            let key = StepKey(lesson: words[1], step: words[2])
            if let mark = Mark(rawValue: words[0]) {
                if marks.updateValue(mark, forKey: key) == nil { order.append(key) }
            } else {
                position = key
            }
        }
    }

    /// A line of an exercise.
    private mutating func readRecord(_ words: [String]) -> Bool {
        guard words.count > 2, words[0] == "best" || words[0] == "tried" else { return false }
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
