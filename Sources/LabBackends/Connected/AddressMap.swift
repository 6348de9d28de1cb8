package import Lab

/// Where the nodes of a cluster behind NAT or in containers are really reached: `10.0.0.5:6379=localhost:16379`, or
/// `10.0.0.5=localhost` for all ports of a host.
package struct AddressMap: Hashable, Sendable {
    private var nodes: [NodeAddress: NodeAddress] = [:]
    private var hosts: [String: String] = [:]

    package init() {}

    /// Takes a rule in; false where it is none.
    package mutating func add(_ rule: String) -> Bool {
        let sides = rule.split(separator: "=").map(String.init)
        guard sides.count == 2 else { return false }
        switch (NodeAddress(parsing: sides[0]), NodeAddress(parsing: sides[1])) {
        case (let announced?, let real?): nodes[announced] = real
        case (nil, nil) where !sides.contains { $0.contains(":") }: hosts[sides[0]] = sides[1]
        default: return false
        }
        return true
    }

    /// Takes in where one node is, unless a rule says so already.
    mutating func note(_ announced: NodeAddress, at real: NodeAddress) {
        if self[announced] == announced { nodes[announced] = real }
    }

    /// Where to connect to for a node that is announced so.
    package subscript(_ announced: NodeAddress) -> NodeAddress {
        if let real = nodes[announced] { return real }
        return hosts[announced.host].map { NodeAddress(host: $0, port: announced.port) }
            ?? announced
    }
}

extension NodeAddress {
    /// `HOST:PORT`; an IPv6 address may stand in brackets.
    package init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (1...65535).contains(port)
        else { return nil }
        let host = text[..<colon].filter { $0 != "[" && $0 != "]" }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }
}
