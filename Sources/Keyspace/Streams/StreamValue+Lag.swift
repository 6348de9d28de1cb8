/// How far a group has come, in entries (t_stream.c, `streamEstimateDistanceFromFirstEverEntry`).
extension StreamValue {
    /// How many entries there were up to an ID since the stream began; nil where that cannot be told: XDEL may have
    /// taken out some of them, or the ID is one of the middle.
    func entriesRead(upTo id: EntryID) -> Int64? {
        let added = Int64(bitPattern: entriesAdded)
        guard added != 0 else { return 0 }
        if count == 0, id <= lastID { return added }
        if id == lastID { return added }
        guard id < lastID, maximumDeletedID == .zero || maximumDeletedID < firstID else {
            return nil
        }
        if id < firstID { return added &- Int64(count) }
        return id == firstID ? added &- Int64(count) &+ 1 : nil
    }

    /// Whether XDEL may have taken out an entry from an ID on.
    func hasDeleted(from id: EntryID) -> Bool {
        guard count > 0, maximumDeletedID != .zero, firstID <= maximumDeletedID else {
            return false
        }
        return id <= maximumDeletedID
    }

    /// How many entries a group has not been delivered yet; nil where that cannot be told.
    func lag(of group: StreamGroup) -> Int64? {
        let added = Int64(bitPattern: entriesAdded)
        guard added != 0 else { return 0 }
        if let read = group.entriesRead, !hasDeleted(from: group.lastID) { return added &- read }
        return entriesRead(upTo: group.lastID).map { added &- $0 }
    }

    /// What a group has read once it is delivered the next entry.
    func entriesRead(of group: StreamGroup, after id: EntryID) -> Int64? {
        if let read = group.entriesRead, !hasDeleted(from: id) { return read &+ 1 }
        return entriesAdded == 0 ? group.entriesRead : entriesRead(upTo: id)
    }
}
