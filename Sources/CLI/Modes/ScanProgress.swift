/// How far a walk over all keys has come.
struct ScanProgress {
    private let total: Int
    private(set) var sampled = 0
    /// The length of all names.
    private(set) var bytes = 0
    private var loops = 0
    private var share = 0.0
    private var wasInterrupted = false

    init(total: Int) {
        self.total = total
    }

    /// The share that is shown is the one at the loop's beginning.
    mutating func beginLoop() {
        share = 100 * Double(sampled) / Double(total)
        loops += 1
    }

    mutating func note(_ key: [UInt8]) {
        sampled += 1
        bytes += key.count
    }

    /// Keeps whether Ctrl-C has ended the walk, and returns it.
    mutating func noteInterrupt(_ isInterrupt: Bool) -> Bool {
        wasInterrupted = isInterrupt
        return isInterrupt
    }

    /// `12.50%`.
    var percent: String { CText.percent(share) + "%" }

    /// After each 100 calls of SCAN, so that the server can do something else.
    var isTimeToPause: Bool { loops % 100 == 0 }

    /// A line after each million of keys.
    var milestone: String? {
        sampled % 1_000_000 == 0 ? "[\(percent)] Sampled \(sampled) keys so far\n" : nil
    }

    var summary: String {
        "\n-------- summary -------\n\n" + (wasInterrupted ? "[\(percent)] " : "")
            + "Sampled \(sampled) keys in the keyspace!\n"
    }
}
