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
                    ? fields.dropFirst(8).joined(separator: " ") : master,
                state: (state.map(String.init) + [fields[7]]).joined(separator: ", ")
                    + (flags.contains("myself") ? "  <- you are here" : ""))
        }.sorted { ($0.port, $0.address) < ($1.port, $1.address) }
    }

    /// Aligned, one node a line.
    var lines: [String] {
        let titles = Row(address: "node", port: 0, role: "role", slots: "slots", state: "state")
        let table = [titles] + rows
        let address = width(table, \.address)
        let slots = width(table, \.slots)
        return table.map {
            padded($0.address, address) + padded($0.role, 9) + padded($0.slots, slots) + $0.state
        }
    }

    private static func address(
        of fields: [String], asked: NodeAddress, _ place: (NodeAddress) -> NodeAddress
    ) -> String {
        if fields[2].contains("myself") { return asked.description }
        let text = String(fields[1].prefix { $0 != "@" && $0 != "," })
        return NodeAddress(typed: text).map { place($0).description } ?? text
    }

    private func width(_ table: [Row], _ column: (Row) -> String) -> Int {
        (table.map { column($0).count }.max() ?? 0) + 2
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
