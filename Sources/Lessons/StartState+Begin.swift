package import Lab
import RESP

extension StartState {
    /// Starts the cluster of the plan and fills it with the keys that the lesson finds.
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

    /// Writes the lesson's keys to the masters that own them.
    package func fill(_ cluster: any LabCluster) throws(LabError) {
        guard let first = cluster.nodes.first, !fills.isEmpty else { return }
        var session = CommandSession(cluster: cluster, address: first, followsRedirects: true)
        for fill in fills { try write(fill, in: &session) }
    }

    private func write(_ fill: Fill, in session: inout CommandSession) throws(LabError) {
        for number in stride(from: 1, through: fill.count, by: 1) {
            _ = try session.run(
                ["SET", "\(fill.prefix)\(number)", "\(number)"].map { Array($0.utf8) })
        }
    }

    /// Brings about what else the lesson finds: files, and what the lab does in order.
    package func prepare(_ player: inout TranscriptPlayer) throws(LabError) {
        for file in files { try player.put(file) }
        for deed in deeds {
            switch deed {
            case .command(let port, let line): try player.send(line, to: port)
            case .line(let line): _ = try player.obey(line)
            }
        }
    }
}
