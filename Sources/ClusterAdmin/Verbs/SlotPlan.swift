/// Who becomes a master with which slots, and whose replicas the others become: redis-cli's plan for a new cluster.
struct SlotPlan {
    /// By their places in the list of nodes, in the order in which they get slots.
    private(set) var masters: [Int] = []
    /// The slots of each master.
    private(set) var slots: [ClosedRange<Int>] = []
    /// In the order in which redis-cli hands them out; from a point on to masters that have theirs.
    private(set) var replicas: [Assignment] = []
    /// How many of these are in excess of what was asked for; nil if nodes for that are left over.
    private(set) var firstExtra: Int?

    /// A replica and its master.
    struct Assignment: Hashable {
        let replica: Int
        let master: Int
    }

    /// - Parameters:
    ///   - hosts: the host of each node.
    ///   - count: how many replicas each master is to have.
    init(hosts: [String], replicas count: Int) {
        let order = Self.interleaved(hosts)
        let masterCount = hosts.count / (count + 1)
        masters = Array(order.prefix(masterCount))
        slots = Self.shares(masterCount)
        var free = Array(order.dropFirst(masterCount))
        // Moving the first to the end often separates replicas from their masters' hosts.
        if free.count > 1 { free.append(free.removeFirst()) }
        for master in masters {
            for _ in 0..<count { assign(&free, to: master, hosts) }
        }
        guard !free.isEmpty else { return }
        firstExtra = self.replicas.count
        if count > 0 { for master in masters { assign(&free, to: master, hosts) } }
    }

    /// Takes the first node of another host, or else the first one.
    private mutating func assign(_ free: inout [Int], to master: Int, _ hosts: [String]) {
        guard !free.isEmpty else { return }
        let place = free.firstIndex { hosts[$0] != hosts[master] } ?? 0
        replicas.append(Assignment(replica: free.remove(at: place), master: master))
    }

    /// One node of each host in turn.
    private static func interleaved(_ hosts: [String]) -> [Int] {
        var names: [String] = []
        for host in hosts where !names.contains(host) { names.append(host) }
        let groups = names.map { name in hosts.indices.filter { hosts[$0] == name } }
        let longest = groups.map(\.count).max() ?? 0
        return (0..<longest).flatMap { turn in
            groups.compactMap { turn < $0.count ? $0[turn] : nil }
        }
    }

    /// Ranges of equal length, in redis-cli's single precision.
    private static func shares(_ count: Int) -> [ClosedRange<Int>] {
        let share = Float(SlotSet.slotCount) / Float(count)
        var (first, cursor) = (0, Float(0))
        return (0..<count).map { index in
            var last = Int((cursor + share - 1).rounded(.toNearestOrAwayFromZero))
            if last > SlotSet.slotCount || index == count - 1 { last = SlotSet.slotCount - 1 }
            last = max(first, last)
            defer { (first, cursor) = (last + 1, cursor + share) }
            return first...last
        }
    }
}
