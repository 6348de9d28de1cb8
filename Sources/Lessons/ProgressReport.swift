/// What a learner has done of a course, step by step: for the learner's own eye, and for a teacher to collect.
package struct ProgressReport: Sendable, Hashable {
    /// Who it is about; nil where nobody said.
    package var learner: String?
    package var lessons: [LessonPart]
    package var exercises: [ExercisePart]
    /// Steps and exercises of the progress file that this course does not have.
    package var others: [String]

    /// How far something has come.
    package enum State: String, Sendable, CaseIterable {
        case done
        /// Begun: some of it holds, or was done once.
        case partial
        /// What is not done of it was passed over.
        case skipped
        case open

        /// The sign of lists: no meaning rests on colour.
        package var mark: String {
            switch self {
            case .done: "x"
            case .partial: "~"
            case .skipped: "-"
            case .open: " "
            }
        }
    }

    /// A step of a lesson.
    package struct StepPart: Sendable, Hashable {
        package var id: String
        package var title: String
        package var state: State
        /// How many hints were read, and how many there are.
        package var hints: Int
        package var hintCount: Int
    }

    /// A lesson with its steps.
    package struct LessonPart: Sendable, Hashable {
        package var number: Int
        package var id: String
        package var title: String
        package var minutes: Int
        package var steps: [StepPart]
        package var challenge: ExercisePart?
    }

    /// An exercise or a challenge.
    package struct ExercisePart: Sendable, Hashable {
        package var number: Int
        package var id: String
        package var title: String
        /// The points that there are, and those that are enough.
        package var points: Int
        package var pass: Int
        package var record: PracticeRecord
    }

    /// What the progress says of the course.
    package init(of course: Course, _ progress: ProgressStore, learner: String? = nil) {
        self.learner = learner
        lessons = course.lessons.enumerated().map { index, lesson in
            LessonPart(
                lesson, number: index + 1, challenge: course.challenge(of: lesson), progress)
        }
        exercises = course.exercises.enumerated().map { index, file in
            ExercisePart(file.sample, number: index + 1, progress)
        }
        let steps = Set(
            course.lessons.flatMap { lesson in
                lesson.steps.map { ProgressStore.StepKey(lesson: lesson.id, step: $0.id) }
            })
        let ids = Set(exercises.map(\.id) + lessons.compactMap(\.challenge?.id))
        let strangers = progress.steps.filter { !steps.contains($0) }
        others =
            strangers.map { "\($0.lesson) \($0.step)" }
            + progress.exercises.filter { !ids.contains($0) }
    }
}

extension ProgressReport.LessonPart {
    fileprivate init(
        _ lesson: Lesson, number: Int, challenge: Exercise?, _ progress: ProgressStore
    ) {
        self.init(
            number: number, id: lesson.id, title: lesson.title, minutes: lesson.minutes,
            steps: lesson.steps.map { step in
                let key = ProgressStore.StepKey(lesson: lesson.id, step: step.id)
                let state = progress.mark(of: key).map(ProgressReport.State.init) ?? .open
                return ProgressReport.StepPart(
                    id: step.id, title: step.title, state: state,
                    hints: progress.hints(of: key), hintCount: step.hints.count)
            },
            challenge: challenge.map { .init($0, number: number, progress) })
    }

    /// How many of its steps are in this state.
    package func count(_ state: ProgressReport.State) -> Int {
        steps.count { $0.state == state }
    }

    /// Done when all steps are, skipped when no step is left that was not passed over.
    package var state: ProgressReport.State {
        if count(.done) == steps.count { return .done }
        if count(.open) == steps.count { return .open }
        return count(.done) + count(.skipped) == steps.count ? .skipped : .partial
    }

    /// Hints that were read in all of its steps.
    package var hints: Int { steps.reduce(0) { $0 + $1.hints } }

    /// About how long the rest takes.
    package var minutesLeft: Int {
        minutes * (steps.count - count(.done)) / max(1, steps.count)
    }
}

extension ProgressReport.ExercisePart {
    fileprivate init(_ exercise: Exercise, number: Int, _ progress: ProgressStore) {
        self.init(
            number: number, id: exercise.id, title: exercise.title, points: exercise.points,
            pass: exercise.pass, record: progress.record(of: exercise.id))
    }

    /// Done when its best score passes.
    package var state: ProgressReport.State {
        if let best = record.best, best.score >= pass { return .done }
        return record.begun > 0 || record.best != nil ? .partial : .open
    }
}

extension ProgressReport.State {
    init(_ mark: ProgressStore.Mark) {
        switch mark {
        case .done: self = .done
        case .partial: self = .partial
        case .skipped: self = .skipped
        }
    }
}

extension ProgressReport {
    /// How a report is written.
    package enum Form: String, Sendable, CaseIterable {
        case markdown, json

        /// The report so written; it ends its last line.
        package func text(of report: ProgressReport) -> String {
            switch self {
            case .markdown: report.markdown
            case .json: report.json
            }
        }
    }
}
