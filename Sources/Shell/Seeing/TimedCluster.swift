import Lab
import RESP
import Synchronization

/// A cluster whose nodes get little time to answer, so that one that is frozen or cut off holds up no screen.
final class TimedCluster: LabCluster {
    private let cluster: any LabCluster
    private let silent = Mutex<Set<NodeAddress>>([])

    /// What a node gets.
    private static let patience = Duration.seconds(1)
    /// What it gets when it did not answer the last time, or when several did not.
    private static let impatience = Duration.milliseconds(200)
    /// What one gets that is known to be frozen, and not to answer.
    private static let moment = Duration.milliseconds(10)
    /// So many silent nodes are waited for at length.
    private static let tolerated = 2

    /// The cluster, timed; as it is where it is timed already.
    static func around(_ cluster: any LabCluster) -> TimedCluster {
        cluster as? TimedCluster ?? TimedCluster(cluster)
    }

    private init(_ cluster: any LabCluster) {
        self.cluster = cluster
    }

    var nodes: [NodeAddress] { cluster.nodes }
    var time: Duration { cluster.time }
    var runsByItself: Bool { cluster.runsByItself }
    var control: (any LabControl)? { cluster.control }
    var events: EventLog? { cluster.events }

    func place(of told: NodeAddress) -> NodeAddress { cluster.place(of: told) }

    func log(of node: NodeAddress) -> [String]? { cluster.log(of: node) }

    func admit(_ writer: WriterShare) { cluster.admit(writer) }

    func pass(_ duration: Duration) throws(LabError) { try cluster.pass(duration) }

    /// Somebody else's cluster goes on.
    func shutDown() {}

    func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        try observe(address)
    }

    func observe(_ address: NodeAddress) throws(LabError) -> any LabConnection {
        let limit = limit(for: address)
        do throws(LabError) {
            // No answer yet: the system accepts connections to a frozen process.
            return Connection(try cluster.observe(address, within: limit), of: self)
        } catch {
            silent.withLock { _ = $0.insert(address) }
            throw error
        }
    }

    /// Frozen nodes are not waited for, not even the first time.
    func expectSilenceOfFrozen() {
        let frozen = cluster.nodes.filter { control?.state(of: $0) == .frozen }
        silent.withLock { $0.formUnion(frozen) }
    }

    private func limit(for address: NodeAddress) -> Duration {
        let isFrozen = control?.state(of: address) == .frozen
        return silent.withLock { silent in
            if isFrozen, silent.contains(address) { return Self.moment }
            return silent.contains(address) || silent.count > Self.tolerated
                ? Self.impatience : Self.patience
        }
    }

    /// Remembers whether the node answered.
    private func noting<Answer>(
        _ address: NodeAddress, _ body: () throws(LabError) -> Answer
    ) throws(LabError) -> Answer {
        do throws(LabError) {
            let answer = try body()
            silent.withLock { _ = $0.remove(address) }
            return answer
        } catch {
            silent.withLock { _ = $0.insert(address) }
            throw error
        }
    }

    private final class Connection: LabConnection {
        let address: NodeAddress
        private let connection: any LabConnection
        private let cluster: TimedCluster

        init(_ connection: any LabConnection, of cluster: TimedCluster) {
            self.connection = connection
            self.cluster = cluster
            address = connection.address
        }

        func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
            let replies = try send([arguments], within: TimedCluster.patience)
            guard let reply = replies.first else { throw .connectionLost(address) }
            return reply
        }

        func send(
            _ commands: [[[UInt8]]], within limit: Duration
        ) throws(LabError) -> [RESPValue] {
            let limit = min(limit, cluster.limit(for: address))
            return try cluster.noting(address) { () throws(LabError) in
                try connection.send(commands, within: limit)
            }
        }

        func close() { connection.close() }
    }
}
