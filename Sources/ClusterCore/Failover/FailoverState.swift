/// Where a node stands in an election or a manual failover. Times are Unix milliseconds, 0 for none.
package struct FailoverState: Sendable {
    // MARK: A replica's election

    /// When the votes are asked for, or were.
    package internal(set) var electionTime: Int64 = 0
    package internal(set) var votes = 0
    /// Whether the votes have been asked for.
    package internal(set) var isElectionStarted = false
    package internal(set) var rank = 0
    package internal(set) var electionEpoch: UInt64 = 0
    /// Why this replica does not stand for election, and when the log last said so.
    var obstacle: NodeEvent.FailoverObstacle?
    var obstacleLogged: Int64 = 0

    // MARK: A manual failover

    /// When a manual failover is given up; 0 while there is none.
    package internal(set) var manualEnd: Int64 = 0
    /// On the master: the replica that asked for it.
    var requester: PeerIndex?
    /// On the replica: the offset at which its master holds its clients.
    var masterOffset: Int64?
    /// On the replica: all of the master's stream is processed.
    var canStart = false

    /// Whether a manual failover is under way.
    package var isManual: Bool { manualEnd != 0 }
}
