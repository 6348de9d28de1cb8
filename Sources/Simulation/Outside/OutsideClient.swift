/// A connection of a client that is no part of the world: whoever holds the world writes and reads its bytes.
struct OutsideClient: Sendable {
    let connection: ConnectionID
    /// The host that it wants to be connected to; nil where nobody listens.
    let host: Int?
    let party: Party
    private(set) var state = OutsideState.connecting
    /// What has come and was not taken yet.
    var received: [UInt8] = []

    init(connection: ConnectionID, host: Int?, party: Party) {
        self.connection = connection
        self.host = host
        self.party = party
    }

    mutating func open() { state = .open }

    /// The connection is gone, or could not be made.
    mutating func end(_ reason: String) {
        state = state == .connecting ? .refused(reason) : .ended
    }

    /// Whether whoever waits for the client has something to see.
    var hasNews: Bool {
        switch state {
        case .connecting: false
        case .open: !received.isEmpty
        case .refused, .ended: true
        }
    }
}

/// How far the connection of a client from outside is.
package enum OutsideState: Hashable, Sendable {
    case connecting
    case open
    /// It could not be made; the reason is the system's.
    case refused(String)
    /// It is gone. What came before may still be taken.
    case ended
}

/// Why a client from outside hears nothing.
package enum OutsideSilence: Hashable, Sendable {
    /// The process of its node is stopped.
    case frozen
    /// The network lets nothing through, in one direction at least.
    case blocked
}
