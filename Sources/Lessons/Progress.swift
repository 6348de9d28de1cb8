import Lab

/// What a learner has done, kept in a text file that people can read.
///
/// Line 1 carries the version; then `at LESSON STEP`, `done LESSON STEP`, `skipped LESSON STEP`.
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

    private static let version = "clusterlab progress 1"

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
        do throws(LabError) {
            try TextFile.replace(path, with: lines.joined(separator: "\n") + "\n")
        } catch {
            giveUp("\(error)")
        }
    }

    private mutating func read(_ text: String, from path: String) {
        let lines = text.split(separator: "\n").map(String.init)
        guard lines.first == Self.version else {
            return giveUp("\(path):1: no '\(Self.version)'; move the file away to start a new one")
        }
        for (index, line) in lines.enumerated().dropFirst() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, words[0] == "at" || Mark(rawValue: words[0]) != nil else {
                marks = [:]
                order = []
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

    private mutating func giveUp(_ reason: String) {
        path = nil
        problem = "Progress is not kept: \(reason)"
    }
}
