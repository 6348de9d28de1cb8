import Lab
import RESP

/// The nodes of a cluster as one of them tells them, at the addresses that its clients are sent to: what MOVED names is
/// found among them.
struct Discovery {
    /// By ascending port.
    private(set) var nodes: [NodeAddress] = []
    /// The address under which the asked node is known.
    private(set) var asked: NodeAddress

    /// Asks a node.
    init(_ connection: any LabConnection) throws(LabError) {
        asked = connection.address
        let table = try connection.send("CLUSTER", "NODES")
        if case .error(let message) = table {
            throw .unsupported("\(connection.address) is no node of a cluster: \(message)")
        }
        let slots = try connection.send("CLUSTER", "SLOTS")
        let endpoints = Self.endpoints(in: slots)
        var found: Set<NodeAddress> = []
        for line in table.text?.split(separator: "\n") ?? [] {
            let fields = line.split(separator: " ")
            guard fields.count > 7 else { continue }
            let flags = fields[2].split(separator: ",")
            guard !flags.contains("noaddr"), !flags.contains("handshake"),
                let address = Self.address(
                    fields[1], preferred: endpoints[String(fields[0])], asked: connection.address)
            else { continue }
            found.insert(address)
            if flags.contains("myself") { asked = address }
        }
        nodes = found.sorted()
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

    /// `10.0.0.5:6379@16379,host.example`, as the cluster prefers it.
    private static func address(
        _ field: Substring, preferred: String??, asked: NodeAddress
    ) -> NodeAddress? {
        let parts = field.split(separator: ",")
        guard let text = parts.first?.split(separator: "@").first,
            let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
        else { return nil }
        let ip = String(text[..<colon])
        let host = preferred.map { $0 ?? "" } ?? ip
        // `?` is a hostname that is not set.
        return NodeAddress(host: host.isEmpty || host == "?" ? asked.host : host, port: port)
    }
}
