package import RESP

/// For clients that wait for something in a key (blocked.c): which keys may have it.
extension Database {
    /// Notes that clients may be served that wait for a value of this kind under the key (`signalKeyAsReady`). A key
    /// that comes into being does so by itself; a command that adds to what is there, as XADD does, calls it.
    @inline(never)
    package mutating func signalReady(_ key: Argument, _ value: Value) {
        guard recordsReady, value.kind.isAwaited else { return }
        if let last = readyKeys.last, last == key { return }
        readyKeys.append(ByteString(key))
    }

    /// Notes that a key is gone: who waits for a stream to get more may have to be told.
    @inline(never)
    mutating func signalGone(_ key: Argument, _ value: Value) {
        if value.kind == .stream { signalReady(key, value) }
    }

    /// The same for all keys, which are about to go (`scanDatabaseForDeletedStreams`).
    mutating func signalStreams() {
        for table in tables where table.count > 0 {
            for entry in table.entries { entry.key.withArgument { signalGone($0, entry.value) } }
        }
    }

    /// Takes the keys that were noted.
    package mutating func takeReadyKeys() -> [ByteString] {
        defer { readyKeys = [] }
        return readyKeys
    }
}

extension Value.Kind {
    /// Whether there are commands that wait for such a value.
    fileprivate var isAwaited: Bool {
        switch self {
        case .list, .sortedSet, .stream: true
        case .string, .set, .hash: false
        }
    }
}
