import Lessons
import Synchronization

/// How far `verify` is, for a terminal and for who ends it before.
final class VerifyProgress: Sendable {
    private let state = Mutex(State())

    private struct State {
        var line = ProgressLine()
        var progress: LessonVerifier.Progress?
    }

    func show(_ progress: LessonVerifier.Progress) {
        state.withLock { state in
            state.progress = progress
            let running = progress.running.joined(separator: ", ")
            state.line.show("\(progress.done) of \(progress.total): \(running)")
        }
    }

    func clear() { state.withLock { $0.line.clear() } }

    /// Says what was left.
    func interrupt() {
        state.withLock { state in
            state.line.clear()
            guard let progress = state.progress else { return }
            StandardOutput.error.write(
                "Interrupted after \(progress.done) of \(progress.total) parts.\n")
        }
    }
}
