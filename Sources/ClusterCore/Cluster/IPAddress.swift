/// IP addresses as text.
enum IPAddress {
    /// The address as Redis writes it (`inet_pton` and back); nil where the text is no IPv4 or IPv6 address.
    static func normalized(_ text: String) -> String? {
        guard text.contains(":") else { return bytes(ofIPv4: text[...]).map { _ in text } }
        return groups(ofIPv6: text).map(describe)
    }

    private static func bytes(ofIPv4 text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard let byte = UInt8(part), String(byte) == part else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    // MARK: - IPv6

    /// The eight groups of an address. Once, `::` stands for as many groups of zeros as are missing.
    private static func groups(ofIPv6 text: String) -> [UInt16]? {
        let halves = text.split(
            separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = halves.first, let head = groups(first, endsAddress: halves.count == 1)
        else { return nil }
        guard halves.count == 2 else { return head.count == 8 ? head : nil }
        guard let tail = groups(halves[1], endsAddress: true), head.count + tail.count < 8
        else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    /// The groups of a part; the last one of an address may be an IPv4 address, which takes the place of two.
    private static func groups(_ text: Substring, endsAddress: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if endsAddress, index == parts.count - 1, let bytes = bytes(ofIPv4: part) {
                groups += [
                    UInt16(bytes[0]) << 8 | UInt16(bytes[1]),
                    UInt16(bytes[2]) << 8 | UInt16(bytes[3]),
                ]
            } else {
                let isGroup = (1...4).contains(part.count) && part.allSatisfy(\.isHexDigit)
                guard isGroup, let group = UInt16(part, radix: 16) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    /// As `inet_ntop` writes it: the longest run of two or more groups of zeros is left out, and an IPv4 address
    /// within is shown as one.
    private static func describe(_ groups: [UInt16]) -> String {
        let run = longestRunOfZeros(in: groups)
        let isMapped = run == 0..<5 && groups[5] == 0xFFFF
        let isCompatible = run == 0..<6
        let hexCount = isMapped || isCompatible ? 6 : 8
        var text = words(groups[0..<min(run?.lowerBound ?? hexCount, hexCount)])
        if let run { text += "::" + words(groups[run.upperBound..<max(run.upperBound, hexCount)]) }
        guard hexCount == 6 else { return text }
        if isMapped { text += ":" }
        return text + groups[6...].map { "\($0 >> 8).\($0 & 255)" }.joined(separator: ".")
    }

    private static func words(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    private static func longestRunOfZeros(in groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<0
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > longest.count { longest = start..<index }
            start = index + 1
        }
        return longest.count >= 2 ? longest : nil
    }
}
