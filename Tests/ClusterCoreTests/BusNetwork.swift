import ClusterCore
import RESP

/// Nodes that reach one another without sockets, over the bus and over each other's client ports, on a virtual
/// clock: what the cluster does by itself, seen from outside.
final class BusNetwork {
    var nodes: [Node]
    private(set) var now = Instant.start
    /// What each node told, with the time.
    private(set) var events: [(at: Instant, node: Int, event: NodeEvent)] = []
    /// Votes given, and whether nodes.conf was written for good before.
    private(set) var votes: [(node: Int, isOnDisk: Bool)] = []
    /// The last nodes.conf of each node.
    private(set) var savedConfigurations: [Int: String] = [:]
    private var queue: [Entry] = []
    private var nextNumber = 0
    private var peers: [End: End] = [:]
    private(set) var stopped: Set<Int> = []
    /// Nodes that packets do not leave or reach.
    private var cutOff: Set<Int> = []
    /// The connections to the nodes' client ports.
    var connections: [Connection] = []
    /// The log of each node.
    var logs: [Int: [String]] = [:]
    /// Nodes that have ended by themselves.
    var ended: Set<Int> = []
    /// Timers that do not fire, as where a driver waits for a client.
    var heldTimers: Set<TimerID> = [] {
        didSet { releaseTimers() }
    }
    private var heldEntries: [Entry] = []
    /// Is told of the streams that nodes open.
    var onOpen: (StreamID) -> Void = { _ in }

    private struct End: Hashable {
        let node: Int
        let link: LinkID
    }

    /// What happens to a node.
    enum Delivery {
        case event(Event)
        /// Bytes of a client of it.
        case input(ClientID, [UInt8])
    }

    private struct Entry {
        let at: Instant
        let number: Int
        let node: Int
        let delivery: Delivery
        /// Whom a packet is from; nil for the node's own timers.
        var from: Int?

        static func < (left: Entry, right: Entry) -> Bool {
            (left.at, left.number) < (right.at, right.number)
        }
    }

    private static let latency = Duration.milliseconds(1)
    /// How long what a node's client port sends to another node is under way.
    var streamLatency = BusNetwork.latency

    init(_ nodes: [Node]) {
        self.nodes = nodes
        for index in nodes.indices {
            var actions: [Action] = []
            self.nodes[index].start(into: &actions)
            perform(actions, of: index)
        }
    }

    /// A cluster that is set up already, with a node timeout of a second.
    convenience init(
        masters: Int, replicas: Int, configure: (inout Configuration) -> Void = { _ in }
    ) {
        self.init(Self.nodes(masters: masters, replicas: replicas, isEmpty: false, configure))
    }

    /// Nodes on ports from 7000 on.
    static func nodes(
        masters: Int, replicas: Int, isEmpty: Bool, _ configure: (inout Configuration) -> Void
    ) -> [Node] {
        let layout = ClusterLayout(
            masters: masters, replicas: replicas, port: 7000, isEmpty: isEmpty, seed: 7)
        var configuration = Configuration()
        configuration.clusterNodeTimeout = .milliseconds(1000)
        configuration.dir = "/nodes"
        // Nothing is replicated here, so no replica's data is ever fresh.
        configuration.clusterReplicaValidityFactor = 0
        configure(&configuration)
        return (0..<layout.count).map {
            layout.node(
                $0, configuration: configuration, wallClockAtStart: 1_700_000_000_000, at: .start)
        }
    }

    // MARK: - Time

    /// Lets time pass until the condition holds.
    /// - Returns: whether it did within the limit.
    func run(for limit: Duration, until condition: () -> Bool = { false }) -> Bool {
        let end = now.advanced(by: limit)
        while !condition() {
            guard let next = queue.indices.min(by: { queue[$0] < queue[$1] }),
                queue[next].at <= end
            else {
                now = end
                return condition()
            }
            deliver(queue.remove(at: next))
        }
        return true
    }

    private func deliver(_ entry: Entry) {
        now = max(now, entry.at)
        guard !stopped.contains(entry.node) else { return }
        if let from = entry.from, cutOff.contains(from) || cutOff.contains(entry.node) { return }
        switch entry.delivery {
        case .event(.timer(let timer)) where heldTimers.contains(timer): heldEntries.append(entry)
        case .event(let event): step(event, of: entry.node)
        case .input(let client, let bytes): receive(bytes, of: client, at: entry.node)
        }
    }

