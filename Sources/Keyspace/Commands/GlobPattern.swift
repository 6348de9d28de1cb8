/// Whether the whole text matches a pattern of `*`, `?`, `[a-z]`, `[^…]` and `\` escapes: Redis'
/// `stringmatchlen` (util.c), down to how it reads a pattern that ends too early.
package func matchesGlob(
    _ text: UnsafeBufferPointer<UInt8>, _ pattern: UnsafeBufferPointer<UInt8>,
    ignoringCase: Bool = false
) -> Bool {
    var matcher = GlobMatcher(text: text, pattern: pattern, ignoresCase: ignoringCase)
    return matcher.matches(from: 0, patternFrom: 0)
}

private struct GlobMatcher {
    let text: UnsafeBufferPointer<UInt8>
    let pattern: UnsafeBufferPointer<UInt8>
    let ignoresCase: Bool
    /// Set once what follows a `*` matched nowhere in the rest of the text: an earlier `*` that
    /// took more of the text could not help. It keeps hostile patterns from taking exponential
    /// time.
    private var isHopeless = false

    init(text: UnsafeBufferPointer<UInt8>, pattern: UnsafeBufferPointer<UInt8>, ignoresCase: Bool) {
        self.text = text
        self.pattern = pattern
        self.ignoresCase = ignoresCase
    }

    mutating func matches(from textStart: Int, patternFrom patternStart: Int) -> Bool {
        var position = textStart
        var index = patternStart
        while index < pattern.count, position < text.count {
            switch pattern[index] {
            case UInt8(ascii: "*"): return matchesStar(from: position, at: index)
            case UInt8(ascii: "?"): index += 1
            case UInt8(ascii: "["):
                guard matchesSet(folded(text[position]), &index) else { return false }
            default:
                if pattern[index] == UInt8(ascii: "\\"), index + 1 < pattern.count { index += 1 }
                guard folded(pattern[index]) == folded(text[position]) else { return false }
                index += 1
            }
            position += 1
            if position == text.count {
                while index < pattern.count, pattern[index] == UInt8(ascii: "*") { index += 1 }
            }
        }
        return index >= pattern.count && position == text.count
    }

    private mutating func matchesStar(from textStart: Int, at star: Int) -> Bool {
        var next = star + 1
        while next < pattern.count, pattern[next] == UInt8(ascii: "*") { next += 1 }
        if next == pattern.count { return true }
        for position in textStart..<text.count {
            if matches(from: position, patternFrom: next) { return true }
            if isHopeless { return false }
        }
        isHopeless = true
        return false
    }

    /// Whether the byte is in the set that opens at `index`, which then is behind the set. A set
    /// that is never closed ends with the pattern.
    private func matchesSet(_ byte: UInt8, _ index: inout Int) -> Bool {
        index += 1
        let isInverted = index < pattern.count && pattern[index] == UInt8(ascii: "^")
        if isInverted { index += 1 }
        var isMember = false
        while index < pattern.count, pattern[index] != UInt8(ascii: "]") {
            if pattern[index] == UInt8(ascii: "\\"), index + 1 < pattern.count {
                index += 1
                if pattern[index] == byte { isMember = true }
            } else if index + 2 < pattern.count, pattern[index + 1] == UInt8(ascii: "-") {
                // C's `char` is signed here, so bytes above 127 come before the others.
                let bounds = [signed(pattern[index]), signed(pattern[index + 2])].sorted()
                if bounds[0] <= signed(byte), signed(byte) <= bounds[1] { isMember = true }
                index += 2
            } else if folded(pattern[index]) == byte {
                isMember = true
            }
            index += 1
        }
        index += 1
        return isMember != isInverted
    }

    private func folded(_ byte: UInt8) -> UInt8 {
        ignoresCase && byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    private func signed(_ byte: UInt8) -> Int8 { Int8(bitPattern: folded(byte)) }
}
