import ClusterCore

/// The number of a connection. Places are used again, generations are not.
struct ConnectionID: Hashable, Sendable {
    let place: Int32
    let generation: UInt32
}

/// A TCP connection: two flows of payloads that arrive in their order or not at all. There is no duplication, as
/// TCP has none; what a protocol sends again over the next connection is its own business.
struct Connection: Sendable {
    enum Side: UInt8, Sendable {
        case opener, acceptor

        var other: Side { self == .opener ? .acceptor : .opener }
    }

    /// Who has an end of it, and under which name.
    enum End: Sendable {
        case link(host: Int, LinkID)
        case stream(host: Int, StreamID)
        case served(host: Int, ClientID)
        case client(Int)
        /// A client from outside. What is wrong between clients and nodes is not for those who only look.
        case outsider(Int, isObserver: Bool)
        /// Not accepted yet, and so nobody's so far.
        case listener(host: Int, isBus: Bool)
        /// Closed there, or the process died.
        case gone(Party)
    }

    enum State: UInt8, Sendable {
        case connecting, open, closed
    }

    var opener: End
    var acceptor: End
    var state = State.connecting
    let opened: Instant
    let traffic: Traffic
    /// Which sides have told the other one of the end.
    private var endedSides: UInt8 = 0
    /// The flows to each side.
    var toOpener = Flow()
    var toAcceptor = Flow()

    /// One direction.
    struct Flow: Sendable {
        /// When the last payload arrives: none may overtake it.
        var lastArrival = Instant.start
        /// Until then what was held back is on its way.
        var released = Instant.start
        /// Nothing that is under way arrives any more, but the end.
        var isCut = false
        /// What the network does not let through for now, in its order.
        var held: [Payload] = []
    }

    init(opener: End, acceptor: End, opened: Instant) {
        self.opener = opener
        self.acceptor = acceptor
        self.opened = opened
        traffic = Self.traffic(of: opener)
    }

    private static func traffic(of opener: End) -> Traffic {
        switch opener {
        case .link: .bus
        case .stream: .replication
        case .served, .client, .outsider, .listener, .gone: .commands
        }
    }

    func hasEnded(_ side: Side) -> Bool { endedSides & (1 << side.rawValue) != 0 }

    mutating func markEnded(_ side: Side) {
        endedSides |= 1 << side.rawValue
    }

    subscript(side: Side) -> End {
        get { side == .opener ? opener : acceptor }
        set { if side == .opener { opener = newValue } else { acceptor = newValue } }
    }

    /// The flow to that side.
    subscript(flowTo side: Side) -> Flow {
        @inline(__always)
        _read {
            if side == .opener { yield toOpener } else { yield toAcceptor }
        }
        @inline(__always)
        _modify {
            if side == .opener { yield &toOpener } else { yield &toAcceptor }
        }
    }

    /// The machine at that side.
    func party(_ side: Side) -> Party {
        switch self[side] {
        case .link(let host, _), .stream(let host, _), .served(let host, _),
            .listener(let host, _):
            .host(host)
        case .client(let client): .client(client)
        case .outsider(_, let isObserver): isObserver ? .observer : .outside
        case .gone(let party): party
        }
    }
}

/// A machine of the world: a node's, or a client's.
package enum Party: Hashable, Sendable {
    case host(Int)
    case client(Int)

    /// The clients from outside. A world that has them has no others.
    package static let outside = Party.client(0)

    /// Clients from outside that look at the nodes from where nothing is in the way: no rule is about them.
    static let observer = Party.client(1)

    /// The host, if it is one.
    @inline(__always)
    var host: Int? {
        if case .host(let host) = self { host } else { nil }
    }
}
