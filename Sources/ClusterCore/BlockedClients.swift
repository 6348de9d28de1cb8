import Keyspace
import RESP

/// A client that waits for something in one of several keys.
struct KeyWait: Sendable {
    let client: ClientID
    let keys: [ByteString]
    /// The kind of value that can serve it; a key that holds another kind is passed over.
    let kind: Value.Kind
    /// When the client gets nothing instead; nil for never.
    let deadline: Instant?
    /// Does what the client waits for.
    let serve: Serve

    /// Tries to do with a key what a client waits for, and answers. Returns false where the key does not have it yet:
    /// then nothing is changed or answered, and the client waits on. An error ends the wait.
    ///
    /// It runs for the client's own command as well as later, when the arguments of that are gone: it has what it
    /// needs of them with it.
    typealias Serve =
        @Sendable (inout Node, Argument, inout ReplyBuffer) throws(ReplyError) -> Bool
}

/// The clients that wait for keys, and for each key those that wait for it, in the order in which they came.
struct BlockedClients: Sendable {
    private var waits: [Int64: KeyWait] = [:]
    private var queues: [ByteString: [ClientID]] = [:]

    var isEmpty: Bool { waits.isEmpty }

    /// All of them by ascending number, which does not depend on how a dictionary is laid out.
    var all: [KeyWait] { waits.values.sorted { $0.client.number < $1.client.number } }

    /// The earliest moment at which one of them has waited long enough.
    var nextDeadline: Instant? { waits.values.compactMap(\.deadline).min() }

    /// What a client waits for.
    func wait(of client: ClientID) -> KeyWait? { waits[client.number] }

    /// Those that wait for a key, the first one first.
    func queue(for key: ByteString) -> [ClientID] { queues[key] ?? [] }

    mutating func add(_ wait: KeyWait) {
        waits[wait.client.number] = wait
        for key in wait.keys where queues[key]?.contains(wait.client) != true {
            queues[key, default: []].append(wait.client)
        }
    }

    /// Forgets what a client waits for, and tells it.
    @discardableResult
    mutating func remove(_ client: ClientID) -> KeyWait? {
        guard let wait = waits.removeValue(forKey: client.number) else { return nil }
        for key in wait.keys {
            queues[key]?.removeAll { $0 == client }
            if queues[key]?.isEmpty == true { queues[key] = nil }
        }
        return wait
    }
}
