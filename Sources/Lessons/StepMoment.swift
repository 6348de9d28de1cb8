import Lab
import RESP

/// A cluster with its learner as they are before a step's solution: wrong attempts begin there.
struct StepMoment {
    private let player: TranscriptPlayer
    private let cluster: any LabCluster
    private let control: any LabControl
    private let snapshot: any LabSnapshot
    private let writer: LabWriter.Moment?
    private let links: [NodeAddress: [String]]

    /// So long of the cluster's time the nodes get to find one another again.
    private static let patience = Duration.seconds(5)
    private static let look = Duration.milliseconds(20)

    /// nil where the cluster cannot be made again what it is.
    init?(_ player: TranscriptPlayer, _ observer: ClusterObserver) throws(LabError) {
        guard let control = observer.cluster.control else { return nil }
        do throws(LabError) {
            snapshot = try control.snapshot()
        } catch .unsupported {
            return nil
        }
        self.player = player
        self.control = control
        cluster = observer.cluster
        writer = observer.writer.moment
        links = try Self.links(observer)
    }

    /// Makes the cluster what it was.
    /// - Returns: a learner at the place of then, and who asks the nodes for them.
    func begin() throws(LabError) -> (TranscriptPlayer, ClusterObserver) {
        try control.restore(snapshot)
        let observer = ClusterObserver(cluster: cluster, resuming: writer)
        // Nodes of real time lose their connections to one another with that; a learner finds none of it broken.
        let deadline = cluster.time + Self.patience
        while try Self.links(observer) != links, cluster.time < deadline {
            try cluster.pass(Self.look)
        }
        return (player.fork(observer: observer), observer)
    }

    /// Who is connected to whom, as each node that answers has it.
    private static func links(
        _ observer: ClusterObserver
    ) throws(LabError) -> [NodeAddress: [String]] {
        var links: [NodeAddress: [String]] = [:]
        for node in observer.nodes {
            do throws(LabError) {
                let connected = try observer.table(of: node).filter(\.isConnected).map(\.id)
                let replication = try observer.ask(node, ["INFO", "replication"]).text ?? ""
                let master = replication.split(whereSeparator: \.isNewline).filter {
                    $0.hasPrefix("master_link_status:") || $0.hasPrefix("connected_slaves:")
                }
                links[node] = connected + master.map(String.init)
            } catch .interrupted {
                throw .interrupted
            } catch {
                links[node] = ["no answer"]
            }
        }
        return links
    }
}
