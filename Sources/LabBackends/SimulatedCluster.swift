import ClusterCore
package import Lab
import Simulation
import Synchronization

/// A cluster in virtual time. No port of this machine leads to it: only connections that it makes itself do.
///
/// Whoever waits makes time pass, for all: a command takes what the network takes for it and its reply, and `pass`
/// what it is told. In between time stands still, however long somebody thinks. Writers that were admitted write
/// whenever it passes, whoever it is that waits.
package final class SimulatedCluster: LabCluster {
    package let nodes: [NodeAddress]
    let log = EventLog()
    private let state: Mutex<State>

    /// The world, and what has been done to it from outside.
    struct State: Sendable {
        var world: World
        var network = NetworkFaults()
        var speed = 1.0
        /// Connections of an earlier generation are gone: the world has been replaced since.
        var generation = 0
        var isShutDown = false
        /// Clients that live in the world's time.
        var writers: [SimulatedWriter] = []
        /// How much had happened in the world when its nodes were listened to last.
        var toldSteps: Int?
        /// The names of the nodes as the log has them.
        fileprivate var names: [NodeID] = []
    }

    init(_ world: World, nodes: [NodeAddress]) {
        self.nodes = nodes
        state = Mutex(State(world: world))
        state.withLock { [log, nodes] in $0.tell(log, nodes) }
    }

    package var time: Duration {
        state.withLock { Instant.start.duration(to: $0.world.time) }
    }

    package var events: EventLog? { log }

    package var control: (any LabControl)? { self }

    package var runsByItself: Bool { false }

    package func admit(_ writer: WriterShare) {
        state.withLock { $0.writers.append(SimulatedWriter(writer, events: log)) }
    }

    package func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        try SimulatedConnection(to: address, of: self)
    }

    package func observe(_ address: NodeAddress) throws(LabError) -> any LabConnection {
        try SimulatedConnection(to: address, of: self, isObserver: true)
    }

    package func pass(_ duration: Duration) throws(LabError) {
        try change { state throws(LabError) in
            guard !state.world.isStill else {
                throw .unsupported(
                    "Time stands still: advance 5s lets some pass, speed 1 all.")
            }
            state.advance(by: duration)
        }
    }

    package func shutDown() {
        state.withLock { $0.isShutDown = true }
    }

    /// Does something to the world, and takes down what the nodes tell of it.
    func change<Result: Sendable>(
        _ body: (inout State) throws(LabError) -> Result
    ) throws(LabError) -> Result {
        try state.withLock { state throws(LabError) in
            guard !state.isShutDown else {
                throw .refused(
                    nodes.first ?? NodeAddress(port: 0), reason: "the cluster has been shut down")
            }
            defer { state.tell(log, nodes) }
            return try body(&state)
        }
    }

    /// Looks at the world.
    func look<Result: Sendable>(_ body: (State) -> Result) -> Result {
        state.withLock { body($0) }
    }

    /// The place of a node in the world.
    func place(of node: NodeAddress) throws(LabError) -> Int {
        guard let place = nodes.firstIndex(of: node) else {
            throw .refused(node, reason: "the lab has started no node there")
        }
        return place
    }
}

extension SimulatedCluster.State {
    /// Lets so much time pass.
    mutating func advance(by duration: Duration) {
        run(until: world.time.advanced(by: max(.zero, duration)))
    }

    /// What somebody waits for.
    enum Awaited {
        case nothing
        /// Something that has come for a client from outside.
        case news(Int)
        /// Whether its connection could be made.
        case connection(Int)
    }

    /// Lets time pass until what is waited for is there, or until then; writers write meanwhile.
    /// - Returns: whether it is there.
    @discardableResult
    mutating func run(until end: Instant, or awaited: Awaited = .nothing) -> Bool {
        while !isThere(awaited) {
            let next = world.nextTime.flatMap { $0 <= end ? $0 : nil }
            if let due = writersDue, due <= next ?? end {
                world.run(until: due)
                driveWriters()
            } else if next != nil {
                let seen = world.outsideNews
                world.step()
                if world.outsideNews != seen { driveWriters() }
            } else {
                world.run(until: end)
                break
            }
        }
        return isThere(awaited)
    }

    private func isThere(_ awaited: Awaited) -> Bool {
        switch awaited {
        case .nothing: false
        case .news(let number): world.hasNews(for: number)
        case .connection(let number): world.outsideState(number) != .connecting
        }
    }

    /// When the first writer has something to do.
    private var writersDue: Instant? {
        writers.isEmpty ? nil : writers.compactMap(\.nextTime).min().map { max($0, world.time) }
    }

    private mutating func driveWriters() {
        guard !writers.isEmpty else { return }
        for index in writers.indices { writers[index].act(in: &world) }
        writers.removeAll(where: \.isGone)
    }

    /// Takes down what the nodes have told, and their names.
    mutating func tell(_ log: EventLog, _ nodes: [NodeAddress]) {
        for place in nodes.indices where toldSteps != world.steps {
            let id = world.id(of: place)
            guard !names.isKnown(id, at: place) else { continue }
            if place < names.count { names[place] = id } else { names.append(id) }
            log.name(id.description, nodes[place])
        }
        toldSteps = world.steps
        for told in world.takeEvents() {
            log.add(
                LabEvent(
                    time: Instant.start.duration(to: told.time), node: nodes[told.host],
                    kind: told.event.map { LabEvent.Kind($0) } ?? .process(.ended)))
        }
    }
}

extension [NodeID] {
    fileprivate func isKnown(_ id: NodeID, at place: Int) -> Bool {
        place < count && self[place] == id
    }
}
