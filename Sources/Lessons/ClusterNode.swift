package import Lab

/// One line of CLUSTER NODES: a node as another node sees it.
package struct ClusterNode: Sendable, Hashable {
    package var id: String
    package var address: NodeAddress
    package var flags: [String]
    /// The master's id; nil for a master.
    package var masterID: String?
    package var epoch: Int64
    package var slots: [ClosedRange<Int>]
    /// The slots that the node told of in brackets: they are on their way to or from another node.
    package var openSlots: [OpenSlot]
    /// Whether the node that was asked has a link to this one.
    package var isConnected: Bool

    /// A slot that is being moved, as one of the two nodes has it.
    package struct OpenSlot: Sendable, Hashable {
        package var slot: Int
        /// Leaving for `peerID`; otherwise coming from there.
        package var isMigrating: Bool
        package var peerID: String
    }

    package var isMaster: Bool { flags.contains("master") }
    /// It has failed, and another one has its slots.
    var isReplaced: Bool { flags.contains("fail") && slotCount == 0 }
    package var isReplica: Bool { flags.contains("slave") }
    package var slotCount: Int { slots.reduce(0) { $0 + $1.count } }

    /// Reads the reply of CLUSTER NODES. A node that knows no address of its own is the one that
    /// was asked.
    package static func table(_ text: String, askedAt asked: NodeAddress) -> [ClusterNode] {
        text.split(separator: "\n").compactMap { ClusterNode(line: String($0), askedAt: asked) }
            .sorted { $0.address < $1.address }
    }

    private init?(line: String, askedAt asked: NodeAddress) {
        let fields = line.split(separator: " ").map(String.init)
        guard fields.count >= 8, let colon = fields[1].lastIndex(where: { $0 == ":" }) else {
            return nil
        }
        flags = fields[2].split(separator: ",").map(String.init)
        let port = Int(fields[1][fields[1].index(after: colon)...].prefix { $0.isNumber })
        address =
            flags.contains("myself")
            ? asked : NodeAddress(host: String(fields[1][..<colon]), port: port ?? 0)
        id = fields[0]
        masterID = fields[3] == "-" ? nil : fields[3]
        epoch = Int64(fields[6]) ?? 0
        slots = fields.dropFirst(8).compactMap(Self.range)
        openSlots = fields.dropFirst(8).compactMap(Self.openSlot)
        isConnected = fields[7] == "connected"
    }

    /// `0-5460` or `7`; an open slot in brackets is none of the node's ranges.
    private static func range(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last, first <= last, !text.hasPrefix("[")
        else {
            return nil
        }
        return first...last
    }

    /// `[93->-ID]` on the node that a slot leaves, `[93-<-ID]` on the one that gets it.
    private static func openSlot(_ text: String) -> OpenSlot? {
        guard text.hasPrefix("["), text.hasSuffix("]"),
            let arrow = text.firstIndex(of: "-"), let last = text.lastIndex(of: "-"),
            let slot = Int(text[text.index(after: text.startIndex)..<arrow])
        else { return nil }
        return OpenSlot(
            slot: slot, isMigrating: text[arrow..<last].contains(">"),
            peerID: String(text[text.index(after: last)...].dropLast()))
    }

    /// Whether someone means this node: by port, address, id, or at least six characters of the id.
    package func isNamed(_ name: String) -> Bool {
        name == "\(address.port)" || name == address.description || name == ":\(address.port)"
            || (name.count >= 6 && id.hasPrefix(name.lowercased()))
    }
}
