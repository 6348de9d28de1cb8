import Lab

/// A line of the map's table.
struct NodeRow {
    var address: NodeAddress
    var name: String
    /// Which owner it is in the bar; nil for a node without slots.
    var letter: Int?
    var role = ""
    var slots: Int?
    var keys: Int?
    var epoch: Int64?
    /// Of all nodes' commands, in a hundred.
    var share: Int?
    var health: String

    /// All rows below titles. What does not fit beside the columns goes on in the next line.
    static func lines(_ rows: [NodeRow], width: Int, hasColour: Bool) -> [String] {
        let node = max(14, (rows.map(\.title.count).max() ?? 0) + 2)
        let titles =
            "node".padded(to: node) + "slots".leading(6) + "keys".leading(8) + "epoch".leading(6)
            + "work".leading(5) + "  health"
        return [titles] + rows.flatMap { $0.lines(node: node, width: width, hasColour: hasColour) }
    }

    /// `A 7000 master`, or a replica a little to the right.
    private var title: String {
        guard role != "replica" else { return "    \(name) replica" }
        let sign = letter.map { String(SlotBar.letter($0)) } ?? " "
        return "\(sign) \(name) \(role)"
    }

    private func lines(node: Int, width: Int, hasColour: Bool) -> [String] {
        let columns =
            title.padded(to: node) + (slots.map(String.init) ?? "").leading(6)
            + (keys.map(String.init) ?? "-").leading(8) + (epoch.map { "\($0)" } ?? "").leading(6)
            + (share.map { "\($0)%" } ?? "-").leading(5) + "  "
        // On a narrow screen the columns leave too little beside them.
        let isNarrow = width - columns.count < 24
        let rest = String(repeating: " ", count: isNarrow ? 8 : columns.count)
        var lines = Explanation.wrapped(health, width: width, first: columns, rest: rest)
        if hasColour, let letter {
            lines[0] = SlotBar.coloured(String(lines[0].prefix(1)), letter) + lines[0].dropFirst()
        }
        return lines
    }
}

extension String {
    /// Filled up with blanks behind it.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    /// Filled up with blanks before it.
    func leading(_ width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - count)) + self
    }

    /// At most so many characters; a longer text ends in `…`.
    func shortened(to width: Int) -> String {
        count <= width ? self : String(prefix(Swift.max(0, width - 1))) + "…"
    }
}
