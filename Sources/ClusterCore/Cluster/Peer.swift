/// A node's 40 hexadecimal digits.
package struct NodeID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    package static func < (left: NodeID, right: NodeID) -> Bool {
        left.description < right.description
    }
}

/// A node of the cluster as another one, or itself, knows it (`clusterNode` in cluster.h).
package struct Peer: Hashable, Sendable {
    package let id: NodeID
    package var host: String
    package var port: Int
    /// Where its cluster bus listens; port + 10000 unless told otherwise.
    package var busPort: Int
    package var isMaster = true
    /// A replica's master.
    package var master: PeerIndex?
    package var configEpoch: UInt64 = 0
    /// When the last PONG came, in Unix milliseconds; 0 where none did.
    package var pongReceived: Int64 = 0
    package var isConnected = true

    package init(id: NodeID, host: String, port: Int, busPort: Int? = nil) {
        self.id = id
        self.host = host
        self.port = port
        self.busPort = busPort ?? port + 10_000
    }
}

/// A peer's place in the cluster's list of nodes. Dense, so that tables by slot stay small.
package struct PeerIndex: Hashable, Sendable {
    package let rawValue: UInt16

    package init(_ index: Int) {
        rawValue = UInt16(index)
    }

    package var index: Int { Int(rawValue) }

    /// What stands for nobody in tables.
    package static let none = PeerIndex(Int(UInt16.max))
    /// A node is the first of its own list.
    package static let myself = PeerIndex(0)
}
