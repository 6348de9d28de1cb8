import Lab

/// The `nodes` word's table, made from one node's CLUSTER NODES.
struct NodesTable {
    private var rows: [Row]

    private struct Row {
        var address: String
        var port: Int
        var role: String
        var slots: String
        var state: String
    }

    /// `text` is the reply of the node at `asked`, which may not know its own address.
    /// - Parameter place: by which address the lab knows a node that is told of by another one.
    init(
        _ text: String, asked: NodeAddress,
        place: (NodeAddress) -> NodeAddress = { $0 }
    ) {
        let lines = text.split(whereSeparator: \.isNewline).map {
            $0.split(separator: " ").map(String.init)
        }
        .filter { $0.count >= 8 }
        let addresses = Dictionary(
            lines.map { ($0[0], Self.address(of: $0, asked: asked, place)) },
            uniquingKeysWith: { first, _ in first })
        rows = lines.map { fields in
            let flags = fields[2].split(separator: ",")
            let address = Self.address(of: fields, asked: asked, place)
            let master = addresses[fields[3]].map { "of \($0)" } ?? ""
            let state = flags.filter { !["myself", "master", "slave"].contains($0) }
            return Row(
                address: address, port: NodeAddress(typed: address)?.port ?? 0,
                role: flags.contains("master") ? "master" : "replica",
                slots: flags.contains("master")
                    ? fields.dropFirst(8).map { Self.slots($0, addresses) }.joined(separator: " ")
                    : master,
                state: (state.map(String.init) + [fields[7]]).joined(separator: ", ")
                    + (flags.contains("myself") ? "  <- you are here" : ""))
        }.sorted { ($0.port, $0.address) < ($1.port, $1.address) }
    }

    /// The nodes that are told of.
    var addresses: Set<String> { Set(rows.map(\.address)) }

    /// Aligned, one node a line; slots that do not fit go on below.
    func lines(width: Int) -> [String] {
        let titles = Row(address: "node", port: 0, role: "role", slots: "slots", state: "state")
        let table = [titles] + rows
        let address = Self.width(table, \.address)
        let states = table.map(\.state.count).max() ?? 0
        let room = max(Self.leastSlots, width - address - Self.roleWidth - states - 2)
        let slots = min(Self.width(table, \.slots), room + 2)
        return table.flatMap { row in
            let parts = Explanation.wrapped(row.slots, width: slots - 2)
            let indent = String(repeating: " ", count: address + Self.roleWidth)
            let first =
                Self.padded(row.address, address) + Self.padded(row.role, Self.roleWidth)
                + Self.padded(parts[0], slots) + row.state
            return [first] + parts.dropFirst().map { indent + $0 }
        }
    }

    private static let roleWidth = 9
    /// Less would not hold the address of a master.
    private static let leastSlots = 20

    /// `0-5460` as it is; of an open slot, the port instead of the other node's id: `[93->-7001]`.
    private static func slots(_ text: String, _ addresses: [String: String]) -> String {
        guard text.hasPrefix("["), let dash = text.lastIndex(of: "-") else { return text }
        let id = text[text.index(after: dash)...].dropLast()
        guard let port = addresses[String(id)].flatMap(NodeAddress.init(typed:))?.port else {
            return text
        }
        return "\(text[...dash])\(port)]"
    }

    private static func address(
        of fields: [String], asked: NodeAddress, _ place: (NodeAddress) -> NodeAddress
    ) -> String {
        if fields[2].contains("myself") { return asked.description }
        let text = String(fields[1].prefix { $0 != "@" && $0 != "," })
        return NodeAddress(typed: text).map { place($0).description } ?? text
    }

    private static func width(_ table: [Row], _ column: (Row) -> String) -> Int {
        (table.map { column($0).count }.max() ?? 0) + 2
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
