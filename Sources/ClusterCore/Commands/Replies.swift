import Keyspace

/// Whether a name matches a client's pattern, in either case.
func matchesGlob(_ name: String, _ pattern: UnsafeBufferPointer<UInt8>) -> Bool {
    var name = name
    return name.withUTF8 { Keyspace.matchesGlob($0, pattern, ignoringCase: true) }
}
