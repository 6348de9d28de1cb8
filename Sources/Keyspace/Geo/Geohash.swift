/// A cell of a grid over the earth, by the number that its two coordinates make: their bits in turn, the latitude's in
/// the even places. Cells whose upper bits are the same lie near each other, so members that are ordered by their cells
/// can be searched by place.
struct Geohash: Hashable, Sendable {
    private(set) var bits: UInt64
    /// Bits of each coordinate: the grid has 2 to this power cells in a row.
    let steps: Int

    /// The finest grid, whose 52 bits a score holds exactly.
    static let finest = 26

    private static let longitudeBits: UInt64 = 0xAAAA_AAAA_AAAA_AAAA
    private static let latitudeBits: UInt64 = 0x5555_5555_5555_5555

    private init(bits: UInt64, steps: Int) {
        self.bits = bits
        self.steps = steps
    }

    /// The cell that a place lies in, of a grid that reaches over some latitudes.
    init(
        _ point: GeoPoint, steps: Int = Geohash.finest,
        latitudes: ClosedRange<Double> = GeoPoint.latitudes
    ) {
        let row = Self.index(point.latitude, in: latitudes, steps)
        let column = Self.index(point.longitude, in: GeoPoint.longitudes, steps)
        self.init(bits: Self.spread(row) | Self.spread(column) << 1, steps: steps)
    }

    /// The cell of the finest grid that a score stands for. Scores that are none of a place become what they become in
    /// the processor when Redis makes integers of them.
    init(score: Double) {
        steps = Self.finest
        if score < 0x1p63 {
            bits = score >= -0x1p63 ? UInt64(bitPattern: Int64(score)) : 1 << 63
        } else {
            bits = score < 0x1p64 ? UInt64(score) : 0
        }
    }

    /// The number of the cell's first place among the cells of the finest grid.
    var aligned: UInt64 { bits << UInt64(2 * (Self.finest - steps)) }

    /// The scores of the places in the cell: the first one, and the first one behind them.
    var scores: (first: Double, behind: Double) {
        let unused = UInt64(2 * (Self.finest - steps))
        return (Double(aligned), Double((bits &+ 1) << unused))
    }

    /// The middle of the cell.
    var center: GeoPoint {
        let area = area
        return GeoPoint(
            longitude: Self.clamp((area.west + area.east) / 2, GeoPoint.longitudes),
            latitude: Self.clamp((area.south + area.north) / 2, GeoPoint.latitudes))
    }

    /// Where the cell lies.
    var area: GeoArea {
        let row = Self.gather(bits)
        let column = Self.gather(bits >> 1)
        return GeoArea(
            west: edge(column, GeoPoint.longitudes), south: edge(row, GeoPoint.latitudes),
            east: edge(column &+ 1, GeoPoint.longitudes),
            north: edge(row &+ 1, GeoPoint.latitudes))
    }

    /// The cell so many columns to the east and rows to the north, each of them -1, 0 or 1. At the edge the grid goes
    /// on at the opposite side.
    func neighbor(east: Int, north: Int) -> Geohash {
        var moved = self
        if east != 0 { moved.move(Self.longitudeBits, Self.latitudeBits, by: east) }
        if north != 0 { moved.move(Self.latitudeBits, Self.longitudeBits, by: north) }
        return moved
    }

    /// Adds 1 to one of the coordinates, or takes 1 from it. Its bits do not lie side by side: those between them are
    /// filled, so that a carry passes through.
    private mutating func move(_ own: UInt64, _ other: UInt64, by step: Int) {
        let unused = UInt64(64 - 2 * steps)
        var coordinate = bits & own
        let filled = other >> unused
        if step > 0 {
            coordinate &+= filled &+ 1
        } else {
            coordinate = (coordinate | filled) &- (filled &+ 1)
        }
        bits = coordinate & (own >> unused) | bits & other
    }

    /// The eleven characters by which others know the place (geohash.org), whose grid reaches to the poles.
    var text: [UInt8] {
        let alphabet = Array("0123456789bcdefghjkmnpqrstuvwxyz".utf8)
        let standard = Geohash(center, latitudes: -90...90)
        // There are bits for ten of them.
        return (1...10).map { alphabet[Int(standard.bits >> UInt64(52 - 5 * $0)) & 0x1F] }
            + [alphabet[0]]
    }

    // MARK: - Coordinates

    private static func index(
        _ coordinate: Double, in range: ClosedRange<Double>, _ steps: Int
    ) -> UInt32 {
        let offset = (coordinate - range.lowerBound) / (range.upperBound - range.lowerBound)
        return UInt32(offset * Double(1 << steps))
    }

    /// The coordinate at which the cells of an index begin.
    private func edge(_ index: UInt32, _ range: ClosedRange<Double>) -> Double {
        let scale = range.upperBound - range.lowerBound
        return range.lowerBound + Double(index) / Double(1 << steps) * scale
    }

    private static func clamp(_ coordinate: Double, _ range: ClosedRange<Double>) -> Double {
        min(max(coordinate, range.lowerBound), range.upperBound)
    }

    private static let masks: [(bits: UInt64, shift: UInt64)] = [
        (0x0000_FFFF_0000_FFFF, 16), (0x00FF_00FF_00FF_00FF, 8), (0x0F0F_0F0F_0F0F_0F0F, 4),
        (0x3333_3333_3333_3333, 2), (0x5555_5555_5555_5555, 1),
    ]

    /// Leaves a place free between every two bits.
    private static func spread(_ number: UInt32) -> UInt64 {
        masks.reduce(UInt64(number)) { ($0 | $0 << $1.shift) & $1.bits }
    }

    /// Takes the bits of the even places.
    private static func gather(_ number: UInt64) -> UInt32 {
        let gathered = masks.reversed().reduce(number) { bits, mask in
            let kept = bits & mask.bits
            return kept | kept >> mask.shift
        }
        return UInt32(truncatingIfNeeded: gathered)
    }
}
