import ClusterCore
import Lab
import NodeServer
import Synchronization

/// Faults, time and snapshots of the nodes that live in this process: those of the lab's own cluster, and those that
/// the learner started beside it.
final class InProcessControl: LabControl {
    private let own: ClusterServer
    private let hosted: HostedServers?
    private let conditions: Conditions
    private let events: EventLog?
    private let processes: ProcessLog
    /// A member for a node of the own cluster that starts anew.
    private let member: @Sendable (_ port: Int) throws(LabError) -> ClusterServer.Member
    private let faults = Mutex(NetworkFaults())
    /// Writers that write in the cluster's time.
    private let writers = Mutex<[WriterShare]>([])

    /// How fast time passes in `advance`: the delays of this machine must stay small beside a node timeout.
    private static let hurry = 25.0
    /// Above this the machine's own delays look like failures.
    private static let fastest = 100.0
    /// Where writers write, they get the time to do so after so many writes each, within limits.
    private static let writesAtOnce = 8
    private static let writingSlices = Duration.milliseconds(10)...Duration.milliseconds(500)
    /// In everybody's time they get so long for that, and less once that was not enough: a node does not answer.
    private static let writerPatience = Duration.milliseconds(200)
    private static let writerImpatience = Duration.milliseconds(10)

    init(
        own: ClusterServer, hosted: HostedServers?, conditions: Conditions, events: EventLog?,
        processes: ProcessLog,
        member: @escaping @Sendable (_ port: Int) throws(LabError) -> ClusterServer.Member
    ) {
        self.own = own
        self.hosted = hosted
        self.conditions = conditions
        self.events = events
        self.processes = processes
        self.member = member
    }

    // MARK: - Nodes

    func state(of node: NodeAddress) -> NodeState {
        guard let (server, place) = find(node), let isFrozen = server.isFrozen(place) else {
            return .down
        }
        return isFrozen ? .frozen : .running
    }

    func stop(_ node: NodeAddress) throws(LabError) {
        let (server, place) = try running(node)
        guard server.isFrozen(place) != true else {
            throw .unsupported(
                "\(node.port) is frozen and takes no signal: thaw \(node.port) first, or crash it.")
        }
        server.signal("SIGTERM", to: place)
        while server.isFrozen(place) != nil { try RealTime.pass(Self.interval) }
    }

    func crash(_ node: NodeAddress) throws(LabError) {
        let (server, place) = try running(node)
        if server === own {
            processes.expectCrash(of: node)
        } else {
            hosted?.expectCrash(of: node)
        }
        server.crash(place)
    }

    func boot(_ node: NodeAddress) throws(LabError) {
        guard state(of: node) == .down else {
            throw .unsupported("\(node.port) is there already: it is \(state(of: node).rawValue).")
        }
        if isOwn(node) {
            let member = try member(node.port)
            do throws(ClusterServer.Failure) {
                try own.start(member)
            } catch {
                throw LabError(error, folder: member.folder)
            }
            processes.tell(.started, node)
        } else if try hosted?.boot(node) != true {
            throw .refused(node, reason: "the lab has never started a node there")
        }
    }

    func freeze(_ node: NodeAddress) throws(LabError) {
        let (server, place) = try running(node)
        server.freeze(place)
        processes.tell(.frozen, node)
    }

    func thaw(_ node: NodeAddress) throws(LabError) {
        let (server, place) = try running(node)
        server.thaw(place)
        processes.tell(.thawed, node)
    }

    private static let interval = Duration.milliseconds(2)

    private func running(
        _ node: NodeAddress
    ) throws(LabError) -> (ClusterServer, ClusterServer.Place) {
        guard let (server, place) = find(node) else {
            throw .refused(node, reason: "the lab has started no node there")
        }
        guard server.isFrozen(place) != nil else {
            throw .unsupported("\(node.port) is down already: boot \(node.port) starts it again.")
        }
        return (server, place)
    }

    /// Where a node lives, or lived.
    private func find(_ node: NodeAddress) -> (ClusterServer, ClusterServer.Place)? {
        isOwn(node) ? (own, ClusterServer.Place(port: node.port)) : hosted?.find(node)
    }

    /// Whether it is one of the lab's own cluster, and not a container that has the same port elsewhere.
    private func isOwn(_ node: NodeAddress) -> Bool {
        node == NodeAddress(port: node.port) && own.member(at: .init(port: node.port)) != nil
    }

    // MARK: - The network

    var network: NetworkFaults { faults.withLock(\.self) }

    func setNetwork(_ faults: NetworkFaults) throws(LabError) {
        self.faults.withLock { $0 = faults }
        conditions.setWires(faults.isEmpty ? Wires() : Wires(faults.judgement))
    }

    /// Lets a connection be made that nothing in the network holds up.
    func observing(
        _ connect: (@escaping (Int) -> Void) throws(ClientSocket.Failure) -> ClientSocket
    ) throws(ClientSocket.Failure) -> ClientSocket {
        var port: Int?
        do throws(ClientSocket.Failure) {
            var socket = try connect { [conditions] in
                port = $0
                conditions.note(observerAt: $0)
            }
            let close = socket.onClose
            socket.onClose = { [conditions] in
                close()
                if let port { conditions.forget(observerAt: port) }
            }
            return socket
        } catch {
            if let port { conditions.forget(observerAt: port) }
            throw error
        }
    }

