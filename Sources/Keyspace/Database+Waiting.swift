package import RESP

/// For clients that wait for something in a key (blocked.c): which keys may have it.
extension Database {
    /// Notes that clients may be served that wait for a value of this kind under the key (`signalKeyAsReady`). A key
    /// that comes into being does so by itself; a command that adds to what is there, as XADD does, calls it.
    @inline(never)
    package mutating func signalReady(_ key: Argument, _ value: Value) {
        guard recordsReady, value.kind.isAwaited else { return }
        readyKeys.append(ByteString(key))
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
        case .list, .sortedSet: true
        case .string, .set, .hash: false
        }
    }
}
