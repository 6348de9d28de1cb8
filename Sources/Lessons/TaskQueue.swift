import Lab
import Synchronization

/// Tasks that several lanes take one after the other, and what came of them.
final class TaskQueue: Sendable {
    private let tasks: [VerifierTask]
    private let state: Mutex<State>
    private let onProgress: @Sendable (LessonVerifier.Progress) -> Void

    private struct State {
        var next = 0
        var running: Set<Int> = []
        var outcomes: [Outcome?]
    }

    /// What came of a task.
    struct Outcome: Sendable {
        var report: LessonVerifier.Report
        var duration: Duration
    }

    init(
        _ tasks: [VerifierTask],
        onProgress: @escaping @Sendable (LessonVerifier.Progress) -> Void
    ) {
        self.tasks = tasks
        self.onProgress = onProgress
        state = Mutex(State(outcomes: Array(repeating: nil, count: tasks.count)))
    }

    /// The tasks with what came of them, in their order.
    var outcomes: [(VerifierTask, Outcome)] {
        zip(tasks, state.withLock(\.outcomes)).compactMap { task, outcome in
            outcome.map { (task, $0) }
        }
    }

    /// Runs all tasks, on every lane one after the other.
    func run(
        on lanes: [LessonVerifier.Lane],
        _ body: @Sendable (VerifierTask, LessonVerifier.Lane) -> LessonVerifier.Report
    ) {
        SideBySide.run(min(lanes.count, tasks.count)) { run(in: lanes[$0], body) }
    }

    private func run(
        in lane: LessonVerifier.Lane,
        _ body: (VerifierTask, LessonVerifier.Lane) -> LessonVerifier.Report
    ) {
        while let number = take() {
            let start = ContinuousClock.now
            let report = body(tasks[number], lane)
            finish(number, Outcome(report: report, duration: start.duration(to: .now)))
        }
    }

    private func take() -> Int? {
        state.withLock { state in
            guard state.next < tasks.count else { return nil }
            defer { state.next += 1 }
            state.running.insert(state.next)
            tell(state)
            return state.next
        }
    }

    private func finish(_ number: Int, _ outcome: Outcome) {
        state.withLock { state in
            state.running.remove(number)
            state.outcomes[number] = outcome
            tell(state)
        }
    }

    private func tell(_ state: State) {
        var running: [String] = []
        for number in state.running.sorted() where running.last != tasks[number].id {
            running.append(tasks[number].id)
        }
        onProgress(
            LessonVerifier.Progress(
                done: state.outcomes.count { $0 != nil }, total: tasks.count, running: running))
    }
}