    // MARK: - Time

    var time: Duration { Instant.start.duration(to: conditions.now) }

    var speed: Double { conditions.clock.speed }

    func setSpeed(_ speed: Double) throws(LabError) {
        guard speed <= Self.fastest else {
            throw .unsupported(
                "Nodes of this process keep up to speed \(Int(Self.fastest)): a simulated cluster has no limit."
            )
        }
        conditions.setSpeed(speed)
    }

    /// Where writers write, time does not run away from them: they write now and then what is due.
    func advance(_ duration: Duration) throws(LabError) {
        let writers = activeWriters
        guard let fastest = writers.map(\.pace).max() else { return try hurry(duration) }
        let slice = min(
            max(Self.writingSlices.lowerBound, .seconds(1) * Self.writesAtOnce / fastest),
            Self.writingSlices.upperBound)
        let end = time + duration
        var patience = Self.writerPatience
        while time < end {
            try hurry(min(slice, end - time))
            if try !haveCaughtUp(writers, within: patience) { patience = Self.writerImpatience }
        }
    }

    private func hurry(_ duration: Duration) throws(LabError) {
        let isDone = conditions.advance(duration, speed: max(Self.hurry, speed)) { pause in
            (try? RealTime.pass(pause)) != nil
        }
        guard isDone else { throw .interrupted }
    }

    private func haveCaughtUp(
        _ writers: [WriterShare], within patience: Duration
    ) throws(LabError) -> Bool {
        let now = time
        let deadline = ContinuousClock.now + patience
        while !writers.allSatisfy({ $0.hasCaughtUp(with: now) }) {
            guard ContinuousClock.now < deadline else { return false }
            try RealTime.pass(Self.interval)
        }
        return true
    }

    /// Takes in a writer.
    func admit(_ writer: WriterShare) { writers.withLock { $0.append(writer) } }

    private var activeWriters: [WriterShare] {
        writers.withLock { writers in
            writers.removeAll(where: \.isOver)
            return writers
        }
    }

    // MARK: - Snapshots

    private struct Snapshot: LabSnapshot {
        let time: Duration
        let own: [NodeSnapshot]
        let hosted: [NodeSnapshot]
        let faults: NetworkFaults
        let record: EventLog.Record?
    }

    func snapshot() throws(LabError) -> any LabSnapshot {
        pause()
        defer { goOn() }
        return Snapshot(
            time: time, own: own.snapshots(), hosted: hosted?.server?.snapshots() ?? [],
            faults: network, record: events?.record)
    }

    func restore(_ snapshot: any LabSnapshot) throws(LabError) {
        guard let snapshot = snapshot as? Snapshot else {
            throw .unsupported("That snapshot is of another kind of cluster.")
        }
        pause()
        defer { goOn() }
        conditions.jump(to: .start.advanced(by: snapshot.time))
        own.cutOff()
        hosted?.server?.cutOff()
        do throws(ClusterServer.Failure) {
            try own.restore(snapshot.own)
            try hosted?.server?.restore(snapshot.hosted)
        } catch {
            throw LabError(error, folder: nil)
        }
        try setNetwork(snapshot.faults)
        if let record = snapshot.record { events?.restore(record, to: snapshot.time) }
    }

    private func pause() {
        own.pause()
        hosted?.server?.pause()
    }

    private func goOn() {
        own.goOn()
        hosted?.server?.goOn()
    }
}

extension NetworkFaults {
    /// The same for the nodes' side, which knows a node by its port.
    fileprivate var judgement: Wires.Judgement {
        let faults = self
        return { source, target, traffic in
            guard let source = Party(source), let target = Party(target) else { return .fine }
            let fate = faults.fate(from: source, to: target, Traffic(traffic))
            return Wires.Fate(
                isBlocked: fate.isBlocked, delay: fate.delay, lossPercent: fate.lossPercent)
        }
    }
}

extension NetworkFaults.Party {
    /// Nil for who only looks: rules are not about them.
    fileprivate init?(_ party: Wires.Party) {
        switch party {
        case .node(let port): self = .node(NodeAddress(port: port))
        case .client: self = .client
        case .observer: return nil
        }
    }
}

extension NetworkFaults.Traffic {
    fileprivate init(_ traffic: Wires.Traffic) {
        switch traffic {
        case .bus: self = .bus
        case .replication: self = .replication
        case .commands: self = .commands
        }
    }
}

extension LabError {
    /// Why a node could not be started.
    init(_ failure: ClusterServer.Failure, folder: String?) {
        switch failure {
        case .portInUse(let port): self = .portInUse(port)
        case .cannotListen(let port, let reason):
            self = .refused(NodeAddress(port: port), reason: reason)
        case .folder(let path, let reason): self = .file(path: path, reason: reason)
        case .tls:
            self = .unsupported("TLS could not be set up: are the certificates in order?")
        case .locked(let reason): self = .file(path: folder ?? "", reason: reason)
        }
    }
}
