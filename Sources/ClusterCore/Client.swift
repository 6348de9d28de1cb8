package import Keyspace

/// A client of a node: its place in the node's list and the number that CLIENT ID shows. The number is never
/// used twice, so an identifier that is kept too long finds nobody.
package struct ClientID: Hashable, Sendable {
    package let index: Int
    package let number: Int64
}

/// What a node keeps about one client.
package struct Client: Sendable {
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        package static let authenticated = Flags(rawValue: 1 << 0)
        /// READONLY: reads of the master's slots are served here, on its replica.
        package static let readonly = Flags(rawValue: 1 << 1)
        /// CLIENT REPLY OFF.
        package static let replyOff = Flags(rawValue: 1 << 2)
        /// CLIENT REPLY SKIP: the next command's reply is dropped.
        package static let replySkipNext = Flags(rawValue: 1 << 3)
        /// The command at hand is the one that is skipped.
        package static let replySkip = Flags(rawValue: 1 << 4)
        /// No further command is taken; the connection ends once its replies are sent.
        package static let closing = Flags(rawValue: 1 << 5)
        /// A reply is owed that something outside has to happen for.
        package static let waiting = Flags(rawValue: 1 << 6)
        package static let noEvict = Flags(rawValue: 1 << 7)
        /// It is a replica of this node.
        package static let replica = Flags(rawValue: 1 << 8)
        /// Its next command waits for the end of a pause.
        package static let postponed = Flags(rawValue: 1 << 9)
        /// ASKING: the command at hand may use a slot that is being imported.
        package static let asking = Flags(rawValue: 1 << 10)
        /// The command at hand is ASKING; its effect is for the next one.
        package static let askingNext = Flags(rawValue: 1 << 11)
        /// MULTI: commands are kept for EXEC.
        package static let multi = Flags(rawValue: 1 << 12)
        /// A command of the transaction was refused; EXEC will be too.
        package static let aborted = Flags(rawValue: 1 << 13)
        /// It is subscribed to something.
        package static let subscribed = Flags(rawValue: 1 << 14)
        /// MONITOR: it is sent every command that is executed.
        package static let monitor = Flags(rawValue: 1 << 15)
        /// Its user may not do everything: its commands are looked at.
        package static let restricted = Flags(rawValue: 1 << 16)
        /// It may do everything, whoever the users are.
        package static let trusted = Flags(rawValue: 1 << 17)
        /// CLIENT TRACKING: it is told when keys change that it has read.
        package static let tracking = Flags(rawValue: 1 << 18)
        /// CLIENT TRACKING BCAST: it is told of every key of some prefixes.
        package static let trackingBroadcast = Flags(rawValue: 1 << 19)
        /// Whom it has named to be told in its place is gone.
        package static let trackingBroken = Flags(rawValue: 1 << 20)
        /// SCRIPT DEBUG YES: its next EVAL is debugged.
        package static let debugsScripts = Flags(rawValue: 1 << 21)
        /// SCRIPT DEBUG SYNC: on the node itself, and not on a copy.
        package static let debugsOnNode = Flags(rawValue: 1 << 22)
        /// What it sends are commands for the debugger.
        package static let debugging = Flags(rawValue: 1 << 23)
    }

    package let id: ClientID
    /// `127.0.0.1:52412`, the client's end.
    package let address: String
    /// `127.0.0.1:7000`, the node's end.
    package let localAddress: String
    /// Whether it came to the port of TLS.
    package let isSecure: Bool
    package let connected: Instant
    package var lastInteraction: Instant
    package var flags: Flags = []
    /// Who it is: the user `default` until it logs in as another.
    package internal(set) var user: ByteString = "default"
    /// CLIENT SETNAME.
    package var name = ByteString()
    package var libraryName = ByteString()
    package var libraryVersion = ByteString()
    /// 2 or 3. The reply buffer has the same; this one is for CLIENT LIST.
    package var protocolVersion = 2
    package var database = 0
    /// The offset of the replication stream after its last command, for WAIT.
    package var writeOffset: Int64 = 0
    /// What MULTI has kept for EXEC.
    package internal(set) var transaction: Transaction?
    /// Index of its last command in the command table; nil before the first.
    package var lastCommand: Int?
    /// Bytes that it has sent and that are not executed yet, those of the command at hand included.
    package fileprivate(set) var inputBytes = 0
    /// Bytes that it was sent and has not taken yet.
    package fileprivate(set) var outputBytes = 0
}

/// The clients of a node. A place that a client has left is taken by a later one.
package struct ClientList: Sendable {
    private var clients: [Client] = []
    private var isTaken: [Bool] = []
    private var free: [Int] = []
    private var nextNumber: Int64 = 1
    /// What the buffers of all of them hold.
    private(set) var bufferBytes = 0

    /// How many are connected.
    package var count: Int { clients.count - free.count }

    /// How many ever were.
    package var total: Int { Int(nextNumber - 1) }

    /// All clients by ascending number, as CLIENT LIST shows them.
    package var all: [Client] {
        clients.indices.filter { isTaken[$0] }.map { clients[$0] }
            .sorted { $0.id.number < $1.id.number }
    }

    package mutating func add(
        address: String, localAddress: String, isSecure: Bool = false, at now: Instant
    ) -> ClientID {
        let index = free.popLast() ?? clients.count
        let id = ClientID(index: index, number: nextNumber)
        nextNumber += 1
        let client = Client(
            id: id, address: address, localAddress: localAddress, isSecure: isSecure,
            connected: now, lastInteraction: now)
        if index == clients.count {
            clients.append(client)
            isTaken.append(true)
        } else {
            clients[index] = client
            isTaken[index] = true
        }
        return id
    }

    package mutating func remove(_ id: ClientID) {
        guard contains(id) else { return }
        note(input: 0, output: 0, ofClientAt: id.index)
        isTaken[id.index] = false
        free.append(id.index)
    }

    /// Notes what the buffers of a client hold.
    @inline(__always)
    mutating func note(input: Int, output: Int, ofClientAt index: Int) {
        bufferBytes +=
            input + output - clients[index].inputBytes - clients[index].outputBytes
        clients[index].inputBytes = input
        clients[index].outputBytes = output
    }

    package func contains(_ id: ClientID) -> Bool {
        id.index < clients.count && isTaken[id.index] && clients[id.index].id == id
    }

    /// The client of a number, if it is connected.
    package func find(number: Int64) -> ClientID? {
        clients.indices.first { isTaken[$0] && clients[$0].id.number == number }
            .map { clients[$0].id }
    }

    /// The client at a place that is known to be taken, such as the one whose command is running.
    package subscript(index: Int) -> Client {
        @inline(__always)
        _read { yield clients[index] }
        @inline(__always)
        _modify { yield &clients[index] }
    }
}
