import Lab

/// What the screens call nodes: by port where all are on one host, else by host and port.
struct NodeNames {
    private let isPortEnough: Bool
    private let addresses: [String: NodeAddress]

    /// - Parameter ids: the nodes that are known by their 40 digits.
    init(_ addresses: [NodeAddress], ids: [String: NodeAddress] = [:]) {
        isPortEnough = Set(addresses.map(\.port)).count == addresses.count
        self.addresses = ids
    }

    func name(of address: NodeAddress) -> String {
        isPortEnough ? "\(address.port)" : address.description
    }

    /// A node that nobody knows is called by the first digits of its id.
    func name(of id: String) -> String {
        addresses[id].map(name) ?? String(id.prefix(8))
    }

    /// `7000`, `7000 and 7001`, `7000, 7001 and 4 others`.
    func list(_ addresses: [NodeAddress], limit: Int = 4) -> String {
        Self.list(addresses.map(name), limit: limit)
    }

    /// Names in a sentence; of many the first ones.
    static func list(_ names: [String], limit: Int = 4) -> String {
        guard names.count > 1 else { return names.first ?? "nobody" }
        if names.count > limit {
            return names.prefix(limit - 1).joined(separator: ", ")
                + " and \(names.count - limit + 1) others"
        }
        return names.dropLast().joined(separator: ", ") + " and \(names[names.count - 1])"
    }
}
