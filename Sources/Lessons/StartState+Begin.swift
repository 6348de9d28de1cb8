package import Lab
import RESP

extension StartState {
    /// Starts the cluster of the plan and brings about what the lesson finds.
    package func begin(on backend: any LabBackend) throws(LabError) -> any LabCluster {
        let cluster = try backend.start(plan)
        do throws(LabError) {
            try fill(cluster)
        } catch {
            cluster.shutDown()
            throw error
        }
        return cluster
    }

    /// Writes the lesson's keys to the masters that own them, and sends the commands that are to
    /// have been sent.
    package func fill(_ cluster: any LabCluster) throws(LabError) {
        guard let first = cluster.nodes.first else { return }
        if !fills.isEmpty {
            var session = CommandSession(cluster: cluster, address: first, followsRedirects: true)
            for fill in fills { try write(fill, in: &session) }
        }
        guard !commands.isEmpty else { return }
        let evaluator = CheckEvaluator(
            observer: ClusterObserver(cluster: cluster), journal: Journal(currentNode: first))
        for command in commands { try send(command, evaluator) }
    }

    private func write(_ fill: Fill, in session: inout CommandSession) throws(LabError) {
        for number in stride(from: 1, through: fill.count, by: 1) {
            _ = try session.run(
                ["SET", "\(fill.prefix)\(number)", "\(number)"].map { Array($0.utf8) })
        }
    }

    private func send(_ command: Command, _ evaluator: CheckEvaluator) throws(LabError) {
        let text = try evaluator.text(command.text)
        guard let words = try? Word.split(text).map(\.text) else {
            throw .unsupported("the cluster block's 'run' has an open quote: \(text)")
        }
        let reply = try evaluator.observer.ask(NodeAddress(port: command.port), words)
        if case .error(let message) = reply {
            throw .unsupported("the cluster block's '\(text)' is refused: \(message)")
        }
    }
}
