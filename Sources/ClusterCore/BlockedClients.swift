import Keyspace

/// A client that waits for an element in one of several lists.
struct ListWait: Sendable {
    let client: ClientID
    let keys: [ByteString]
    let purpose: Purpose
    /// When the client gets nothing instead; nil for never.
    let deadline: Instant?

    /// What is done with the element.
    enum Purpose: Sendable {
        /// BLPOP and BRPOP.
        case pop(ListValue.End)
        /// BLMPOP.
        case popMany(ListValue.End, count: Int)
        /// BLMOVE, or BRPOPLPUSH, which replicas are told in its own words.
        case move(ListMove)
    }
}

/// Where an element is taken from and where it goes.
struct ListMove: Sendable {
    let destination: ByteString
    let from: ListValue.End
    let to: ListValue.End
    /// Whether it is RPOPLPUSH to others, and not LMOVE.
    let isOldStyle: Bool
}

/// The clients that wait for elements, and for each key those that wait for it, in the order in which they came.
struct BlockedClients: Sendable {
    private var waits: [Int64: ListWait] = [:]
    private var queues: [ByteString: [ClientID]] = [:]

    var isEmpty: Bool { waits.isEmpty }

    /// All of them by ascending number, which does not depend on how a dictionary is laid out.
    var all: [ListWait] { waits.values.sorted { $0.client.number < $1.client.number } }

    /// The earliest moment at which one of them has waited long enough.
    var nextDeadline: Instant? { waits.values.compactMap(\.deadline).min() }

    /// What a client waits for.
    func wait(of client: ClientID) -> ListWait? { waits[client.number] }

    /// Those that wait for a key, the first one first.
    func queue(for key: ByteString) -> [ClientID] { queues[key] ?? [] }

    mutating func add(_ wait: ListWait) {
        waits[wait.client.number] = wait
        for key in wait.keys where queues[key]?.contains(wait.client) != true {
            queues[key, default: []].append(wait.client)
        }
    }

    /// Forgets what a client waits for, and tells it.
    @discardableResult
    mutating func remove(_ client: ClientID) -> ListWait? {
        guard let wait = waits.removeValue(forKey: client.number) else { return nil }
        for key in wait.keys {
            queues[key]?.removeAll { $0 == client }
            if queues[key]?.isEmpty == true { queues[key] = nil }
        }
        return wait
    }
}
