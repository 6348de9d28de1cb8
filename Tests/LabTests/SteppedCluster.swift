import Lab
import RESP
import Synchronization

/// Three masters that keep keys in memory, in a time that passes only while somebody waits. It drives a writer by one
/// command after the other.
final class SteppedCluster: LabCluster {
    let nodes = (7000...7002).map { NodeAddress(port: $0) }
    let log = EventLog()
    private let state = Mutex(State())

    struct State {
        var time = Duration.zero
        var keys: [String: String] = [:]
        /// Gives a node's reply in place of the usual one.
        var answer: @Sendable (NodeAddress, [String]) -> RESPValue? = { _, _ in nil }
        /// Nobody listens there.
        var down: Set<NodeAddress> = []
        var writer: WriterShare?
        /// The nodes that the writer is connected to.
        var connected: Set<NodeAddress> = []
    }

    var time: Duration { state.withLock(\.time) }
    var runsByItself: Bool { false }
    var events: EventLog? { log }

    func admit(_ writer: WriterShare) { change { $0.writer = writer } }

    func pass(_ duration: Duration) throws(LabError) {
        let end = time + duration
        while time < end {
            let writer = change(\.writer)
            let next = max(time, min(writer?.nextTime ?? end, end))
            change { $0.time = next }
            if let writer, !writer.isOver { drive(writer) }
        }
    }

    private func drive(_ writer: WriterShare) {
        let now = time
        var actions = writer.noteRewinds(log, at: now) + writer.change { $0.tick(at: now) }
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .disconnect(let node): change { _ = $0.connected.remove(node) }
            case .send(let node, let command):
                actions = send(command, to: node, of: writer) + actions
            }
        }
    }

    private func send(
        _ command: [[UInt8]], to node: NodeAddress, of writer: WriterShare
    ) -> [ClusterWriter.Action] {
        guard change({ $0.down.contains(node) }) else {
            change { _ = $0.connected.insert(node) }
            let reply = ask(node, command.map { String(decoding: $0, as: UTF8.self) })
            let now = time
            return writer.change { $0.received(reply, from: node, at: now) }
        }
        let wasConnected = change { $0.connected.remove(node) != nil }
        let now = time
        return writer.change {
            $0.failed(
                node, wasConnected ? .noReply("connection lost") : .refused("Connection refused"),
                at: now)
        }
    }

    /// Does something to the cluster.
    func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        guard nodes.contains(address), !change({ $0.down.contains(address) }) else {
            throw .refused(address, reason: "Connection refused")
        }
        return Connection(address: address, cluster: self)
    }

    func shutDown() {}

    /// What the node replies; it takes a millisecond.
    fileprivate func ask(_ node: NodeAddress, _ words: [String]) -> RESPValue {
        change { state in
            state.time += .milliseconds(1)
            if let reply = state.answer(node, words) { return reply }
            switch words[0] {
            case "CLUSTER" where words[1] == "SLOTS": return Self.slots
            case "CLUSTER": return .bulkString(Array(Self.info.utf8))
            case "SET":
                state.keys[words[1]] = words[2]
                return .simpleString("OK")
            case "GET": return state.keys[words[1]].map { .bulkString(Array($0.utf8)) } ?? .null
            default: return .integer(1)
            }
        }
    }

    private static let info = "cluster_state:ok\r\ncluster_current_epoch:3\r\n"

    private static let slots: RESPValue = .array(
        [(0, 5460), (5461, 10922), (10923, 16383)].enumerated().map { place, range in
            .array([
                .integer(Int64(range.0)), .integer(Int64(range.1)),
                .array([.bulkString(Array("127.0.0.1".utf8)), .integer(Int64(7000 + place))]),
            ])
        })

    private final class Connection: LabConnection {
        let address: NodeAddress
        private let cluster: SteppedCluster

        init(address: NodeAddress, cluster: SteppedCluster) {
            self.address = address
            self.cluster = cluster
        }

        func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
            guard !cluster.change({ $0.down.contains(address) }) else {
                throw .connectionLost(address)
            }
            return cluster.ask(address, arguments.map { String(decoding: $0, as: UTF8.self) })
        }

        func close() {}
    }
}
