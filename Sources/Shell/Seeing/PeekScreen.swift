import Lab
import Lessons
import RESP

/// `peek KEY`: a key's slot and owner, and what each node holds of it, side by side.
struct PeekScreen {
    private let key: KeySlot
    private let owner: ClusterNode
    private let copies: [KeyCopy]
    private let names: NodeNames

    /// Asks the owner of the key's slot and its replicas.
    init(
        _ key: [UInt8], in cluster: any LabCluster, at current: NodeAddress
    ) throws(ScreenFailure) {
        self.key = KeySlot(key)
        let cluster = TimedCluster.around(cluster)
        let view = LiveView(of: cluster, at: current)
        let slot = self.key.slot
        guard let owner = view.owner(of: slot, at: current) else {
            throw ScreenFailure(
                sentence: view.table(at: current).isEmpty
                    ? "No node tells who owns slot \(slot) of the key \(self.key.name)."
                    : "Slot \(slot) of the key \(self.key.name) has no owner. Type why slot \(slot)."
            )
        }
        self.owner = owner
        names = NodeNames(view.addresses)
        var copies = [KeyCopy(of: key, at: owner.address, role: "master", in: cluster)]
        if let redirect = copies[0].redirect, redirect.kind == .ask {
            copies.append(
                KeyCopy(of: key, at: redirect.target, role: "importing", in: cluster))
        }
        copies += view.replicas(of: owner, at: current).map {
            KeyCopy(of: key, at: $0.address, role: "replica", in: cluster)
        }
        self.copies = copies
    }

    /// The screen, line by line.
    func lines(width: Int) -> [String] {
        let tag = key.tag.map { "its tag \(KeySlot.name($0)) hashes" } ?? "it hashes whole"
        let head =
            "\(key.name.shortened(to: 40)): \(tag) to slot \(key.slot), which "
            + "\(names.name(of: owner.address)) owns (\(owner.ranges))"
        return Explanation.wrapped(head, width: width) + table(width) + sentences(width)
    }

    /// One thing that all nodes tell.
    private struct Row {
        var title: String
        var values: [String]
        var differs: Bool
    }

    private var rows: [Row] {
        let told = copies.filter { $0.trouble == nil }
        let isThere = told.contains { $0.type != "none" }
        guard isThere else { return [] }
        return [
            row("type", \.type), row("encoding", \.encoding), ttlRow,
            row(told.first?.type == "string" ? "bytes" : "elements") { copy in
                copy.size.map(String.init) ?? "-"
            },
            row("value", \.value),
        ]
    }

    private func row(_ title: String, _ value: (KeyCopy) -> String) -> Row {
        let told = copies.filter { $0.trouble == nil }
        let canDiffer = title != "value" || told.allSatisfy(\.isComparable)
        return Row(
            title: title, values: copies.map { $0.trouble == nil ? value($0) : "?" },
            differs: canDiffer && Set(told.map(value)).count > 1)
    }

    private var ttlRow: Row {
        let lives = copies.filter { $0.trouble == nil }.map(\.ttl)
        let known = lives.filter { $0 >= 0 }
        // They are asked one after the other.
        let isFar = (known.max() ?? 0) - (known.min() ?? 0) > 1500
        return Row(
            title: "ttl",
            values: copies.map { copy in
                guard copy.trouble == nil else { return "?" }
                return copy.ttl >= 0
                    ? Duration.milliseconds(copy.ttl).inSeconds + " s"
                    : copy.ttl == -1 ? "never expires" : "-"
            }, differs: isFar || (!known.isEmpty && known.count < lives.count))
    }

    private static let margin = 12
    private static let narrowest = 14

    private func table(_ width: Int) -> [String] {
        guard !rows.isEmpty else { return [] }
        let column = (width - Self.margin) / copies.count
        let heads = copies.map { "\(names.name(of: $0.address)) \($0.role)" }
        guard column >= Self.narrowest else { return stacked(heads, width) }
        let blank = String(repeating: " ", count: Self.margin)
        let head = heads.map { $0.shortened(to: column - 1).padded(to: column) }.joined()
        return [(blank + head).trimmedEnd]
            + rows.map { row in
                let title = ((row.differs ? "* " : "  ") + row.title).padded(to: Self.margin)
                return (title + cells(row, column, width)).trimmedEnd
            }
    }

    /// What all have alike may take the whole line.
    private func cells(_ row: Row, _ column: Int, _ width: Int) -> String {
        if let first = row.values.first, Set(row.values).count == 1, first.count >= column {
            return first.shortened(to: width - Self.margin)
        }
        return row.values.map { $0.shortened(to: column - 1).padded(to: column) }.joined()
    }

    /// One node below the other, where there is no room beside each other.
    private func stacked(_ heads: [String], _ width: Int) -> [String] {
        heads.indices.flatMap { index in
            ["  \(heads[index])"]
                + rows.map { row in
                    let title = ((row.differs ? "* " : "  ") + "  " + row.title).padded(to: 14)
                    return (title + row.values[index]).shortened(to: width)
                }
        }
    }

    private func sentences(_ width: Int) -> [String] {
        var sentences = copies.compactMap { copy -> String? in
            guard let trouble = copy.trouble else { return nil }
            let name = names.name(of: copy.address)
            if let redirect = copy.redirect, redirect.kind == .ask {
                return
                    "\(name) sends whoever asks to \(names.name(of: redirect.target)): the slot "
                    + "is on its way, and the key is not here any more, or not yet (ASK)."
            }
            return "\(name) does not tell: \(trouble)"
        }
        let told = copies.filter { $0.trouble == nil }
        if told.isEmpty || rows.isEmpty {
            if !told.isEmpty { sentences.append("There is no such key.") }
        } else if rows.contains(where: \.differs) {
            let differing = rows.filter(\.differs).map(\.title)
            sentences.append(
                "* The copies differ in \(NodeNames.list(differing)): replicas follow their master a "
                    + "little later, or their link is down. Type map to see the links.")
        }
        return sentences.flatMap { Explanation.wrapped($0, width: width, rest: "  ") }
    }
}

extension String {
    /// Without blanks at its end.
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
