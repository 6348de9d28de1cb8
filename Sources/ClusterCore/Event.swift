/// What happens to a node, apart from the bytes of its clients, which `Node.receive` takes.
package enum Event: Hashable, Sendable {
    /// The connection of a client is gone.
    case clientGone(ClientID)
    case timer(TimerID)
    /// The system asks the process to end: SIGTERM or SIGINT. The node does what SHUTDOWN does.
    case signal(String)

    // MARK: The cluster bus

    /// A connection that `Action.connect` asked for is there; the host is this node's own end of it.
    case linkUp(LinkID, localHost: String)
    /// A link is gone, or could not be made. Never sent for a link that `Action.disconnect` ended.
    case linkDown(LinkID)
    case bus(LinkID, BusMessage)

    // MARK: Connections to the client port of another node

    /// A connection that `Action.open` asked for is there.
    case streamUp(StreamID)
    /// A stream is gone, or could not be opened; the reason is the system's. Never sent for a stream that
    /// `Action.shut` ended.
    case streamDown(StreamID, reason: String)
    case streamBytes(StreamID, [UInt8])

    // MARK: The node's folder

    /// The snapshot of that number that `Action.dump` asked for is on the disk, in so many bytes.
    case snapshotWritten(Int, size: Int)
    /// It is not; the reason is the system's.
    case snapshotFailed(Int, reason: String)
    /// The append-only file cannot be written, or, with nil, can be again and has everything.
    case appendOnlyChanged(error: String?)
}

extension Event {
    /// Whether a node that sleeps takes it only when it wakes.
    var waitsForWaking: Bool {
        switch self {
        case .clientGone, .timer(.cron), .timer(.wake): false
        case .signal, .timer(.unpause), .timer(.script), .timer(.waitTimeout), .timer(.blockTimeout),
            .timer(.snapshot), .timer(.migration), .timer(.debugger), .linkUp, .linkDown, .bus,
            .streamUp, .streamDown, .streamBytes, .snapshotWritten, .snapshotFailed,
            .appendOnlyChanged:
            true
        }
    }
}

/// A timer of a node. Each is set to one instant at a time; setting it again replaces it.
package enum TimerID: Hashable, Sendable {
    /// Ten times a second: expiry, the cluster's state, idle clients (`serverCron`, `clusterCron`).
    case cron
    /// The end of a DEBUG SLEEP.
    case wake
    /// The end of a pause of clients.
    case unpause
    /// The next turn of a script that takes long.
    case script
    /// The end of a WAIT.
    case waitTimeout
    /// The end of a wait for an element of a list.
    case blockTimeout
    /// The next part of a snapshot for replicas.
    case snapshot
    /// The target of a MIGRATE has been silent for too long.
    case migration
    /// The next turn of scripts that are debugged in copies of the node.
    case debugger
}

/// A connection of the cluster bus, made by this node or accepted from another one. The number is never used
/// twice by one node.
package struct LinkID: Hashable, Sendable, Comparable {
    package let number: Int64

    package init(number: Int64) {
        self.number = number
    }

    /// - Parameters:
    ///   - serial: never used twice, and the greater the later.
    ///   - place: less than 2^24, which may be used again.
    init(serial: Int64, place: Int) {
        number = serial << 24 | Int64(place)
    }

    /// Where tables of links keep what belongs to it: a small number that later links may have, too.
    package var place: Int { Int(number & 0xFF_FFFF) }

    package static func < (left: LinkID, right: LinkID) -> Bool { left.number < right.number }
}

/// A connection that this node makes to the client port of another one: a replica's to its master, or MIGRATE's.
/// The number is never used twice by one node.
package struct StreamID: Hashable, Sendable {
    package let number: Int64

    package init(number: Int64) {
        self.number = number
    }
}
