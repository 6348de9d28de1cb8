/// The hash slots that a node owns.
struct SlotSet {
    static let slotCount = 16384
    private var owned = [Bool](repeating: false, count: slotCount)

    init() {}

    init(_ slots: some Sequence<Int>) {
        for slot in slots { self[slot] = true }
    }

    subscript(slot: Int) -> Bool {
        get { owned[slot] }
        set { owned[slot] = newValue }
    }

    /// In ascending order.
    var slots: [Int] { owned.indices.filter { owned[$0] } }

    /// Adds what the other has.
    mutating func formUnion(_ other: SlotSet) {
        for slot in owned.indices where other.owned[slot] { owned[slot] = true }
    }

    /// `[0-5460],[10922]`, as redis-cli prints it.
    var text: String {
        var ranges: [String] = []
        var slot = 0
        while slot < Self.slotCount {
            guard owned[slot] else {
                slot += 1
                continue
            }
            let first = slot
            while slot < Self.slotCount, owned[slot] { slot += 1 }
            ranges.append(first == slot - 1 ? "[\(first)]" : "[\(first)-\(slot - 1)]")
        }
        return ranges.joined(separator: ",")
    }
}
