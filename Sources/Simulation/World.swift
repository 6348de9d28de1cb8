package import ClusterCore
import Keyspace

/// A cluster, its clients and the network between them, as one value: time passes only by `step`, and all chance is
/// drawn from one seed, so that the same seed gives the same run to the last byte. A copy is a snapshot.
package struct World: Sendable {
    package private(set) var time = Instant.start
    /// Things that have happened so far.
    package private(set) var steps = 0
    package internal(set) var hosts: [Host] = []
    package internal(set) var trace: Trace
    package internal(set) var invariants: Invariants
    package internal(set) var ledger = Ledger()
    package let settings: SimulationSettings
    let layout: ClusterLayout
    var queue = EventQueue<Occurrence>()
    var random: SplitMix64
    /// What clients from outside draw.
    var outsideRandom: SplitMix64
    var network: VirtualNetwork
    var connections = ConnectionTable()
    var clients: [SimulatedClient]
    var administrator = Administrator()
    /// Clients that are no part of the world, by their numbers.
    var outsiders: [Int: OutsideClient] = [:]
    var outsiderCount = 0
    /// Rises with all that comes to clients from outside.
    package internal(set) var outsideNews = 0
    /// Time stands still, and clients from outside are answered without it.
    package var isStill = false
    /// What the nodes told, where it is kept.
    var events: [ToldEvent] = []
    /// The ordinal of the host that serves on a port.
    private var hostOfPort: [Int: Int] = [:]
    private var hostOfID: [NodeID: Int] = [:]
    /// Reused from step to step.
    var actions: [Action] = []

    /// A cluster at its start: agreed, in sync, and ok.
    package init(_ settings: SimulationSettings, isTraced: Bool = false) {
        self.settings = settings
        random = SplitMix64(seed: settings.seed)
        outsideRandom = SplitMix64(seed: ~settings.seed)
        layout = ClusterLayout(
            masters: settings.masters, replicas: settings.replicas, port: settings.firstPort,
            isEmpty: settings.isEmpty, seed: settings.isChecked ? random.next() : settings.seed)
        trace = Trace(isOn: isTraced)
        network = VirtualNetwork(
            hosts: settings.nodes, clients: settings.clients + 2, latency: settings.latency)
        clients = (0...settings.clients).map { SimulatedClient(ordinal: $0) }
        invariants = Invariants(hosts: settings.nodes)
        for ordinal in 0..<settings.nodes { addHost(ordinal) }
        for ordinal in hosts.indices { invariants.begin(with: hosts[ordinal].node, at: ordinal) }
    }

    /// Unix milliseconds at the start of every world.
    static let wallClockAtStart: Int64 = 1_700_000_000_000
    static let address = "127.0.0.1"

    /// Starts the nodes and the clients.
    package mutating func start() {
        // Large clusters one after the other: a million links that greet each other at once fill the memory.
        let pause: Duration = hosts.count > 100 ? .milliseconds(5) : .zero
        for ordinal in hosts.indices {
            queue.schedule(.start(host: ordinal), at: time.advanced(by: pause * ordinal))
        }
        for client in 0..<settings.clients {
            wakeClient(client, after: self.pause(upTo: .seconds(1)))
        }
    }

    /// Lets everything happen up to an instant.
    package mutating func run(until end: Instant) {
        while let next = queue.nextTime, next <= end, invariants.violation == nil { step() }
        if invariants.violation == nil { advance(to: end) }
    }

    /// When the next thing happens.
    package var nextTime: Instant? { queue.nextTime }

    /// Nothing more happens until then.
    mutating func advance(to end: Instant) { time = max(time, end) }

    /// Lets the next thing happen.
    package mutating func step() {
        guard let (instant, occurrence) = queue.next() else { return }
        precondition(instant >= time, "\(instant) comes after \(time)")
        time = instant
        steps += 1
        handle(occurrence)
    }

    /// A number that two runs of one seed share, and hardly any others.
    package var fingerprint: UInt64 {
        var random = random
        return random.next() ^ UInt64(steps) ^ UInt64(bitPattern: time.nanoseconds)
    }

    // MARK: - What happens

    mutating func handle(_ occurrence: Occurrence) {
        if let host = host(of: occurrence), hosts[host].isFrozen, hosts[host].isUp {
            hosts[host].deferred.append(occurrence)
            return
        }
        switch occurrence {
        case .timer(let host, let timer, let reading, let incarnation):
            fire(timer, at: reading, of: host, incarnation)
        case .start(let host):
            guard hosts[host].isUp, hosts[host].incarnation == 0 else { return }
            hosts[host].node.start(into: &actions)
            perform(for: host)
        case .knock(let connection, let attempt): knock(connection, attempt)
        case .accept(let connection): accept(connection)
        case .arrival(let connection, let side, let payload):
            arrive(connection, to: side, payload)
        case .delivery(let connection, let side, let payload):
            deliver(payload, over: connection, to: side)
        case .giveUp(let connection, let side): giveUp(connection, side)
        case .later(let host, let incarnation, let deferred):
            guard hosts[host].isUp, hosts[host].incarnation == incarnation else { return }
            perform(deferred, for: host)
        case .clientWake(let client, let generation): wake(client, generation)
        case .fault(let fault): inject(fault)
        }
    }

    /// The host whose process has to run for the occurrence to take place.
    private func host(of occurrence: Occurrence) -> Int? {
        switch occurrence {
        case .start(let host), .timer(let host, _, _, _), .later(let host, _, _): return host
        case .accept(let connection): return process(connection, .acceptor)
        case .delivery(let connection, let side, _): return process(connection, side)
        case .giveUp(let connection, let side): return process(connection, side)
        case .arrival, .knock, .clientWake, .fault: return nil
        }
    }

    @inline(__always)
    private func process(_ connection: ConnectionID, _ side: Connection.Side) -> Int? {
        connections.parties(of: connection, to: side)?.target.host
    }

    private mutating func fire(_ timer: TimerID, at reading: Instant, of host: Int, _ start: Int) {
        guard hosts[host].isUp, hosts[host].incarnation == start,
            hosts[host].timers[timer] == reading
        else { return }
        hosts[host].timers[timer] = nil
        step(host, .timer(timer))
    }

    /// Hands an event to a node and does what it asks for.
    mutating func step(_ host: Int, _ event: Event) {
        hosts[host].node.step(event, at: clockReading(of: host), into: &actions)
        perform(for: host)
        examine(host)
    }

    /// What a host's clock shows.
    package func clockReading(of host: Int) -> Instant { hosts[host].clock.reading(at: time) }

    /// A random while.
    mutating func pause(upTo longest: Duration) -> Duration {
        .nanoseconds(random.next(below: Int(longest.nanoseconds) + 1))
    }

    // MARK: - Who is who

    /// The host that listens there, and whether the port is its bus port.
    func listener(port: Int) -> (host: Int, isBus: Bool)? {
        if let host = hostOfPort[port] { return (host, false) }
        return hostOfPort[port - 10_000].map { ($0, true) }
    }

    /// The name of a host's node. Hosts themselves are much to copy for who only asks that.
    package func id(of host: Int) -> NodeID { hosts[host].node.cluster.peers[0].id }

    /// The host of a node.
    package func ordinal(of id: NodeID) -> Int? { hostOfID[id] }

    func port(of host: Int) -> Int { settings.firstPort + host }

    private mutating func addHost(_ ordinal: Int) {
        let clock = settings.clocks(using: &random)
        let node = newNode(ordinal, at: clock.reading(at: .start))
        let disk = Disk(clusterConfiguration: settings.hasFiles ? node.clusterConfiguration() : "")
        let host = Host(node: node, clock: clock, disk: disk)
        hosts.append(host)
        hostOfPort[port(of: ordinal)] = ordinal
        hostOfID[host.id] = ordinal
        trace.name(host.id, "n\(ordinal)")
    }

    /// A node as it is when its process starts for the first time.
    func newNode(_ ordinal: Int, at now: Instant) -> Node {
        guard ordinal >= layout.count else {
            return layout.node(
                ordinal, configuration: configuration(of: ordinal),
                wallClockAtStart: Self.wallClockAtStart, at: now)
        }
        // A spare node, which knows nobody yet.
        let alone = ClusterLayout(
            masters: 1, replicas: 0, port: port(of: ordinal), isEmpty: true,
            seed: settings.seed ^ UInt64(ordinal))
        return alone.node(
            0, configuration: configuration(of: ordinal), wallClockAtStart: Self.wallClockAtStart,
            at: now)
    }

    /// What a node goes by that no file of its own says otherwise.
    func configuration(of host: Int) -> Configuration {
        var configuration = settings.configuration
        configuration.port = port(of: host)
        // In a cluster for clients from outside each node has a folder of its own.
        if !configuration.configFile.isEmpty {
            configuration.dir += "/\(configuration.port)"
            configuration.configFile = "\(configuration.dir)/redis.conf"
        }
        return configuration
    }
}

extension World {
    /// A node as it is when its process starts again: with what it has on its disk, and with new chance. A history of
    /// writes that went on under its old name would make replicas believe that they have it.
    mutating func restartedNode(_ host: Int) throws(Disk.Unreadable) -> Node {
        let configuration = try hosts[host].disk.configuration(configuration(of: host))
        var node = Node(
            identity: Peer(id: hosts[host].id, host: "", port: configuration.port),
            configuration: configuration, seed: random.next(),
            wallClockAtStart: Self.wallClockAtStart, at: clockReading(of: host))
        try hosts[host].disk.restore(&node)
        return node
    }
}