    /// Lets something happen to a node at once.
    func step(_ event: Event, of node: Int) {
        var actions: [Action] = []
        nodes[node].step(event, at: now, into: &actions)
        perform(actions, of: node)
    }

    private func releaseTimers() {
        let due = heldEntries.filter { entry in
            guard case .event(.timer(let timer)) = entry.delivery else { return true }
            return !heldTimers.contains(timer)
        }
        heldEntries.removeAll { entry in due.contains { $0.number == entry.number } }
        queue += due
    }

    // MARK: - Faults

    /// Ends a node without a word.
    func stop(_ node: Int) {
        stopped.insert(node)
        for (end, other) in peers.filter({ $0.key.node == node }).sorted(by: {
            $0.key.link < $1.key.link
        }) {
            peers[end] = nil
            peers[other] = nil
            schedule(.linkDown(other.link), for: other.node, from: nil)
        }
        dropConnections(of: node)
    }

    /// Starts a stopped node from its nodes.conf.
    func start(_ index: Int, as node: Node) throws {
        nodes[index] = node
        stopped.remove(index)
        try nodes[index].restore(clusterConfiguration: savedConfigurations[index] ?? "")
        var actions: [Action] = []
        nodes[index].start(into: &actions)
        perform(actions, of: index)
    }

    func cutOff(_ nodes: Set<Int>) {
        cutOff = nodes
    }

    // MARK: - What the nodes ask for

    func perform(_ actions: [Action], of node: Int) {
        var isOnDisk = false
        for action in actions {
            if case .save(.clusterConfiguration, _, true, _) = action { isOnDisk = true }
            if case .send(_, let message) = action, message.kind == .failoverAuthAck {
                votes.append((node, isOnDisk))
            }
            switch action {
            case .setTimer(let timer, let instant):
                schedule(.timer(timer), for: node, at: instant, from: nil)
            case .connect(let link, _, let port): connect(node, link, port: port)
            case .send(let link, let message):
                if let other = peers[End(node: node, link: link)] {
                    schedule(.bus(other.link, message), for: other.node, from: node)
                }
            case .disconnect(let link): disconnect(End(node: node, link: link))
            case .trace(let event): events.append((now, node, event))
            case .save(.clusterConfiguration, let contents, _, _):
                savedConfigurations[node] = contents
            default: performForClients(action, of: node)
            }
        }
    }

    private func connect(_ node: Int, _ link: LinkID, port: Int) {
        let other = nodes.firstIndex { $0.configuration.busPort == port }
        guard let other, !stopped.contains(other) else {
            return schedule(.linkDown(link), for: node, from: nil)
        }
        let host = "127.0.0.1"
        let accepted = nodes[other].acceptLink(from: host, localHost: host, at: now)
        peers[End(node: node, link: link)] = End(node: other, link: accepted)
        peers[End(node: other, link: accepted)] = End(node: node, link: link)
        schedule(.linkUp(link, localHost: host), for: node, from: other)
    }

    private func disconnect(_ end: End) {
        guard let other = peers.removeValue(forKey: end) else { return }
        peers[other] = nil
        schedule(.linkDown(other.link), for: other.node, from: nil)
    }

    func schedule(_ event: Event, for node: Int, at: Instant? = nil, from: Int?) {
        schedule(.event(event), for: node, at: at, from: from)
    }

    func schedule(_ delivery: Delivery, for node: Int, at: Instant? = nil, from: Int?) {
        nextNumber += 1
        queue.append(
            Entry(
                at: at ?? now.advanced(by: Self.latency), number: nextNumber, node: node,
                delivery: delivery, from: from))
    }

}

extension BusNetwork {
    /// Whether every running node sees the same owner, by name, for every slot.
    func agree(except left: Set<Int> = []) -> Bool {
        let views = nodes.indices.filter { !left.contains($0) }.map { index in
            nodes[index].cluster.ownedRanges().map {
                "\($0.slots) \(nodes[index].cluster[$0.owner].id)"
            }
        }
        return views.allSatisfy { $0 == views[0] }
    }

    /// The place of the master whose replica the node is, nil for a master.
    func master(of node: Int) -> Int? {
        let cluster = nodes[node].cluster
        return cluster.myself.master.map { master in
            let id = cluster[master].id
            return nodes.firstIndex { $0.cluster.myself.id == id } ?? -1
        }
    }

    /// When a node first told something of the kind.
    func time(_ node: Int? = nil, of kind: (NodeEvent) -> Bool) -> Instant? {
        events.first { (node == nil || $0.node == node) && kind($0.event) }?.at
    }
}
