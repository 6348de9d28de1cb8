/// A replica's connection to its master (`repl_state` and `server.master` in server.h).
package struct MasterLink: Sendable {
    let host: String
    let port: Int
    var state = State.waiting
    /// The connection, while there is one.
    var stream: StreamID?
    /// What came and was not processed yet: a reply, a part of the snapshot, a command without its end.
    var input: [UInt8] = []
    /// When the master was last heard of; before it is connected, when anything last happened.
    var lastInteraction: Instant
    /// When the link was lost; nil while it is up, or before it ever was.
    var downSince: Instant?
    /// The stream is about a database that this node does not have.
    var isElsewhere = false

    /// The command that `input` begins with, or its transaction, while a script in it takes long.
    var held: HeldCommand?

    struct HeldCommand: Sendable {
        /// Its bytes.
        let length: Int
        /// The places of a transaction's commands that are still to come; nil for one command by itself.
        var rest: [Range<Int>]?
    }

    /// How far the synchronisation is.
    enum State: Hashable, Sendable {
        /// The next attempt comes with the cron.
        case waiting
        case connecting
        /// Replies to these are awaited, in this order.
        case handshake([Question])
        case transfer(Transfer)
        case connected
    }

    /// What a replica asks its master before the data comes.
    enum Question: String, Hashable, Sendable {
        case ping
        case auth
        case port = "listening-port"
        case address = "ip-address"
        case capabilities = "capa"
        case psync
    }

    /// A snapshot that is coming.
    struct Transfer: Hashable, Sendable {
        /// The history that the master goes on with after it; nil where it answered SYNC.
        let history: History?
        var form = Form.unknown
        /// Bytes that have come.
        var received = 0

        struct History: Hashable, Sendable {
            let id: String
            let offset: Int64
        }

        /// How its end is found.
        enum Form: Hashable, Sendable {
            case unknown
            case length(Int)
            case mark([UInt8])
        }
    }

    init(host: String, port: Int, at now: Instant) {
        self.host = host
        self.port = port
        lastInteraction = now
    }

    var isConnected: Bool { state == .connected }

    var transfer: Transfer? {
        if case .transfer(let transfer) = state { transfer } else { nil }
    }

    var isInHandshake: Bool {
        if case .handshake = state { true } else { false }
    }

    /// What ROLE calls the state.
    var name: String {
        switch state {
        case .waiting: "connect"
        case .connecting: "connecting"
        case .handshake: "handshake"
        case .transfer: "sync"
        case .connected: "connected"
        }
    }
}
