import Lab

/// A node as the verbs know it: what it told of itself, and what is planned for it. It is one and the same in every
/// list that it stands in, and owns a connection: so it is a class.
final class ManagedNode {
    let address: NodeAddress
    var busPort: Int
    /// The node's 40 hexadecimal digits.
    var name = ""
    var configEpoch: UInt64 = 0
    /// As CLUSTER NODES names them.
    var flagNames: [String] = []
    /// Which of them have ever been seen, on whichever node.
    var isReplica = false
    var isUnusable = false
    /// The master's name; what is planned has priority over what is.
    var masterName: String?
    /// Whether slots or a master are planned that the node does not know yet.
    var isDirty = false
    var slots = SlotSet()
    /// How many slots the node had when it was asked, or got in the plan.
    var slotCount = 0
    var replicaCount = 0
    var migrating: [OpenSlot] = []
    var importing: [OpenSlot] = []
    /// For `rebalance`: the weight, and how many slots the node has too many.
    var weight: Float = 1
    var balance: Int32 = 0
    var connection: (any LabConnection)?

    /// A slot on its way, and the node at the other end.
    struct OpenSlot {
        let slot: String
        let other: String
    }

    init(_ address: NodeAddress, busPort: Int = 0) {
        self.address = address
        self.busPort = busPort == 0 ? address.port + 10_000 : busPort
    }

    /// redis-cli takes a node for a master by its flag in some places, and by its not having a master in others.
    var isPlainMaster: Bool { !isReplica && masterName == nil }

    /// Takes over what a line of CLUSTER NODES says; the slots only from the node's own.
    func update(from line: NodesLine) {
        name = line.name
        flagNames = line.flags
        configEpoch = line.configEpoch
        if line.flags.contains("slave") {
            isReplica = true
            masterName = line.masterName
        }
        if line.flags.contains(where: ["noaddr", "disconnected", "fail"].contains) {
            isUnusable = true
        }
        guard line.isMyself else { return }
        busPort = line.busPort
        isDirty = false
        (slots, slotCount) = (SlotSet(), 0)
        line.slots.forEach(take)
    }

    private func take(_ text: String) {
        if text.hasPrefix("[") {
            let body = String(text.dropFirst().prefix { $0 != "]" })
            if let arrow = body.firstRange(of: "->-") {
                migrating.append(Self.open(body, arrow))
            } else if let arrow = body.firstRange(of: "-<-") {
                importing.append(Self.open(body, arrow))
            }
            return
        }
        let ends = text.split(separator: "-").map { leadingInteger($0) }
        guard let first = ends.first, let last = ends.last, first >= 0, first <= last,
            last < SlotSet.slotCount
        else { return }
        for slot in first...last { slots[slot] = true }
        slotCount += last - first + 1
    }

    private static func open(_ body: String, _ arrow: Range<String.Index>) -> OpenSlot {
        OpenSlot(
            slot: String(body[..<arrow.lowerBound]), other: String(body[arrow.upperBound...]))
    }

    /// The node with its slots, as `check` and the plans show it.
    func description(indent: Int = 0) -> String {
        let spaces = String(repeating: " ", count: indent)
        var text = spaces
        if isDirty, masterName != nil {
            text += "S: \(name) \(address)"
        } else {
            text += """
                \(isReplica ? "S" : "M"): \(name) \(address)
                \(spaces)   slots:\(slots.text) (\(slotCount) slots) \(flagText)
                """
        }
        if let masterName {
            text += "\n\(spaces)   replicates \(masterName)"
        } else if replicaCount > 0 {
            text += "\n\(spaces)   \(replicaCount) additional replica(s)"
        }
        return text
    }

    /// The flags but for `myself`.
    var flagText: String { flagNames.filter { $0 != "myself" }.joined(separator: ",") }
}
