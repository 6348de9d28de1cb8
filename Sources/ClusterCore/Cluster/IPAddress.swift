/// IP addresses as text.
enum IPAddress {
    /// The address as Redis writes it (`inet_pton` and back); nil where the text is no IPv4 or IPv6 address.
    static func normalized(_ text: String) -> String? {
        if text.contains(":") { return isIPv6(text) ? text.lowercased() : nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        for part in parts {
            guard let number = Int(part), (0...255).contains(number), String(number) == part else {
                return nil
            }
        }
        return text
    }

    private static func isIPv6(_ text: String) -> Bool {
        let isShortened = text.contains("::")
        guard !text.contains(":::"), text.ranges(of: "::").count <= 1 else { return false }
        guard isShortened || (text.first != ":" && text.last != ":") else { return false }
        let groups = text.split(separator: ":")
        return groups.allSatisfy { $0.count <= 4 && UInt16($0, radix: 16) != nil }
            && (isShortened ? groups.count < 8 : groups.count == 8)
    }
}
