/// What a node finds in its folder when it starts.
package enum StoredData: Sendable {
    /// Neither a dump nor an append-only file.
    case nothing
    case dump([UInt8])
    /// The files of the append-only file in their order, and whether the first one is the base.
    case appendOnly([File], hasBase: Bool)

    /// A file with its name, for messages.
    package struct File: Sendable {
        package let name: String
        package let bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// Why the data cannot be loaded; the node must not start without it.
    package struct Failure: Error, Hashable, Sendable {
        package let reason: String

        package init(reason: String) {
            self.reason = reason
        }
    }

    /// The end of a file that is to be cut off: a write that was not finished.
    package struct Truncation: Hashable, Sendable {
        package let file: String
        /// Bytes that stay.
        package let length: Int
    }
}
