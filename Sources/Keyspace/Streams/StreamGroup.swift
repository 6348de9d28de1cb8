import RESP

/// Consumers that share the entries of a stream: each entry goes to one of them, and is pending until that one has
/// acknowledged it.
package struct StreamGroup: Sendable {
    let name: ByteString
    /// The last entry that was delivered.
    var lastID: EntryID
    /// How many entries there were up to that one since the stream began; nil where that cannot be told.
    var entriesRead: Int64?
    /// What is pending, and with whom.
    private(set) var pending = EntryIndex<Delivery>()
    /// The consumers at their numbers; nil where one was deleted.
    private var places: [StreamConsumer?] = []
    /// The numbers of the consumers, in the order of their names.
    private(set) var order: [Int] = []

    /// An entry that is pending.
    struct Delivery: Hashable, Sendable {
        /// When it was delivered last, in Unix milliseconds.
        var time: Int64
        /// How often it was delivered.
        var count: UInt64
        /// The number of the consumer that has it.
        var consumer: Int
    }

    init(name: ByteString, lastID: EntryID, entriesRead: Int64?) {
        self.name = name
        self.lastID = lastID
        self.entriesRead = entriesRead
    }

    /// How many consumers there are.
    var consumerCount: Int { order.count }

    /// The consumers in the order of their names.
    var consumers: [StreamConsumer] { order.map { self[consumer: $0] } }

    /// Reads or changes a consumer in place, by its number.
    subscript(consumer number: Int) -> StreamConsumer {
        get {
            guard let consumer = places[number] else {
                preconditionFailure("there is no consumer \(number)")
            }
            return consumer
        }
    }

    // MARK: - Consumers

    /// The number of a consumer; nil where there is none of that name.
    func consumer(named name: Argument) -> Int? {
        let index = orderIndex(of: name)
        guard index < order.count, self[consumer: order[index]].name == name else { return nil }
        return order[index]
    }

    /// Notes that a consumer was active.
    mutating func touch(_ consumer: Int, at now: Int64) {
        places[consumer]?.seenTime = now
    }

    /// Adds a consumer of a name that none has.
    /// - Returns: its number.
    mutating func addConsumer(named name: Argument, at now: Int64) -> Int {
        let consumer = StreamConsumer(name: ByteString(name), seenTime: now)
        let index = orderIndex(of: name)
        let number: Int
        if let free = order.count < places.count ? places.firstIndex(where: { $0 == nil }) : nil {
            places[free] = consumer
            number = free
        } else {
            places.append(consumer)
            number = places.count - 1
        }
        order.insert(number, at: index)
        return number
    }

    /// Deletes a consumer with all that is pending with it.
    /// - Returns: how much that was.
    mutating func removeConsumer(_ number: Int) -> Int {
        let consumer = self[consumer: number]
        consumer.pending.forEach { id, _ in pending.remove(id) }
        order.removeAll { $0 == number }
        places[number] = nil
        return consumer.pending.count
    }

    private func orderIndex(of name: Argument) -> Int {
        order.insertionIndex(of: name) { self[consumer: $0].name }
    }

    // MARK: - Pending entries

    /// How an entry is pending; nil where it is not.
    func delivery(of id: EntryID) -> Delivery? {
        pending.position(of: id).map { pending[$0] }
    }

    /// Gives an entry to a consumer, whoever had it.
    mutating func assign(_ id: EntryID, _ delivery: Delivery) {
        if let position = pending.position(of: id) {
            let old = pending[position].consumer
            pending[position] = delivery
            guard old != delivery.consumer else { return }
            places[old]?.pending.remove(id)
        } else {
            pending.insert(id, delivery)
        }
        places[delivery.consumer]?.pending.insert(id, StreamConsumer.Nothing())
    }

    /// Notes that an entry that is pending was delivered to its consumer once more.
    mutating func deliverAgain(_ id: EntryID, at now: Int64) {
        guard let position = pending.position(of: id) else { return }
        pending[position].time = now
        pending[position].count &+= 1
    }

    /// Takes an entry out of what is pending.
    /// - Returns: whether it was pending.
    @discardableResult
    mutating func acknowledge(_ id: EntryID) -> Bool {
        guard let delivery = pending.remove(id) else { return false }
        places[delivery.consumer]?.pending.remove(id)
        return true
    }
}

extension StreamGroup: Hashable {
    /// Whatever numbers the consumers have.
    package static func == (left: StreamGroup, right: StreamGroup) -> Bool {
        guard left.name == right.name, left.lastID == right.lastID,
            left.entriesRead == right.entriesRead, left.pending.count == right.pending.count,
            left.consumers == right.consumers
        else { return false }
        var isSame = true
        left.pending.forEach { id, delivery in
            let other = right.pending.position(of: id).map { right.pending[$0] }
            isSame = isSame && other?.time == delivery.time && other?.count == delivery.count
        }
        return isSame
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(lastID)
        hasher.combine(consumers)
    }
}

/// One of those that share the entries of a stream.
struct StreamConsumer: Hashable, Sendable {
    let name: ByteString
    /// When it was active last, in Unix milliseconds.
    var seenTime: Int64
    /// The entries that are pending with it.
    var pending = EntryIndex<Nothing>()

    /// What belongs to such an entry is kept by the group.
    struct Nothing: Hashable, Sendable {}
}
