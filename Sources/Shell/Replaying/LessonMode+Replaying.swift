import CLI
import Lab
import Lessons

// A cluster for whoever brings its plan along.
extension LessonMode {
    /// Leaves what is open and begins a cluster so prepared.
    /// - Parameter isRunning: it has just been started by this plan.
    mutating func begin(_ start: StartState, isRunning: Bool = false) throws(LabError) -> Outcome {
        var start = start
        start.plan.port = plan.port
        startProgress = progress
        (runner, practice, settled) = (nil, nil, [])
        if !isRunning { try replaceCluster(by: start.plan) }
        isFresh = false
        try prepare(start)
        return isRunning ? .done : .clusterReplaced(cluster)
    }

    /// Takes down what the lab types by itself, so that whoever types it again has it, too.
    func note(_ line: TranscriptPlayer.PlayedLine, at time: Duration, follows: inout Bool) {
        note(line.input, at: line.prompt, time, follows: &follows)
    }

    /// The same for a line that the lab types when a step begins.
    func note(_ input: String, at node: NodeAddress, _ time: Duration, follows: inout Bool) {
        if let single = SingleCommand(input, on: .lab(cluster)) {
            return recorder.add(
                .init(
                    time: time, node: single.node, followsRedirects: single.followsRedirects,
                    text: single.text))
        }
        let words = input.split(separator: " ").map(String.init)
        switch words.first {
        case "answer", "predict", "connect": return
        case "redis-cli" where !words.contains("--cluster"): follows = words.contains("-c")
        default:
            recorder.add(.init(time: time, node: node, followsRedirects: follows, text: input))
        }
    }
}
