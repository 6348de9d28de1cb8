package import RESP

/// Slots that follow each other and have one owner.
package struct SlotRange: Hashable, Sendable {
    package var slots: ClosedRange<Int>
    package var owner: NodeAddress

    package init(_ slots: ClosedRange<Int>, owner: NodeAddress) {
        self.slots = slots
        self.owner = owner
    }
}

/// Which master owns which slot, as a client knows it: from CLUSTER SLOTS, and from every MOVED since.
package struct SlotMap: Hashable, Sendable {
    private var nodes: [NodeAddress] = []
    /// For each slot a place in `nodes`, or -1.
    private var owners = [Int16](repeating: -1, count: WriterKeys.count)

    package init() {}

    /// Nil when the reply is none of CLUSTER SLOTS. A node that does not know its own host leaves it empty: it is the
    /// one that was asked.
    package init?(_ reply: RESPValue, from asked: NodeAddress) {
        guard case .array(let entries) = reply else { return nil }
        for entry in entries {
            guard let parts = entry.elements, parts.count > 2, let first = parts[0].integer,
                let last = parts[1].integer, 0 <= first, first <= last, last < WriterKeys.count,
                let master = parts[2].elements, master.count > 1, let port = master[1].integer
            else { return nil }
            let host = master[0].text ?? ""
            let owner = NodeAddress(
                host: host.isEmpty || host == "?" ? asked.host : host, port: Int(port))
            for slot in Int(first)...Int(last) { self[slot] = owner }
        }
    }

    /// Nil for a slot that nobody owns.
    package subscript(slot: Int) -> NodeAddress? {
        get { owners[slot] < 0 ? nil : nodes[Int(owners[slot])] }
        set {
            guard let newValue else { return owners[slot] = -1 }
            owners[slot] = Int16(truncatingIfNeeded: place(of: newValue))
        }
    }

    /// In ascending order.
    package var ranges: [SlotRange] {
        var ranges: [SlotRange] = []
        for slot in owners.indices {
            guard let owner = self[slot] else { continue }
            if let last = ranges.last, last.owner == owner, last.slots.upperBound == slot - 1 {
                ranges[ranges.count - 1].slots = last.slots.lowerBound...slot
            } else {
                ranges.append(SlotRange(slot...slot, owner: owner))
            }
        }
        return ranges
    }

    /// Who owns slots of a range, in ascending order.
    func owners(in slots: ClosedRange<Int>) -> [NodeAddress] {
        var isOwner = Array(repeating: false, count: nodes.count)
        for owner in owners[slots] where owner >= 0 { isOwner[Int(owner)] = true }
        return nodes.indices.filter { isOwner[$0] }.map { nodes[$0] }.sorted()
    }

    private mutating func place(of node: NodeAddress) -> Int {
        if let place = nodes.firstIndex(of: node) { return place }
        nodes.append(node)
        return nodes.count - 1
    }
}
