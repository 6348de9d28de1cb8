import ClusterCore
import Lab
import RESP
import Simulation

/// A writer that lives in a simulated cluster: it sends in the world's time, over connections of its own, and never
/// waits for one of them alone. So it writes while somebody else waits, and comes out the same for the same seed.
struct SimulatedWriter: Sendable {
    private let share: WriterShare
    private let events: EventLog
    private var links: [NodeAddress: Link] = [:]

    /// A connection to a node.
    private struct Link: Sendable {
        let number: Int
        /// By then it has to be open.
        let deadline: Instant
        var parser = RESPParser()
        /// What is sent as soon as it is open.
        var pending: [UInt8] = []
        /// A reply is to come.
        var isAwaited = false
    }

    /// Less than the writer waits for a reply: what could not be sent is refused, and not unknown.
    private static let connectTimeout = Duration.seconds(1)

    init(_ share: WriterShare, events: EventLog) {
        self.share = share
        self.events = events
    }

    /// When it has something to do; nil when nothing but a reply can change anything.
    var nextTime: Instant? {
        if share.isOver { return .start }
        let writes = share.nextTime.map { Instant(notBefore: $0) }
        let connections = links.values.filter { !$0.pending.isEmpty }.map(\.deadline)
        return (connections + [writes].compactMap(\.self)).min()
    }

    /// It was over when it acted last, and may be forgotten.
    private(set) var isGone = false

    /// Takes what has come, and sends what is due.
    mutating func act(in world: inout World) {
        guard !share.isOver else { return leave(&world) }
        let now = Instant.start.duration(to: world.time)
        perform(share.noteRewinds(events, at: now), &world)
        for node in links.keys.sorted() { look(at: node, &world) }
        perform(share.change { $0.tick(at: now) }, &world)
    }

    /// The world was replaced by another one, in which these connections are none.
    mutating func forgetLinks() { links = [:] }

    private mutating func leave(_ world: inout World) {
        for link in links.values.sorted(by: { $0.number < $1.number }) {
            world.closeFromOutside(link.number)
        }
        links = [:]
        isGone = true
    }

    // MARK: - Out

    private mutating func perform(_ actions: [ClusterWriter.Action], _ world: inout World) {
        for action in actions {
            switch action {
            case .disconnect(let node): close(node, &world)
            case .send(let node, let command): send(encodeRequest(command), to: node, &world)
            }
        }
    }

    private mutating func send(_ bytes: [UInt8], to node: NodeAddress, _ world: inout World) {
        var link =
            links[node]
            ?? Link(
                number: world.connectFromOutside(to: node),
                deadline: world.time.advanced(by: Self.connectTimeout))
        link.isAwaited = true
        if world.outsideState(link.number) == .open {
            world.sendFromOutside(bytes, by: link.number)
        } else {
            link.pending += bytes
        }
        links[node] = link
    }

    private mutating func close(_ node: NodeAddress, _ world: inout World) {
        guard let link = links.removeValue(forKey: node) else { return }
        world.closeFromOutside(link.number)
    }

    // MARK: - In

    private mutating func look(at node: NodeAddress, _ world: inout World) {
        guard let link = links[node] else { return }
        switch world.outsideState(link.number) {
        case .connecting:
            guard link.deadline <= world.time else { return }
            lose(node, .refused("Connection timed out"), &world)
        case .refused(let reason): lose(node, .refused(reason), &world)
        case .open:
            flush(node, &world)
            takeReplies(from: node, &world)
        case .ended:
            takeReplies(from: node, &world)
            lose(node, .noReply("connection lost"), &world)
        }
    }

    private mutating func flush(_ node: NodeAddress, _ world: inout World) {
        guard let link = links[node], !link.pending.isEmpty else { return }
        world.sendFromOutside(link.pending, by: link.number)
        links[node]?.pending = []
    }

    private mutating func takeReplies(from node: NodeAddress, _ world: inout World) {
        guard let link = links[node] else { return }
        links[node]?.parser.append(world.takeReceived(link.number))
        let now = Instant.start.duration(to: world.time)
        while true {
            let reply: RESPValue?
            do throws(RESPParser.Malformed) { reply = try links[node]?.parser.next() } catch {
                return lose(node, .noReply("Protocol error"), &world)
            }
            guard let reply else { return }
            links[node]?.isAwaited = false
            perform(share.change { $0.received(reply, from: node, at: now) }, &world)
        }
    }

    /// A connection that ends while nothing is to come on it is no news for the writer.
    private mutating func lose(
        _ node: NodeAddress, _ failure: ClusterWriter.Failure, _ world: inout World
    ) {
        let isAwaited = links[node]?.isAwaited ?? false
        close(node, &world)
        guard isAwaited else { return }
        let now = Instant.start.duration(to: world.time)
        perform(share.change { $0.failed(node, failure, at: now) }, &world)
    }
}

extension Instant {
    /// The first one that is no earlier than so much time after the start: what is due then is due.
    fileprivate init(notBefore time: Duration) {
        let earlier = Instant.start.advanced(by: time)
        let isEarly = Instant.start.duration(to: earlier) < time
        self = isEarly ? earlier.advanced(by: .nanoseconds(1)) : earlier
    }
}

extension World {
    /// Begins to connect to a node; no other host than this machine has one.
    mutating func connectFromOutside(to address: NodeAddress, isObserver: Bool = false) -> Int {
        let isHere = ["127.0.0.1", "localhost"].contains(address.host)
        return connectFromOutside(port: isHere ? address.port : 0, isObserver: isObserver)
    }
}
