/// What a node keeps about replication, as a master and as a replica.
package struct Replication: Sendable {
    /// 40 hexadecimal digits that name the history of writes (`master_replid`).
    package var id: String
    /// Bytes of the replication stream written so far (`master_repl_offset`); of a replica, processed so far.
    package var offset: Int64 = 0

    package init(id: String) {
        self.id = id
    }
}
