import Lab
import RESP

/// The nodes of a cluster as one of them tells them, at the addresses that its clients are sent to: what MOVED names is
/// found among them.
struct Discovery: Hashable {
    /// By ascending port.
    private(set) var nodes: [NodeAddress] = []
    /// The address under which the asked node is known.
    private(set) var asked: NodeAddress
    /// Where clients are sent to, for nodes that CLUSTER NODES has at another address.
    private(set) var places: [NodeAddress: NodeAddress] = [:]

    /// Asks a node; gives up when a reply takes longer.
    init(_ connection: any LabConnection, within limit: Duration? = nil) throws(LabError) {
        func ask(_ words: String...) throws(LabError) -> RESPValue {
            try connection.send(words.map { Array($0.utf8) }, within: limit)
        }
        asked = connection.address
        let table = try ask("CLUSTER", "NODES")
        if case .error(let message) = table {
            throw .unsupported("\(connection.address) is no node of a cluster: \(message)")
        }
        let slots = try ask("CLUSTER", "SLOTS")
        let endpoints = Self.endpoints(in: slots)
        var found: Set<NodeAddress> = []
        for line in table.text?.split(separator: "\n") ?? [] {
            let fields = line.split(separator: " ")
            guard fields.count > 7 else { continue }
            let flags = fields[2].split(separator: ",")
            guard !flags.contains("noaddr"), !flags.contains("handshake"),
                let told = Self.address(fields[1])
            else { continue }
            let address = Self.place(
                of: told, preferred: endpoints[String(fields[0])], asked: connection.address)
            if address != told { places[told] = address }
            found.insert(address)
            if flags.contains("myself") { asked = address }
        }
        nodes = found.sorted()
    }

    /// The other addresses of the node that clients find at this one.
    func names(of place: NodeAddress) -> [NodeAddress] {
        places.filter { $0.value == place }.keys.sorted()
    }

    /// By a node's name, the endpoint that the cluster prefers for it: an address, a hostname, or nothing, which means the
    /// host that was asked.
    private static func endpoints(in slots: RESPValue) -> [String: String?] {
        var endpoints: [String: String?] = [:]
        for range in slots.elements ?? [] {
            for node in (range.elements ?? []).dropFirst(2) {
                guard let parts = node.elements, parts.count > 2, let name = parts[2].text else {
                    continue
                }
                endpoints[name] = .some(parts[0].text)
            }
        }
        return endpoints
    }

    /// `10.0.0.5:6379@16379,host.example`; without a host for a node that does not know its own yet.
    private static func address(_ field: Substring) -> NodeAddress? {
        let parts = field.split(separator: ",")
        guard let text = parts.first?.split(separator: "@").first,
            let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
        else { return nil }
        return NodeAddress(host: String(text[..<colon]), port: port)
    }

    /// Where the cluster sends clients to.
    private static func place(
        of told: NodeAddress, preferred: String??, asked: NodeAddress
    ) -> NodeAddress {
        let host = preferred.map { $0 ?? "" } ?? told.host
        // `?` is a hostname that is not set.
        let isKnown = !host.isEmpty && host != "?"
        return NodeAddress(host: isKnown ? host : asked.host, port: told.port)
    }
}
