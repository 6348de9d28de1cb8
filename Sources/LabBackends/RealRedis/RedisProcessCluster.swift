package import Lab

/// A cluster of real servers on this machine, which the lab has started.
package final class RedisProcessCluster: LabCluster {
    private let processes: RedisProcesses
    private let ownNodes: [NodeAddress]
    private let hand: RedisProcessControl

    init(_ processes: RedisProcesses, nodes: [NodeAddress]) {
        self.processes = processes
        ownNodes = nodes
        hand = RedisProcessControl(processes)
    }

    /// Its own, and those that the learner has started beside them.
    package var nodes: [NodeAddress] {
        Set(ownNodes + processes.addresses).sorted()
    }

    package var time: Duration { processes.time }
    package var control: (any LabControl)? { hand }
    package var events: EventLog? { processes.events }

    package func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        try connect(to: address, within: .seconds(5))
    }

    package func connect(
        to address: NodeAddress, within limit: Duration
    ) throws(LabError) -> any LabConnection {
        try RESPConnection(to: address) { () throws(ClientSocket.Failure) in
            processes.own.take(
                try ClientSocket(host: address.host, port: address.port, timeout: limit))
        }
    }

    package func openStream(
        to endpoint: StreamEndpoint
    ) throws(StreamFailure) -> any ByteStream {
        try SocketStream(endpoint) { host, port throws(ClientSocket.Failure) in
            processes.own.take(try ClientSocket(host: host, port: port, timeout: nil))
        }
    }

    package func isOwn(client: String) -> Bool { processes.own.contains(client) }

    package func log(of node: NodeAddress) -> [String]? {
        processes.log(of: node).flatMap { LogFile.notices(in: $0, limit: Self.logLimit) }
    }

    private static let logLimit = 1000

    package func shutDown() { processes.endAll() }

    /// Blocks until every node has ended, by whatever.
    package func waitUntilAllNodesEnded() {
        while nodes.contains(where: { processes.nodeState(of: $0) != .down }) {
            sleep(milliseconds: 50)
        }
    }
}
