package import ClusterCore
import Keyspace

/// A machine of the world with one node on it: the process, its disk, its clock, and the connections that its
/// kernel holds.
package struct Host: Sendable {
    /// The node; while the host is down what was left of it.
    package internal(set) var node: Node
    /// Whether its process runs, or is frozen.
    package internal(set) var isUp = true
    /// Without power nobody is told that connections are gone.
    var hasPower = true
    /// Connections that only their other side still knows since this one lost its power.
    var halfOpen: [(id: ConnectionID, side: Connection.Side)] = []
    /// Stopped by SIGSTOP: the kernel still takes connections and bytes.
    package internal(set) var isFrozen = false
    /// What happened to the node meanwhile.
    var deferred: [Occurrence] = []
    package internal(set) var clock: HostClock
    package internal(set) var disk: Disk
    /// Starts so far: timers of an earlier one come to nothing.
    var incarnation = 0
    /// When it was last started.
    package internal(set) var started = Instant.start
    /// When it was last started or thawed.
    package internal(set) var resumed = Instant.start
    /// The instants of its timers; a timer that was set again is known by its older instant.
    var timers: [TimerID: Instant] = [:]
    /// The snapshot that is being written on the side.
    var background: Int?
    /// The process dies after so many actions of its next step that asks for more: a crash between two of them.
    var crashAfterActions: Int?

    var links = LinkConnections()
    var streams: [StreamID: ConnectionID] = [:]
    var served: [ClientID: ServedClient] = [:]

    init(node: Node, clock: HostClock, disk: Disk) {
        self.node = node
        self.clock = clock
        self.disk = disk
    }

    /// Whether its node takes what happens to it now.
    package var isRunning: Bool { isUp && !isFrozen }

    package var id: NodeID { node.cluster.myself.id }
}

/// A connection to the client port, at the node's end.
struct ServedClient: Sendable {
    let connection: ConnectionID
    /// What the node has not consumed yet.
    var input: [UInt8] = []
    /// HELLO's.
    var protocolVersion = 2
    /// No more is taken in: the connection ends.
    var isClosing = false
}
