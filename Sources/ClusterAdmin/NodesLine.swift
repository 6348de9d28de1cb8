/// One line of CLUSTER NODES.
struct NodesLine {
    let name: String
    let host: String
    let port: Int
    let busPort: Int
    /// `HOST:PORT@BUSPORT` as it stands there.
    let address: String
    let flags: [String]
    let masterName: String
    let configEpoch: UInt64
    let linkStatus: String
    /// Slots, ranges of them, and open slots in brackets.
    let slots: [String]

    /// nil where the line is none.
    init?(_ line: some StringProtocol) {
        let fields = String(line).split(separator: " ", omittingEmptySubsequences: false).map(
            String.init)
        guard fields.count >= 8, let place = splitAddress(fields[1]) else { return nil }
        name = fields[0]
        address = fields[1]
        (host, port, busPort) = (place.host, place.port, place.busPort)
        flags = fields[2].split(separator: ",").map(String.init)
        masterName = fields[3]
        configEpoch = UInt64(fields[6]) ?? 0
        linkStatus = fields[7]
        slots = fields.dropFirst(8).filter { !$0.isEmpty }
    }

    /// The lines of a whole reply; nil where one of them is none.
    static func parse(_ text: String) -> [NodesLine]? {
        var lines: [NodesLine] = []
        for line in text.split(separator: "\n") {
            guard let parsed = NodesLine(line) else { return nil }
            lines.append(parsed)
        }
        return lines
    }

    var isMyself: Bool { flags.contains("myself") }

    /// What a node says of who owns what, in an order that does not depend on the node.
    static func signature(_ lines: [NodesLine]) -> String? {
        let owners = lines.compactMap { line -> String? in
            let closed = line.slots.filter { !$0.hasPrefix("[") }.sorted()
            return closed.isEmpty ? nil : "\(line.name):\(closed.joined(separator: ","))"
        }
        return owners.isEmpty ? nil : owners.sorted().joined(separator: "|")
    }
}

/// The parts of `HOST:PORT` or `HOST:PORT@BUSPORT`; nil without a colon. A bus port that is not there is 0.
func splitAddress(_ text: String) -> (host: String, port: Int, busPort: Int)? {
    var place = text[...]
    var busPort = 0
    if let at = place.lastIndex(of: "@") {
        busPort = leadingInteger(place[place.index(after: at)...])
        place = place[..<at]
    }
    guard let colon = place.lastIndex(of: ":") else { return nil }
    return (String(place[..<colon]), leadingInteger(place[place.index(after: colon)...]), busPort)
}
