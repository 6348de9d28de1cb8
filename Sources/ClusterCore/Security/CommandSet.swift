/// Some of all commands, by their numbers in `CommandCatalog`.
struct CommandSet: Hashable, Sendable {
    private var words: [UInt64]

    /// No command, or every one of `count`.
    init(count: Int, isFull: Bool = false) {
        words = Array(repeating: isFull ? .max : 0, count: (count + 63) / 64)
        if isFull, count % 64 != 0 { words[words.count - 1] = (1 << UInt64(count % 64)) - 1 }
    }

    @inline(__always)
    func contains(_ command: Int) -> Bool { words[command >> 6] & Self.bit(command) != 0 }

    mutating func set(_ command: Int, _ isIncluded: Bool) {
        if isIncluded {
            words[command >> 6] |= Self.bit(command)
        } else {
            words[command >> 6] &= ~Self.bit(command)
        }
    }

    mutating func formUnion(_ other: CommandSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    mutating func subtract(_ other: CommandSet) {
        for index in words.indices { words[index] &= ~other.words[index] }
    }

    /// How many commands both have.
    func countInCommon(with other: CommandSet) -> Int {
        zip(words, other.words).reduce(0) { $0 + ($1.0 & $1.1).nonzeroBitCount }
    }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    private static func bit(_ command: Int) -> UInt64 { 1 << UInt64(command & 63) }
}
