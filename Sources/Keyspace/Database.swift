package import RESP

/// The keys of a node: one hash table a slot, so that looking at or moving a slot costs what it
/// holds.
///
/// Commands run against it one at a time. The node sets `now` and `slot` before each of them.
package struct Database: Sendable {
    /// Where an entry is, until the next key is added to or removed from its slot.
    package struct Reference {
        let slot: Int
        let index: Int
    }

    /// What INFO stats counts about lookups and expiry.
    package struct Statistics: Sendable {
        package var hits = 0
        package var misses = 0
        package var expiredKeys = 0
        package var evictedKeys = 0

        package init() {}
    }

    /// The time of the command, in Unix milliseconds.
    package var now: Int64 = 0
    /// The slot of the command's keys, where all of them share one (cluster mode); nil where each
    /// key has its own.
    package var slot: HashSlot?
    /// A replica hides expired keys but leaves it to its master to delete them.
    package var isReplica = false
    /// The command at hand comes from the master, for which no key is ever expired.
    package var obeysMaster = false
    /// While clients are paused the data stays as it is: expired keys are hidden, and deleted later.
    package var isFrozen = false
    /// Whether `expiredKeys` is kept, for those that have to be told.
    package var recordsExpired = false
    /// The keys that were deleted because they had expired, since the node last looked.
    package var expiredKeys: [ByteString] = []
    /// The classes of events that `notify` keeps; none where nobody is to hear of them.
    package var notified: KeyspaceEvents = [] { didSet { updateHeard() } }
    /// The classes of events that somebody is to hear of or that mark those who watch keys.
    private(set) var heard: KeyspaceEvents = []
    /// The clients that watch keys (WATCH).
    package internal(set) var watches = KeyWatches() { didSet { updateHeard() } }
    /// What happened to keys since the node last looked.
    package var events: [KeyspaceEvent] = []
    /// Whether `modifiedKeys` is kept, for clients that have copies of keys.
    package var recordsModified = false { didSet { updateHeard() } }
    /// The keys that changed since the node last looked.
    package var modifiedKeys: [ModifiedKey] = []
    /// Whether it is counted what the keys take (maxmemory).
    package var countsMemory = false {
        didSet { if countsMemory != oldValue { recountMemory() } }
    }
    /// What the keys take, while it is counted.
    var countedMemory = 0
    var evictionPool = EvictionPool()
    package var isClusterEnabled = true
    /// Whether long strings are compressed in dumps (rdbcompression).
    package var compressesDumps = true
    /// The user whose command is at hand may read every key, those among them that only SORT's patterns name.
    package var mayReadAnyKey = true
    package var statistics = Statistics()
    package var random: SplitMix64
    /// lfu-log-factor and lfu-decay-time.
    package var accessPace = AccessClock.Pace()
    /// maxmemory-policy, for what OBJECT FREQ and IDLETIME may be asked.
    package var usesLFU = false
    /// The same for the policies that go by the last access: dumps tell how long keys were idle.
    package var usesLRU = false
    /// The most bytes that a string may have (proto-max-bulk-len).
    package var maximumStringLength = 512 * 1024 * 1024
    /// Up to where collections are kept in compact encodings.
    package var encodingLimits: EncodingLimits
    /// Whether `readyKeys` is kept, for clients that wait for something in a key.
    package var recordsReady = false
    /// Keys that may have what clients wait for since the node last looked.
    package internal(set) var readyKeys: [ByteString] = []
    /// Whether `effects` is kept, for replicas and the append-only file.
    package var recordsEffects = false
    /// What the command at hand did, as commands that do the same everywhere; empty where the command itself
    /// does.
    package var effects: [[ByteString]] = []
    /// Whether `effects` says all of the command at hand, even where it is empty.
    package var effectsAreAll = false
    /// Changes made since the start; a command that raised it is a write.
    package var changes = 0

    /// Keys, expired ones that nobody has met yet among them.
    package private(set) var count = 0
    /// Keys that expire.
    package private(set) var volatileCount = 0

    private(set) var tables: [SlotTable]
    /// How many keys of each slot expire.
    private(set) var volatileCounts: [Int32]
    private let seed: UInt64
    /// Milliseconds that the keys which expire have left, on the average of what active expiry has met.
    package internal(set) var averageTTL: Int64 = 0
    /// The slot that active expiry goes on with.
    var expiryCursor = 0

    package init(seed: UInt64) {
        self.seed = seed
        random = SplitMix64(seed: seed)
        encodingLimits = EncodingLimits(seed: seed)
        tables = Array(repeating: SlotTable(), count: HashSlot.count)
        volatileCounts = Array(repeating: 0, count: HashSlot.count)
    }

    /// The entry of a key for a command that reads: counts the hit or miss, and marks the access.
    @inline(__always)
    package mutating func lookup(_ key: Argument) -> Reference? {
        guard let reference = find(key) else {
            statistics.misses += 1
            notify(.keyMiss, "keymiss", key)
            return nil
        }
        statistics.hits += 1
        tables[reference.slot][reference.index].access = accessClock(
            after: tables[reference.slot][reference.index].access)
        return reference
    }

    /// The entry of a key, without a trace that it was looked for. An expired key is deleted on the
    /// way.
    @inline(__always)
    package mutating func find(_ key: Argument) -> Reference? {
        let slot = index(of: key)
        guard let index = tables[slot].index(of: key, hash: keyHash(key, seed: seed)) else {
            return nil
        }
        if tables[slot][index].expiry < now { return expire(slot, index) }
        return Reference(slot: slot, index: index)
    }

    /// The entry of a key as it lies there, expired or not, without any trace.
    package func peek(_ key: Argument) -> Reference? {
        let slot = index(of: key)
        return tables[slot].index(of: key, hash: keyHash(key, seed: seed))
            .map { Reference(slot: slot, index: $0) }
    }

    /// The same for a key whose slot is known.
    package func peek(_ key: Argument, in slot: HashSlot) -> Reference? {
        tables[slot.index].index(of: key, hash: keyHash(key, seed: seed))
            .map { Reference(slot: slot.index, index: $0) }
    }

    /// Whether a key is there that has not expired. Leaves no trace, not even of the expiry.
    package func contains(_ key: Argument) -> Bool {
        guard let reference = peek(key) else { return false }
        return tables[reference.slot][reference.index].expiry >= now
    }

    /// The entry of a key for a command that looks at it without using it, such as TTL and EXISTS:
    /// counts the hit or miss, and leaves the access clock as it is.
    package mutating func inspect(_ key: Argument) -> Reference? {
        let reference = inspectSilently(key)
        if reference == nil { notify(.keyMiss, "keymiss", key) }
        return reference
    }

    /// The same for OBJECT, whose misses are no event.
    package mutating func inspectSilently(_ key: Argument) -> Reference? {
        let reference = find(key)
        if reference == nil { statistics.misses += 1 } else { statistics.hits += 1 }
        return reference
    }

    /// The entry of a key for a command that changes it: marks the access, and counts neither hit
    /// nor miss.
    @inline(__always)
    package mutating func lookupForWrite(_ key: Argument) -> Reference? {
        guard let reference = find(key) else { return nil }
        touch(reference)
        return reference
    }

    /// Reads or changes the value of an entry in place. Its expiry is changed by `setExpiry`.
    package subscript(reference: Reference) -> Value {
        @inline(__always)
        _read { yield tables[reference.slot][reference.index].value }
        @inline(__always)
        _modify {
            if countsMemory { discount(reference) }
            defer { if countsMemory { recount(reference) } }
            yield &tables[reference.slot][reference.index].value
        }
    }

    @inline(never)
    private mutating func discount(_ reference: Reference) {
        countedMemory -= tables[reference.slot][reference.index].countedBytes
    }

    @inline(never)
    private mutating func recount(_ reference: Reference) {
        countedMemory += tables[reference.slot][reference.index].countedBytes
    }

    /// When the key expires, in Unix milliseconds; nil where it does not.
    package func expiry(of reference: Reference) -> Int64? {
        let expiry = tables[reference.slot][reference.index].expiry
        return expiry == SlotTable.Entry.never ? nil : expiry
    }

    /// The access clock of the entry: seconds of the last access, or LFU's minutes and counter.
    package func access(of reference: Reference) -> UInt32 {
        tables[reference.slot][reference.index].access
    }

    /// Marks the key as used now.
    package mutating func touch(_ reference: Reference) {
        tables[reference.slot][reference.index].access = accessClock(
            after: tables[reference.slot][reference.index].access)
    }

    /// Stores a value under a key, in place of any that was there. The expiry is in Unix
    /// milliseconds, or nil for a key that stays.
    @inline(__always)
    package mutating func set(_ key: Argument, to value: Value, expiry: Int64? = nil) {
        changes += 1
        store(key, value, Self.stored(expiry))
    }

    /// Stores a value under a key that is not there, and counts no change: that is for the command to do.
    @inline(__always)
    mutating func create(_ key: Argument, _ value: Value) {
        store(key, value, SlotTable.Entry.never)
    }

    @inline(__always)
    private mutating func store(_ key: Argument, _ value: Value, _ expiry: Int64) {
        let slot = index(of: key)
        let hash = keyHash(key, seed: seed)
        if let index = tables[slot].index(of: key, hash: hash) {
            let wasVolatile = tables[slot][index].isVolatile
            if wasVolatile, tables[slot][index].expiry < now, !isReplica {
                noteExpired(tables[slot][index].key)
                if recordsReady { signalReady(key, value) }
                notify(.new, "new", key)
            }
            if recordsReady { signalGone(key, tables[slot][index].value) }
            self[Reference(slot: slot, index: index)] = value
            tables[slot][index].expiry = expiry
            tables[slot][index].access = accessClock(after: tables[slot][index].access)
            if wasVolatile != (expiry != SlotTable.Entry.never) {
                countVolatile(slot, wasVolatile ? -1 : 1)
            }
        } else {
            if recordsReady { signalReady(key, value) }
            tables[slot].insert(
                ByteString(key), hash: hash, value: value, expiry: expiry, access: newAccessClock)
            count += 1
            if countsMemory { recount(Reference(slot: slot, index: tables[slot].count - 1)) }
            if expiry != SlotTable.Entry.never { countVolatile(slot, 1) }
            notify(.new, "new", key)
        }
    }

    /// Adds a key as a dump has it: with what is known of its use, as far as the policy has a place
    /// for it (`objectSetLRUOrLFU`). false, and nothing is changed, where the key is there already.
    mutating func add(
        _ key: ByteString, value: Value, expiry: Int64?, frequency: UInt8?, idle: UInt64?
    ) -> Bool {
        let (slot, hash, held) = key.withBuffer { buffer in
            guard let start = buffer.baseAddress else {
                preconditionFailure("a key's bytes lie somewhere")
            }
            let argument = Argument(start: start, count: buffer.count)
            let slot = index(of: argument)
            let hash = keyHash(argument, seed: seed)
            return (slot, hash, tables[slot].index(of: argument, hash: hash))
        }
        guard held == nil else { return false }
        if recordsReady { key.withArgument { signalReady($0, value) } }
        var access = newAccessClock
        if usesLFU {
            if let frequency { access = AccessClock.counting(frequency, at: now) }
        } else if let idle {
            access = AccessClock.seconds(at: now, idle: idle)
        }
        tables[slot].insert(
            key, hash: hash, value: value, expiry: Self.stored(expiry), access: access)
        count += 1
        if countsMemory { recount(Reference(slot: slot, index: tables[slot].count - 1)) }
        if expiry != nil { countVolatile(slot, 1) }
        return true
    }

    /// Stores a value under a key and leaves its expiry as it is.
    package mutating func setKeepingExpiry(_ key: Argument, to value: Value) {
        guard let reference = find(key) else { return set(key, to: value) }
        changes += 1
        if recordsReady { signalGone(key, self[reference]) }
        self[reference] = value
        touch(reference)
    }

    /// Sets or, with nil, removes when the key expires.
    package mutating func setExpiry(_ expiry: Int64?, of reference: Reference) {
        changes += 1
        let wasVolatile = tables[reference.slot][reference.index].isVolatile
        tables[reference.slot][reference.index].expiry = Self.stored(expiry)
        if wasVolatile != (expiry != nil) { countVolatile(reference.slot, wasVolatile ? -1 : 1) }
    }

    /// Gives a key's value, expiry and access clock to another key, in place of what that one held.
    package mutating func rename(_ key: Argument, to newKey: Argument) {
        guard let reference = find(key) else { return }
        let entry = removeEntry(reference.slot, reference.index)
        // What had the new name goes first, so that the key under it is a new one.
        discard(newKey)
        set(newKey, to: entry.value, expiry: entry.isVolatile ? entry.expiry : nil)
        if let renamed = find(newKey) { tables[renamed.slot][renamed.index].access = entry.access }
    }

    /// Deletes a key; returns what it held, or nil where it was not there.
    @discardableResult
    package mutating func remove(_ key: Argument) -> Value? {
        guard let reference = find(key) else { return nil }
        changes += 1
        return removeEntry(reference.slot, reference.index).value
    }

    /// Deletes a key whose collection has become empty, which counts as no change of its own.
    mutating func removeEmpty(_ reference: Reference) {
        _ = removeEntry(reference.slot, reference.index)
    }

    /// Deletes a key that a new one is about to take the place of: a part of that change, not one of its own.
    mutating func discard(_ key: Argument) {
        guard let reference = find(key) else { return }
        _ = removeEntry(reference.slot, reference.index)
    }

    /// Deletes every key.
    package mutating func removeAll() {
        touchAllWatched()
        if recordsReady { signalStreams() }
        if recordsModified { modifiedKeys.append(ModifiedKey(key: nil, isByClient: true)) }
        changes += count
        countedMemory = 0
        tables = Array(repeating: SlotTable(), count: HashSlot.count)
        volatileCounts = Array(repeating: 0, count: HashSlot.count)
        count = 0
        volatileCount = 0
    }

    @inline(__always)
    private func index(of key: Argument) -> Int {
        if let slot { slot.index } else { HashSlot(of: key).index }
    }

    /// The last moment of all stands for never, so a key cannot expire then.
    @inline(__always)
    private static func stored(_ expiry: Int64?) -> Int64 {
        expiry.map { min($0, SlotTable.Entry.never - 1) } ?? SlotTable.Entry.never
    }

    /// Deletes an expired entry, unless that is for the master to do; in any case there is no key.
    @inline(never)
    mutating func expire(_ slot: Int, _ index: Int) -> Reference? {
        if isReplica {
            return obeysMaster ? Reference(slot: slot, index: index) : nil
        }
        guard !isFrozen else { return nil }
        noteExpired(removeEntry(slot, index).key)
        return nil
    }

    private mutating func noteExpired(_ key: ByteString) {
        statistics.expiredKeys += 1
        notify(.expired, "expired", key)
        if recordsExpired { expiredKeys.append(key) }
    }

    private mutating func removeEntry(_ slot: Int, _ index: Int) -> SlotTable.Entry {
        if countsMemory { discount(Reference(slot: slot, index: index)) }
        let entry = tables[slot].remove(at: index)
        if recordsReady { entry.key.withArgument { signalGone($0, entry.value) } }
        count -= 1
        if entry.isVolatile { countVolatile(slot, -1) }
        return entry
    }

    private mutating func updateHeard() {
        let isFollowed = recordsModified || !watches.isEmpty
        heard = isFollowed ? notified.union(.changes) : notified
    }

    private mutating func countVolatile(_ slot: Int, _ change: Int32) {
        volatileCounts[slot] += change
        volatileCount += Int(change)
    }

    @inline(__always)
    private var newAccessClock: UInt32 {
        usesLFU ? AccessClock.fresh(at: now) : AccessClock.seconds(at: now)
    }

    @inline(__always)
    private mutating func accessClock(after previous: UInt32) -> UInt32 {
        usesLFU
            ? AccessClock.counted(previous, at: now, accessPace, random: &random)
            : AccessClock.seconds(at: now)
    }
}
