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
        // By bytes: checks read this again and again while they wait.
        Array(text.utf8).split(separator: UInt8(ascii: "\n"))
            .compactMap { ClusterNode(line: $0, askedAt: asked) }
            .sorted { $0.address < $1.address }
    }

    /// The same, with the addresses by which the lab knows the nodes.
    package static func table(
        _ text: String, askedAt asked: NodeAddress, in cluster: any LabCluster
    ) -> [ClusterNode] {
        table(text, askedAt: asked).map { node in
            var node = node
            node.address = cluster.place(of: node.address)
            return node
        }
    }

    private init?(line: ArraySlice<UInt8>, askedAt asked: NodeAddress) {
        let fields = line.split(separator: UInt8(ascii: " "))
        guard fields.count >= 8, let colon = fields[1].lastIndex(of: UInt8(ascii: ":")) else {
            return nil
        }
        let port = Self.number(fields[1][(colon + 1)...].prefix(while: Self.isDigit))
        flags = fields[2].split(separator: UInt8(ascii: ",")).map {
            String(decoding: $0, as: UTF8.self)
        }
        address =
            flags.contains("myself")
            ? asked
            : NodeAddress(
                host: String(decoding: fields[1][..<colon], as: UTF8.self), port: port ?? 0)
        id = String(decoding: fields[0], as: UTF8.self)
        masterID =
            fields[3] == [UInt8(ascii: "-")] ? nil : String(decoding: fields[3], as: UTF8.self)
        epoch = Int64(String(decoding: fields[6], as: UTF8.self)) ?? 0
        slots = fields.dropFirst(8).compactMap(Self.range)
        openSlots = fields.dropFirst(8).compactMap(Self.openSlot)
        isConnected = fields[7].elementsEqual("connected".utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...9).contains(digits.count), digits.allSatisfy(isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// `0-5460` or `7`; an open slot in brackets is none of the node's ranges.
    private static func range(_ text: ArraySlice<UInt8>) -> ClosedRange<Int>? {
        let ends = text.split(separator: UInt8(ascii: "-")).compactMap(number)
        guard text.first != UInt8(ascii: "["), let first = ends.first, let last = ends.last,
            first <= last
        else { return nil }
        return first...last
    }

    /// `[93->-ID]` on the node that a slot leaves, `[93-<-ID]` on the one that gets it.
    private static func openSlot(_ field: ArraySlice<UInt8>) -> OpenSlot? {
        guard field.first == UInt8(ascii: "[") else { return nil }
        let text = String(decoding: field, as: UTF8.self)
        guard text.hasSuffix("]"),
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
