package import ClusterCore
package import Keyspace

/// What clients have written and were told: the measure for what the cluster still has.
///
/// Each key has one writer, which waits for its reply before it goes on; its values are numbers that only grow.
/// So the value of a key tells which of its writes are lost. After a write whose outcome nobody knows, the key is
/// not written any more: that write may still come through, late.
package struct Ledger: Sendable {
    package internal(set) var keys: [Key] = []
    package private(set) var acknowledgedCount = 0
    package private(set) var excusedCount = 0

    package struct Key: Sendable {
        package let name: String
        package let bytes: [UInt8]
        package let slot: HashSlot
        package let isCounter: Bool
        /// The highest value that was ever sent.
        package internal(set) var attempted: Int64 = 0
        package internal(set) var acknowledged: [Acknowledgement] = []
        /// Not written any more.
        package internal(set) var isRetired = false
        /// Not looked at any more: its numbers have begun anew.
        package internal(set) var isAbandoned = false
        /// Some master has deleted it with its slot, and its replicas may still have it.
        var isLeftBehind = false
        /// Where it was found last.
        var lastHost: Int?

        /// The value that the owner of the slot has to have at least.
        package var required: Int64 {
            acknowledged.last { $0.excuse == nil }?.version ?? 0
        }
    }

    /// A write that a client was told is done.
    package struct Acknowledgement: Sendable {
        package let version: Int64
        /// The master that said so, and when.
        package let host: Int
        package let executed: Instant
        package internal(set) var excuse: Excuse?
    }

    /// Why a write may be lost although it was acknowledged.
    package enum Excuse: String, Sendable {
        /// Its master was replaced before the replica had it.
        case asynchronous
        /// It was accepted by a master that was replaced already and did not know.
        case staleMaster
        /// FORCE and TAKEOVER do not ask the master how far it is.
        case forced
        /// A failover or restart came in between while its slot was moved from node to node.
        case interruptedMove
        /// A replica that has never had the data of a master at offset 0 is as far as it.
        case emptyFailover
        /// The winner of an election had come from another master, and had not been synchronised with this one yet.
        case foreignFailover
        /// A manual failover took place at the offset of an earlier one, which had been given up.
        case staleFailover
        /// Two masters had its slot by one epoch, and the one without it has the smaller name.
        case epochCollision
        /// A master that was replaced, and did not know it, took its slots back with an epoch that nobody voted for.
        case takenBack
        /// Its master was started again without data.
        case restart
    }

    mutating func addKey(client: Int, isCounter: Bool) -> Int {
        let name = "c\(client):\(keys.count)"
        let bytes = Array(name.utf8)
        keys.append(
            Key(name: name, bytes: bytes, slot: HashSlot(of: bytes), isCounter: isCounter))
        return keys.count - 1
    }

    /// The next value of a key.
    mutating func attempt(_ key: Int) -> Int64 {
        keys[key].attempted += 1
        return keys[key].attempted
    }

    mutating func acknowledge(_ key: Int, _ version: Int64, host: Int, executed: Instant) {
        acknowledgedCount += 1
        keys[key].attempted = max(keys[key].attempted, version)
        keys[key].acknowledged.append(
            Acknowledgement(version: version, host: host, executed: executed))
    }

    mutating func excuse(_ key: Int, at index: Int, _ excuse: Excuse) {
        keys[key].acknowledged[index].excuse = excuse
        excusedCount += 1
    }

    mutating func retire(_ key: Int) {
        keys[key].isRetired = true
        // An INCR that may or may not have been executed.
        if keys[key].isCounter { keys[key].attempted += 1 }
    }

    mutating func abandon(_ key: Int) {
        keys[key].isRetired = true
        keys[key].isAbandoned = true
    }
}
