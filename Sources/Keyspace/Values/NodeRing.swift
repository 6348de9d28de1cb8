/// The nodes of a list in their order, in a ring: one comes or goes at either end without the others moving.
struct NodeRing: Sendable {
    /// A power of two of places, those in use from `head` on.
    private var places: [Listpack] = []
    private var head = 0
    private(set) var count = 0

    init() {}

    /// How many places there are, in use or not.
    var capacity: Int { places.count }

    /// Reads or changes a node in place.
    subscript(index: Int) -> Listpack {
        @inline(__always)
        _read { yield places[place(of: index)] }
        @inline(__always)
        _modify { yield &places[place(of: index)] }
    }

    @inline(__always)
    private func place(of index: Int) -> Int { (head + index) & (places.count - 1) }

    /// Adds a node in front of the one of an index, or with `count` behind the last one.
    mutating func insert(_ node: Listpack, at index: Int) {
        if count == places.count { grow() }
        if index <= count / 2 {
            head = (head - 1) & (places.count - 1)
            count += 1
            for moved in 0..<index { places.swapAt(place(of: moved), place(of: moved + 1)) }
        } else {
            count += 1
            for moved in (index..<count - 1).reversed() {
                places.swapAt(place(of: moved), place(of: moved + 1))
            }
        }
        places[place(of: index)] = node
    }

    /// Takes a node out.
    mutating func remove(at index: Int) {
        places[place(of: index)] = .placeholder
        if index < count / 2 {
            for moved in (0..<index).reversed() {
                places.swapAt(place(of: moved), place(of: moved + 1))
            }
            head = (head + 1) & (places.count - 1)
        } else {
            for moved in index..<count - 1 {
                places.swapAt(place(of: moved), place(of: moved + 1))
            }
        }
        count -= 1
    }

    private mutating func grow() {
        var larger: [Listpack] = []
        larger.reserveCapacity(max(1, count * 2))
        for index in 0..<count { larger.append(places[place(of: index)]) }
        for _ in count..<max(1, count * 2) { larger.append(.placeholder) }
        places = larger
        head = 0
    }
}

extension NodeRing: Hashable {
    static func == (left: NodeRing, right: NodeRing) -> Bool {
        left.count == right.count && (0..<left.count).allSatisfy { left[$0] == right[$0] }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for index in 0..<count { hasher.combine(self[index]) }
    }
}
