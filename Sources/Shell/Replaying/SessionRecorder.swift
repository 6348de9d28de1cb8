package import Lab
import Lessons

/// Takes down what is typed on a cluster, from its start, so that it can be typed again.
package final class SessionRecorder {
    /// Where the cluster runs, as `--backend` has it; nil where nobody said.
    package var backend: String?
    /// Time there passes for whoever waits, and for nobody else.
    var isVirtual: Bool { backend == "simulated" }
    private(set) var start: StartState
    private(set) var lines: [Replay.Line] = []

    /// More is no session that somebody types again.
    private static let limit = 10_000

    package init(_ plan: ClusterPlan) {
        start = StartState(plan: plan)
    }

    /// Another cluster begins, so prepared.
    func begin(_ start: StartState) {
        self.start = start
        lines = []
    }

    /// Notes a line that is about to run.
    func add(_ line: Replay.Line) {
        guard lines.count < Self.limit else { return }
        lines.append(line)
    }

    /// The cluster is again what it was when there were so many lines.
    func cut(to count: Int) {
        lines.removeLast(max(0, lines.count - count))
    }

    /// All of it, until now.
    func replay(until time: Duration) -> Replay {
        var replay = Replay(start: start, backend: backend)
        replay.lines = lines
        replay.end = time
        return replay
    }
}
