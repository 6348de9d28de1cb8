import Synchronization

/// What the nodes of a cluster did and noticed, in the order in which it was told: the timeline, `until` and checks
/// read it while the nodes write it.
package final class EventLog: Sendable {
    private let state = Mutex(State())
    private let limit: Int

    private struct State {
        var entries: [Entry] = []
        /// How many there have been, those included that are kept no longer.
        var count = 0
        var addresses: [LabEvent.NodeName: NodeAddress] = [:]
        var rewinds: [Duration] = []
    }

    /// An event and how many came before it, those included that are kept no longer.
    fileprivate struct Entry {
        var serial: Int
        var event: LabEvent
    }

    /// - Parameter limit: how many events are kept; the oldest go first.
    package init(limit: Int = 20_000) {
        self.limit = limit
    }

    /// How many events there have been: what `events(since:)` takes.
    package var count: Int { state.withLock(\.count) }

    /// All that are kept.
    package var events: [LabEvent] { state.withLock { $0.entries.map(\.event) } }

    /// Those that came after so many others, as far as they are kept.
    package func events(since count: Int) -> [LabEvent] {
        state.withLock { state in
            let start = state.entries.partitioningIndex { $0.serial >= count }
            return state.entries[start...].map(\.event)
        }
    }

    package func add(_ event: LabEvent) {
        state.withLock { state in
            state.entries.append(Entry(serial: state.count, event: event))
            state.count += 1
            // Seldom and many at once, for it moves all others.
            if state.entries.count > limit + limit / 4 { state.entries.removeFirst(limit / 4) }
        }
    }

    /// Notes by which name the others call a node.
    package func name(_ name: LabEvent.NodeName, _ address: NodeAddress) {
        state.withLock { $0.addresses[name] = address }
    }

    /// The node of that name; nil for one that the backend has not started.
    package func address(of name: LabEvent.NodeName) -> NodeAddress? {
        state.withLock { $0.addresses[name] }
    }

    /// Forgets everything: another cluster begins.
    package func removeAll() {
        state.withLock { state in
            state.entries = []
            state.addresses = [:]
            state.rewinds = []
        }
    }

    /// All that is kept, for `restore`.
    package struct Record: Sendable {
        fileprivate var entries: [Entry]
    }

    package var record: Record { state.withLock { Record(entries: $0.entries) } }

    /// To which moments the cluster has been made what it was, in the order in which that was done.
    package var rewinds: [Duration] { state.withLock(\.rewinds) }

    /// Makes it what it was, for the cluster has been made what it was at that time. The count goes on.
    package func restore(_ record: Record, to time: Duration) {
        state.withLock { state in
            state.entries = record.entries
            state.rewinds.append(time)
        }
    }
}

extension Array {
    /// The first place whose element is on the far side, where all those behind it are, too.
    fileprivate func partitioningIndex(_ isBeyond: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
