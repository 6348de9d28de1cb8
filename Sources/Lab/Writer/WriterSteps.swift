import RESP

/// Drives a writer step by step, in a cluster whose time passes only while somebody waits: a step sends what is due and
/// waits for the replies.
struct WriterSteps {
    private let cluster: any LabCluster
    private let share: WriterShare
    private var connections: [NodeAddress: any LabConnection] = [:]

    init(_ share: WriterShare, in cluster: any LabCluster) {
        self.share = share
        self.cluster = cluster
    }

    /// Sends what is due now, and what follows from the replies.
    mutating func step() {
        var actions = share.noteRewinds(of: cluster) + share.change { $0.tick(at: cluster.time) }
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .disconnect(let node): connections.removeValue(forKey: node)?.close()
            case .send(let node, let command): actions = send(command, to: node) + actions
            }
        }
    }

    /// Ends the connections.
    mutating func close() {
        for connection in connections.values { connection.close() }
        connections = [:]
    }

    private mutating func send(
        _ command: [[UInt8]], to node: NodeAddress
    ) -> [ClusterWriter.Action] {
        do throws(LabError) {
            let reply = try connection(to: node).send(command, within: WriterPlan.patience)
            let now = cluster.time
            return share.change { $0.received(reply, from: node, at: now) }
        } catch {
            connections.removeValue(forKey: node)?.close()
            let now = cluster.time
            return share.change { $0.failed(node, ClusterWriter.Failure(error), at: now) }
        }
    }

    private mutating func connection(to node: NodeAddress) throws(LabError) -> any LabConnection {
        if let open = connections[node] { return open }
        let opened = try cluster.connect(to: node)
        connections[node] = opened
        return opened
    }
}

extension ClusterWriter.Failure {
    /// The same failure as the writer is told of it.
    init(_ error: LabError) {
        switch error {
        case .refused(_, let reason): self = .refused(reason)
        case .connectionLost: self = .noReply("connection lost")
        case .silent: self = .noReply("no reply in time")
        case .malformedReply, .interrupted, .portInUse, .file, .unsupported:
            self = .noReply(error.description)
        }
    }
}
