package import RESP

/// The classes of keyspace events, as notify-keyspace-events chooses them (`NOTIFY_*` in server.h).
package struct KeyspaceEvents: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Published as `__keyspace@0__:key`, with the event as the message.
    package static let keyspace = KeyspaceEvents(rawValue: 1 << 0)
    /// Published as `__keyevent@0__:event`, with the key as the message.
    package static let keyevent = KeyspaceEvents(rawValue: 1 << 1)
    package static let generic = KeyspaceEvents(rawValue: 1 << 2)
    package static let string = KeyspaceEvents(rawValue: 1 << 3)
    package static let list = KeyspaceEvents(rawValue: 1 << 4)
    package static let set = KeyspaceEvents(rawValue: 1 << 5)
    package static let hash = KeyspaceEvents(rawValue: 1 << 6)
    package static let sortedSet = KeyspaceEvents(rawValue: 1 << 7)
    package static let expired = KeyspaceEvents(rawValue: 1 << 8)
    package static let evicted = KeyspaceEvents(rawValue: 1 << 9)
    package static let stream = KeyspaceEvents(rawValue: 1 << 10)
    /// A command looked for a key to read that is not there.
    package static let keyMiss = KeyspaceEvents(rawValue: 1 << 11)
    package static let module = KeyspaceEvents(rawValue: 1 << 12)
    /// A key that was not there before.
    package static let new = KeyspaceEvents(rawValue: 1 << 13)

    /// `A`: all but misses and new keys, of which there are too many for most.
    package static let all: KeyspaceEvents = [
        .generic, .string, .list, .set, .hash, .sortedSet, .expired, .evicted, .stream, .module,
    ]

    /// What changes a key: all but misses, and new keys, which the command that makes them tells of as well.
    static let changes: KeyspaceEvents = .all

    /// Reads the letters of notify-keyspace-events; nil where one of them is none.
    package init?(_ letters: String) {
        var events: KeyspaceEvents = []
        for letter in letters.unicodeScalars {
            if letter == "A" {
                events.formUnion(.all)
            } else if let event = Self.letters.first(where: { $0.letter == letter })?.event {
                events.insert(event)
            } else {
                return nil
            }
        }
        self = events
    }

    /// The letters as CONFIG GET shows them. With `A`, Redis leaves out the `n` of new keys, too.
    package var letters: String {
        let classes = Self.letters.prefix { $0.event != .keyspace }
        let others = Self.letters.dropFirst(classes.count)
        let isAll = isSuperset(of: .all)
        let first = isAll ? "A" : text(of: classes)
        return first + text(of: others)
    }

    private func text(of letters: ArraySlice<(letter: Unicode.Scalar, event: KeyspaceEvents)>)
        -> String
    {
        letters.filter { contains($0.event) }.map { String($0.letter) }.joined()
    }

    /// The letters, in the order in which Redis shows them.
    private static let letters: [(letter: Unicode.Scalar, event: KeyspaceEvents)] = [
        ("g", .generic), ("$", .string), ("l", .list), ("s", .set), ("h", .hash),
        ("z", .sortedSet), ("x", .expired), ("e", .evicted), ("t", .stream), ("d", .module),
        ("n", .new), ("K", .keyspace), ("E", .keyevent), ("m", .keyMiss),
    ]
}

/// Something that happened to a key, for those who subscribed to it.
package struct KeyspaceEvent: Sendable {
    /// `set`, `expired` and so on.
    package let name: StaticString
    package let key: ByteString
    /// Whether Redis tells of it after the command's reply; of most events it tells before.
    package fileprivate(set) var followsReply = false

    init(name: StaticString, key: ByteString) {
        self.name = name
        self.key = key
    }
}

/// A key that has changed, for clients that have copies.
package struct ModifiedKey: Sendable {
    /// nil where every key is gone.
    package let key: ByteString?
    /// Whether the command at hand changed it; not where it expired or was evicted.
    package let isByClient: Bool
    /// Whether it changed after the command's reply.
    package fileprivate(set) var followsReply = false

    init(key: ByteString?, isByClient: Bool) {
        self.key = key
        self.isByClient = isByClient
    }
}

extension Database {
    /// Notes that something happened to a key (`notifyKeyspaceEvent`). Every command that changes a key calls this;
    /// the node publishes what was noted when the command is done, and who watches the key is marked at once
    /// (`signalModifiedKey`).
    @inline(__always)
    package mutating func notify(
        _ kind: KeyspaceEvents, _ name: StaticString, _ key: Argument
    ) {
        if !heard.isDisjoint(with: kind) { note(kind, name, ByteString(key)) }
    }

    /// The same for a key that is kept as bytes.
    @inline(__always)
    package mutating func notify(_ kind: KeyspaceEvents, _ name: StaticString, _ key: ByteString) {
        if !heard.isDisjoint(with: kind) { note(kind, name, key) }
    }

    /// Marks who watches a key whose change is told to nobody.
    mutating func signalModified(_ key: Argument) {
        if !watches.isEmpty { touchWatched(ByteString(key), isGone: false) }
        if recordsModified {
            modifiedKeys.append(ModifiedKey(key: ByteString(key), isByClient: true))
        }
    }

    /// The same for what is told after the command's reply.
    @inline(__always)
    mutating func notifyAfterReply(
        _ kind: KeyspaceEvents, _ name: StaticString, _ key: Argument
    ) {
        guard !heard.isDisjoint(with: kind) else { return }
        afterReply { $0.note(kind, name, ByteString(key)) }
    }

    /// Notes an event of a kind of change that Redis does not tell those who watch the key.
    @inline(__always)
    mutating func announce(_ kind: KeyspaceEvents, _ name: StaticString, _ key: Argument) {
        guard !notified.isDisjoint(with: kind) else { return }
        events.append(KeyspaceEvent(name: name, key: ByteString(key)))
    }

    /// Lets a command change keys after it has replied: a client that hears of its own changes is told in that order.
    @inline(__always)
    mutating func afterReply(_ change: (inout Database) -> Void) {
        let noted = events.count
        let modified = modifiedKeys.count
        change(&self)
        for index in noted..<events.count { events[index].followsReply = true }
        for index in modified..<modifiedKeys.count { modifiedKeys[index].followsReply = true }
    }

    @inline(never)
    private mutating func note(_ kind: KeyspaceEvents, _ name: StaticString, _ key: ByteString) {
        if !kind.isDisjoint(with: .changes) {
            let isGone = !kind.isDisjoint(with: [.expired, .evicted])
            if !watches.isEmpty { touchWatched(key, isGone: isGone) }
            if recordsModified {
                modifiedKeys.append(ModifiedKey(key: key, isByClient: !isGone))
            }
        }
        if !notified.isDisjoint(with: kind) {
            events.append(KeyspaceEvent(name: name, key: key))
        }
    }
}
