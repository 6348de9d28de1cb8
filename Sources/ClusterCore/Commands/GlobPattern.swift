/// Whether the text matches a pattern of Redis' kind, with `*`, `?`, `[a-c]`, `[^a]` and `\` (`stringmatchlen`
/// in util.c). After a `*` it never has to go back further than to that one, so time stays bounded.
func matches(_ text: [UInt8], pattern: [UInt8]) -> Bool {
    var index = 0
    var place = 0
    var star: (place: Int, index: Int)?
    while index < text.count {
        if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
            star = (place, index)
            place += 1
        } else if let next = matchOne(text[index], pattern, at: place) {
            place = next
            index += 1
        } else if let last = star {
            star = (last.place, last.index + 1)
            index = last.index + 1
            place = last.place + 1
        } else {
            return false
        }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
}

/// Where the pattern goes on after the byte, or nil where the byte does not match.
private func matchOne(_ byte: UInt8, _ pattern: [UInt8], at place: Int) -> Int? {
    guard place < pattern.count else { return nil }
    switch pattern[place] {
    case UInt8(ascii: "?"): return place + 1
    case UInt8(ascii: "["): return matchClass(byte, pattern, at: place + 1)
    case UInt8(ascii: "\\") where place + 1 < pattern.count:
        return pattern[place + 1] == byte ? place + 2 : nil
    default: return pattern[place] == byte ? place + 1 : nil
    }
}

private func matchClass(_ byte: UInt8, _ pattern: [UInt8], at start: Int) -> Int? {
    var place = start
    let isNegated = place < pattern.count && pattern[place] == UInt8(ascii: "^")
    if isNegated { place += 1 }
    var isMatch = false
    while place < pattern.count, pattern[place] != UInt8(ascii: "]") {
        if pattern[place] == UInt8(ascii: "\\"), place + 1 < pattern.count {
            isMatch = isMatch || pattern[place + 1] == byte
            place += 2
        } else if place + 2 < pattern.count, pattern[place + 1] == UInt8(ascii: "-") {
            let bounds = [pattern[place], pattern[place + 2]].sorted()
            isMatch = isMatch || (bounds[0]...bounds[1]).contains(byte)
            place += 3
        } else {
            isMatch = isMatch || pattern[place] == byte
            place += 1
        }
    }
    // A class that is left open ends with the pattern.
    return isMatch != isNegated ? min(place + 1, pattern.count) : nil
}
