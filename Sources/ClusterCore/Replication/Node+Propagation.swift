import Keyspace
import RESP

/// What of a command goes to replicas and to the append-only file (`call`, `alsoPropagate` and
/// `propagatePendingCommands` in server.c).
extension Node {
    /// Notes what a command has changed: first the keys that it found expired, then the command itself. Several of
    /// them belong together, between MULTI and EXEC; but not those of a command that may meet any keys.
    @inline(never)
    mutating func propagate(
        _ arguments: Arguments, of entry: CommandTable.Entry, since changes: Int
    ) {
        let isWrite = !hasPropagatedItself && database.changes != changes
        hasPropagatedItself = false
        guard
            !database.expiredKeys.isEmpty || !database.effects.isEmpty || database.effectsAreAll
        else {
            if isWrite { append(arguments, as: entry.rewriting) }
            return
        }
        let isVerbatim = database.effects.isEmpty && !database.effectsAreAll
        let effects = takeEffects()
        let operations =
            database.expiredKeys.count + (isWrite ? isVerbatim ? 1 : effects.count : 0)
        let isTransaction = operations > 1 && entry.hasKeys && !isInTransaction
        if isTransaction { propagated.appendCommand("MULTI") }
        propagateExpired()
        if isWrite {
            if isVerbatim { append(arguments, as: entry.rewriting) }
            for effect in effects { append(effect) }
        }
        if isTransaction { propagated.appendCommand("EXEC") }
    }

    /// What the command at hand did in words of its own, such as the SREM of a SPOP; nothing for most.
    private mutating func takeEffects() -> [[ByteString]] {
        defer { database.effects.removeAll(keepingCapacity: true) }
        database.effectsAreAll = false
        return database.effects
    }

    private mutating func append(_ effect: [ByteString]) {
        propagated.appendCommand(of: effect.count)
        for argument in effect { propagated.appendBulk(argument) }
    }

    /// Notes what a client got that had waited.
    mutating func propagateEffects() {
        let effects = takeEffects()
        let isTransaction = database.expiredKeys.count + effects.count > 1
        if isTransaction { propagated.appendCommand("MULTI") }
        propagateExpired()
        for effect in effects { append(effect) }
        if isTransaction { propagated.appendCommand("EXEC") }
    }

    /// Puts what was noted from a place on between MULTI and EXEC, where it is more than one command
    /// (`propagatePendingCommands`).
    mutating func bracketEffects(since first: Int) {
        guard propagated.count > first, Self.hasSeveralCommands(propagated[first...]) else {
            return
        }
        var opening: [UInt8] = []
        opening.appendCommand("MULTI")
        propagated.insert(contentsOf: opening, at: first)
        propagated.appendCommand("EXEC")
        for index in partialPropagations.indices
        where partialPropagations[index].range.lowerBound >= first {
            partialPropagations[index] = partialPropagations[index].moved(by: opening.count)
        }
    }

