package import Keyspace

/// The data of a node at one moment, to be written to its folder. The node goes on meanwhile: a database is a
/// value, and this is a copy of it. Redis forks for that.
package struct Snapshot: Hashable, Sendable, CustomStringConvertible {
    /// Tells the snapshots of one node apart.
    package let number: Int
    package let purpose: Purpose
    /// Whether the node does nothing else until it is written: SAVE, and the dump of a SHUTDOWN. Others are written
    /// on the side.
    package let isForeground: Bool
    /// Writes it, part by part.
    package let writer: Writer

    /// What the data becomes.
    package enum Writer: Sendable {
        case dump(RDBWriter)
        /// The commands that make it anew, for a base without aof-use-rdb-preamble.
        case commands(CommandWriter)

        /// The next chunk of about that size; nil at the end.
        package mutating func next(limit: Int) -> [UInt8]? {
            switch self {
            case .dump(var writer):
                defer { self = .dump(writer) }
                return writer.next(limit: limit)
            case .commands(var writer):
                defer { self = .commands(writer) }
                return writer.next(limit: limit)
            }
        }
    }

    /// What becomes of it.
    package enum Purpose: Hashable, Sendable {
        /// dump.rdb.
        case dump
        /// The base of the append-only file, with a file for the writes that come from now on. The first one
        /// becomes valid, with those writes, only when it is written.
        case base(isFirst: Bool)
    }

    /// Whether the file is a dump.
    package var isDump: Bool {
        if case .dump = writer { true } else { false }
    }

    /// Without the data, which may be much.
    package var description: String { "snapshot \(number) for \(purpose)" }

    package static func == (left: Snapshot, right: Snapshot) -> Bool {
        left.number == right.number
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(number)
    }
}
