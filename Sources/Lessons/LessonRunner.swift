package import Lab

/// Where the learner is in the course and what this step has seen: a value without input or output.
package struct LessonRunner: Sendable {
    package let course: Course
    package private(set) var progress: ProgressStore
    package private(set) var lesson: Lesson
    /// Behind the last step when the recap is on the screen.
    package private(set) var stepIndex: Int
    package var journal: Journal
    package private(set) var hintsShown = 0
    /// The step on the screen has been proven; `next` is what follows.
    package private(set) var isStepDone = false

    package init(
        course: Course, progress: ProgressStore, lesson: Lesson, step: Int, at node: NodeAddress
    ) {
        self.course = course
        self.progress = progress
        self.lesson = lesson
        stepIndex = min(step, lesson.steps.count)
        journal = Journal(currentNode: node)
        remember()
    }

    /// The step on the screen; nil at the lesson's end.
    package var step: Step? {
        lesson.steps.indices.contains(stepIndex) ? lesson.steps[stepIndex] : nil
    }

    /// The lesson after this one.
    package var nextLesson: Lesson? {
        guard let place = course.lessons.firstIndex(where: { $0.id == lesson.id }) else {
            return nil
        }
        return course.lessons.dropFirst(place + 1).first
    }

    /// How a step was left before.
    package func mark(of step: Int, in lesson: Lesson) -> ProgressStore.Mark? {
        progress.mark(of: .init(lesson: lesson.id, step: lesson.steps[step].id))
    }

    /// Notes that the step on the screen is proven.
    package mutating func markDone() {
        isStepDone = true
        mark(.done)
    }

    /// Notes that part of the step on the screen is proven.
    package mutating func markPartial() {
        if !isStepDone { mark(.partial) }
    }

    /// Leaves the step undone, and says so in the progress.
    package mutating func skip() {
        if !isStepDone { mark(.skipped) }
        move(to: stepIndex + 1)
    }

    /// Goes to a step of this lesson; the journal begins anew.
    package mutating func move(to step: Int) {
        stepIndex = max(0, min(step, lesson.steps.count))
        hintsShown = 0
        isStepDone = false
        journal = Journal(currentNode: journal.currentNode)
        remember()
    }

    /// The next hint, if one is left.
    package mutating func takeHint() -> Template? {
        guard let step, hintsShown < step.hints.count else { return nil }
        hintsShown += 1
        progress.noteHints(hintsShown, of: .init(lesson: lesson.id, step: step.id))
        return step.hints[hintsShown - 1]
    }

    /// Where a learner who comes back should go on: the place that was left, else the first open
    /// step.
    package static func resume(_ course: Course, _ progress: ProgressStore) -> (
        lesson: Lesson, step: Int
    )? {
        if let position = progress.position,
            let lesson = course.lessons.first(where: { $0.id == position.lesson })
        {
            let step = lesson.steps.firstIndex { $0.id == position.step }
            return (lesson, step ?? (position.step == endOfLesson ? lesson.steps.count : 0))
        }
        return course.lessons.first.map { ($0, 0) }
    }

    /// What a problem with the progress file says, once.
    package mutating func takeProgressProblem() -> String? { progress.takeProblem() }

    private static let endOfLesson = "(end)"

    private mutating func mark(_ mark: ProgressStore.Mark) {
        guard let step else { return }
        progress.set(mark, for: .init(lesson: lesson.id, step: step.id))
    }

    private mutating func remember() {
        progress.move(to: .init(lesson: lesson.id, step: step?.id ?? Self.endOfLesson))
    }
}