    private static func hasSeveralCommands(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return false }
            var parser = RequestParser()
            parser.maximumBulk = Int.max
            guard case .command(let length, _) = parser.parse(start, count: bytes.count) else {
                return false
            }
            return length < bytes.count
        }
    }

    /// Notes the keys that have expired as deleted.
    mutating func propagateExpired() {
        guard !database.expiredKeys.isEmpty else { return }
        for key in database.expiredKeys { propagateDeletion(of: key) }
        database.expiredKeys.removeAll(keepingCapacity: true)
    }

    /// Notes that a key is gone for a reason of the node's own, such as a slot that was lost.
    mutating func propagateDeletion(of key: ByteString) {
        guard isPropagating else { return }
        propagated.appendCommand(of: 2)
        propagated.appendWord("DEL")
        propagated.appendBulk(key)
    }

    /// Notes a command in place of the one that is running, which is not propagated then: MIGRATE goes as the DEL
    /// of what it moved.
    mutating func propagateInstead(_ arguments: [[UInt8]]) {
        guard isPropagating else { return }
        hasPropagatedItself = true
        propagated.appendCommand(of: arguments.count)
        for argument in arguments { argument.withUnsafeBufferPointer { propagated.appendBulk($0) } }
    }

    // MARK: - Other words

    private mutating func append(_ arguments: Arguments, as rewriting: Rewriting) {
        switch rewriting {
        case .verbatim: append(arguments)
        case .set:
            if arguments.count == 3 { append(arguments) } else { appendSet(arguments) }
        case .setWithExpiry: appendSet(arguments[1], arguments[arguments.count - 1])
        case .getAndSet: appendSet(arguments[1], arguments[2], expiry: nil)
        case .getAndDelete: appendDeletion(arguments[1])
        case .getAndExpire: appendExpiry(arguments)
        case .expire: appendConditionalExpiry(arguments)
        case .incrementByFloat: appendSum(arguments)
        case .restore: appendRestore(arguments)
        }
    }

    @inline(__always)
    private mutating func append(_ arguments: Arguments) {
        propagated.appendCommand(of: arguments.count)
        for index in arguments.indices { propagated.appendBulk(arguments[index]) }
    }

    /// SET with options.
    private mutating func appendSet(_ arguments: Arguments) {
        let names: [StaticString] = ["EX", "PX", "EXAT", "PXAT"]
        let setsExpiry = (3..<arguments.count).contains { index in
            names.contains { arguments[index].isKeyword($0) }
        }
        if setsExpiry { return appendSet(arguments[1], arguments[2]) }
        let kept = arguments.indices.filter { $0 < 3 || !arguments[$0].isKeyword("GET") }
        propagated.appendCommand(of: kept.count)
        for index in kept { propagated.appendBulk(arguments[index]) }
    }

    /// SET with the expiry that the key has got.
    private mutating func appendSet(_ key: Argument, _ value: Argument) {
        appendSet(key, value, expiry: expiry(of: key))
    }

    private mutating func appendSet(_ key: Argument, _ value: Argument, expiry: Int64?) {
        propagated.appendCommand(of: expiry == nil ? 3 : 5)
        propagated.appendWord("SET")
        propagated.appendBulk(key)
        propagated.appendBulk(value)
        guard let expiry else { return }
        propagated.appendWord("PXAT")
        propagated.appendBulk(expiry)
    }

    private mutating func appendDeletion(_ key: Argument) {
        propagated.appendCommand(of: 2)
        propagated.appendWord("DEL")
        propagated.appendBulk(key)
    }

    /// GETEX, by what has become of the key.
    private mutating func appendExpiry(_ arguments: Arguments) {
        guard database.peek(arguments[1]) != nil else { return appendDeletion(arguments[1]) }
        guard let expiry = expiry(of: arguments[1]) else {
            propagated.appendCommand(of: 2)
            propagated.appendWord("PERSIST")
            return propagated.appendBulk(arguments[1])
        }
        propagated.appendCommand(of: 3)
        propagated.appendWord("PEXPIREAT")
        propagated.appendBulk(arguments[1])
        propagated.appendBulk(expiry)
    }

    /// EXPIRE and its kind. The conditions go along, as in Redis: they hold at the replica too.
    private mutating func appendConditionalExpiry(_ arguments: Arguments) {
        guard let expiry = expiry(of: arguments[1]) else { return appendDeletion(arguments[1]) }
        propagated.appendCommand(of: arguments.count)
        propagated.appendWord("PEXPIREAT")
        propagated.appendBulk(arguments[1])
        propagated.appendBulk(expiry)
        for index in arguments.indices.dropFirst(3) { propagated.appendBulk(arguments[index]) }
    }

    /// INCRBYFLOAT as the sum, so that no replica adds with other digits.
    private mutating func appendSum(_ arguments: Arguments) {
        guard let bytes = database.peek(arguments[1]).flatMap({ database[$0].bytes }) else {
            preconditionFailure("the number that INCRBYFLOAT stored is not there")
        }
        propagated.appendCommand(of: 4)
        propagated.appendWord("SET")
        propagated.appendBulk(arguments[1])
        propagated.appendBulk(bytes)
        propagated.appendWord("KEEPTTL")
    }

    /// RESTORE with the time at which the key expires; DEL where that is over already.
    private mutating func appendRestore(_ arguments: Arguments) {
        guard database.peek(arguments[1]) != nil else { return appendDeletion(arguments[1]) }
        let isAbsolute = arguments.indices.dropFirst(4).contains {
            arguments[$0].isKeyword("ABSTTL")
        }
        guard !isAbsolute, let expiry = expiry(of: arguments[1]) else { return append(arguments) }
        propagated.appendCommand(of: arguments.count + 1)
        for index in arguments.indices {
            if index == 2 {
                propagated.appendBulk(expiry)
            } else {
                propagated.appendBulk(arguments[index])
            }
        }
        propagated.appendWord("ABSTTL")
    }

    private func expiry(of key: Argument) -> Int64? {
        database.peek(key).flatMap { database.expiry(of: $0) }
    }

    // MARK: - Delivery

    /// Hands the writes of the step over to those that keep or repeat them.
    mutating func deliverPropagated() {
        if !propagated.isEmpty {
            let commands = propagated
            let parts = partialPropagations
            partialPropagations = []
            // Who sends them on keeps this memory; the next step begins with as much.
            propagated = []
            propagated.reserveCapacity(min(commands.count, 64 * 1024))
            if parts.isEmpty {
                appendToFile(commands)
                feedReplicas(commands)
            } else {
                let forFile = commands.without(parts.filter { !$0.isForFile })
                let forReplicas = commands.without(parts.filter { !$0.isForReplicas })
                if !forFile.isEmpty { appendToFile(forFile) }
                if !forReplicas.isEmpty { feedReplicas(forReplicas) }
            }
        }
        if !publications.isEmpty {
            feedReplicas(publications)
            publications = []
        }
        if replication.wantsAcknowledgements, replication.master == nil {
            requestAcknowledgements()
        }
    }
}

extension [UInt8] {
    /// What is left without some parts, which are in their order.
    fileprivate func without(_ parts: [PartialPropagation]) -> [UInt8] {
        var rest: [UInt8] = []
        var position = 0
        for part in parts {
            rest += self[position..<part.range.lowerBound]
            position = part.range.upperBound
        }
        return rest + self[position...]
    }
}
