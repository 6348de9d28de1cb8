/// The numbers of the GNU C library's `srand` and `rand`: with the same seed redis-cli draws the same.
///
/// An additive feedback generator over 31 words (glibc: stdlib/random_r.c, TYPE_3): each word is the sum of those
/// 3 and 31 before it, and the first 310 are thrown away.
package struct GlibcRandom {
    /// The last 31 words; the next one takes the place of the oldest.
    private var words: [UInt32] = []
    private var oldest = 0

    package init(seed: UInt32) {
        var word = Int64(Int32(bitPattern: seed == 0 ? 1 : seed))
        for index in 0..<31 {
            if index > 0 {
                word = 16807 * word % 2_147_483_647
                if word < 0 { word += 2_147_483_647 }
            }
            words.append(UInt32(truncatingIfNeeded: word))
        }
        // The first three words are repeated before the sums begin.
        words = Array(words[3...] + words[..<3])
        for _ in 0..<310 { _ = next() }
    }

    /// From 0 to 2147483647.
    package mutating func next() -> Int {
        let word = words[oldest] &+ words[(oldest + 28) % 31]
        words[oldest] = word
        oldest = (oldest + 1) % 31
        return Int(word >> 1)
    }

    /// `rand() % count`.
    package mutating func next(below count: Int) -> Int { next() % count }
}
