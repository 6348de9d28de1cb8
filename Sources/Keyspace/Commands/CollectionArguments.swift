import RESP

/// What the commands on collections share: keys of one kind, and numbers within bounds.
extension Database {
    /// The entry of a key for a command that reads a collection of that kind; nil where there is no key.
    @inline(__always)
    mutating func lookup(_ key: Argument, as kind: Value.Kind) throws(ReplyError) -> Reference? {
        guard let reference = lookup(key) else { return nil }
        guard self[reference].isOf(kind) else { throw .wrongType }
        return reference
    }

    /// The same for a command that changes it.
    @inline(__always)
    mutating func lookupForWrite(
        _ key: Argument, as kind: Value.Kind
    ) throws(ReplyError) -> Reference? {
        guard let reference = lookupForWrite(key) else { return nil }
        guard self[reference].isOf(kind) else { throw .wrongType }
        return reference
    }

    /// Deletes the key if its collection has become empty, and tells of it.
    @inline(__always)
    mutating func removeIfEmpty(_ reference: Reference, _ key: Argument) {
        guard self[reference].elementCount == 0 else { return }
        removeEmpty(reference)
        notify(.generic, "del", key)
    }

    /// Notes what the command at hand did, in words that mean the same everywhere.
    package mutating func noteEffect(_ arguments: [ByteString]) {
        if recordsEffects { effects.append(arguments) }
    }

    /// Notes all that the command at hand did, be it nothing that others would have to repeat
    /// (`preventCommandPropagation`).
    package mutating func noteEffects(_ commands: [[ByteString]]) {
        guard recordsEffects else { return }
        effects += commands
        effectsAreAll = true
    }
}

extension Value {
    @inline(__always)
    fileprivate func isOf(_ kind: Kind) -> Bool {
        switch (self, kind) {
        case (.list, .list), (.set, .set), (.hash, .hash), (.sortedSet, .sortedSet),
            (.string, .string), (.raw, .string), (.integer, .string), (.stream, .stream):
            true
        default: false
        }
    }
}

extension Argument {
    /// The argument as an integer (`getLongFromObjectOrReply`).
    @inline(__always)
    func requireInteger(
        _ message: ReplyError = .notAnInteger
    ) throws(ReplyError) -> Int {
        guard let number = integer else { throw message }
        return Int(number)
    }

    /// The same within bounds; what is no integer gets the same answer as what is outside of them, if there is
    /// one (`getRangeLongFromObjectOrReply`).
    func requireInteger(
        in range: ClosedRange<Int>, _ message: ReplyError? = nil
    ) throws(ReplyError) -> Int {
        let number = try requireInteger(message ?? .notAnInteger)
        guard range.contains(number) else {
            throw message
                ?? ReplyError(
                    "ERR value is out of range, value must between \(range.lowerBound) and "
                        + "\(range.upperBound)")
        }
        return number
    }

    /// A number that counts something (`getPositiveLongFromObjectOrReply`).
    func requireCount() throws(ReplyError) -> Int {
        try requireInteger(
            in: 0...Int.max, ReplyError("ERR value is out of range, must be positive"))
    }
}
