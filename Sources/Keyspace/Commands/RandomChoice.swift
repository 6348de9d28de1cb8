/// Which elements of a collection HRANDFIELD and SRANDMEMBER answer with: so many different ones, or, with a
/// negative number, so many that may be the same.
struct RandomChoice {
    /// How many there will be.
    let count: Int
    private let total: Int
    /// The places of different elements; nil where they are drawn one by one.
    private let places: [Int]?

    /// Redis takes more at once, and its memory for them.
    private static let most = 1 << 27

    init(_ wanted: Int, of total: Int, random: inout SplitMix64) throws(ReplyError) {
        guard wanted >= -Self.most else { throw ReplyError("ERR value is out of range") }
        self.total = total
        if wanted < 0 {
            count = -wanted
            places = nil
        } else {
            count = min(wanted, total)
            places = Self.differentPlaces(count, of: total, &random)
        }
    }

    /// Calls `visit` with the place of each of them.
    func forEach(_ random: inout SplitMix64, _ visit: (Int) -> Void) {
        if let places { return places.forEach(visit) }
        for _ in 0..<count { visit(random.next(below: total)) }
    }

    private static func differentPlaces(
        _ count: Int, of total: Int, _ random: inout SplitMix64
    ) -> [Int] {
        // All of them come in their own order, as in Redis.
        guard count < total else { return Array(0..<total) }
        // Many of them: each place with the chance that is left (Knuth's algorithm S).
        if count * 3 > total {
            var places: [Int] = []
            for place in 0..<total
            where random.next(below: total - place) < count - places.count {
                places.append(place)
            }
            return places
        }
        // Few of them: what was drawn before is drawn again.
        var isTaken = TakenPlaces(count: total)
        var places: [Int] = []
        while places.count < count {
            let place = random.next(below: total)
            if isTaken.insert(place) { places.append(place) }
        }
        return places
    }

    /// Places that were drawn already, a bit each.
    private struct TakenPlaces {
        private var words: [UInt64]

        init(count: Int) {
            words = Array(repeating: 0, count: count / 64 + 1)
        }

        mutating func insert(_ place: Int) -> Bool {
            let bit: UInt64 = 1 << UInt64(place % 64)
            defer { words[place / 64] |= bit }
            return words[place / 64] & bit == 0
        }
    }
}
