/// Latencies by size, as a line of letters on colours: the more there are of a size, the brighter its letter.
struct LatencySpectrum {
    private let palette: [Int]
    private var counts = [Int](repeating: 0, count: LatencySpectrum.buckets.count)

    private static let colours = [
        0, 233, 234, 235, 237, 239, 241, 243, 245, 247, 144, 143, 142, 184, 226, 214, 208, 202, 196,
    ]
    private static let greys = [0, 233, 234, 235, 237, 239, 241, 243, 245, 247, 249, 251, 253]

    /// The longest latency of a letter, in microseconds; the last one has none.
    private static let buckets: [(limit: Int, letter: Character)] = [
        (10, "."), (125, "-"), (250, "*"), (500, "#"), (1000, "1"), (2000, "2"), (3000, "3"),
        (4000, "4"), (5000, "5"), (6000, "6"), (7000, "7"), (8000, "8"), (9000, "9"),
        (10000, "A"), (20000, "B"), (30000, "C"), (40000, "D"), (50000, "E"), (100_000, "F"),
        (200_000, "G"), (300_000, "H"), (400_000, "I"), (500_000, "J"), (1_000_000, "K"),
        (2_000_000, "L"), (4_000_000, "M"), (8_000_000, "N"), (16_000_000, "O"),
        (30_000_000, "P"), (60_000_000, "Q"), (.max, "?"),
    ]

    init(isGrey: Bool) {
        palette = isGrey ? Self.greys : Self.colours
    }

    mutating func add(_ latency: Duration) {
        let microseconds = Int(latency / .microseconds(1))
        let place = Self.buckets.firstIndex { microseconds <= $0.limit } ?? counts.count - 1
        counts[place] += 1
    }

    /// The line of what was added since the last one.
    mutating func takeLine() -> String {
        let total = counts.reduce(0, +)
        var line = "\u{1B}[38;5;0m"
        for (count, bucket) in zip(counts, Self.buckets) {
            let share = Double(count) / Double(total) * Double(palette.count - 1)
            line += "\u{1B}[48;5;\(palette[Int(share.rounded(.up))])m\(bucket.letter)"
        }
        counts = counts.map { _ in 0 }
        return line + "\u{1B}[0m\n"
    }

    /// What the letters and colours mean.
    var legend: String {
        """
        ---------------------------------------------
        . - * #          .01 .125 .25 .5 milliseconds
        1,2,3,...,9      from 1 to 9     milliseconds
        A,B,C,D,E        10,20,30,40,50  milliseconds
        F,G,H,I,J        .1,.2,.3,.4,.5       seconds
        K,L,M,N,O,P,Q,?  1,2,4,8,16,30,60,>60 seconds
        From 0 to 100%: \(palette.map { "\u{1B}[48;5;\($0)m " }.joined())\u{1B}[0m
        ---------------------------------------------

        """
    }
}
