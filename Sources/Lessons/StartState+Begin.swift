package import Lab

extension StartState {
    /// Starts the cluster of the plan and writes the lesson's keys.
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
        for fill in fills {
            for number in stride(from: 1, through: fill.count, by: 1) {
                _ = try session.run(
                    ["SET", "\(fill.prefix)\(number)", "\(number)"].map { Array($0.utf8) })
            }
        }
    }
}
