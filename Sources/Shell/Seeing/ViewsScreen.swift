import Lab
import Lessons

/// `views`: what each node thinks of each, side by side, and in words where they disagree.
struct ViewsScreen {
    let sight: Sight
    let width: Int
    let hasColour: Bool

    /// A thing that a node thinks otherwise than the node that is meant, the gravest first.
    private enum Difference: Character, CaseIterable {
        case fail = "F"
        case suspected = "P"
        case unknown = "?"
        case handshake = "h"
        case role = "r"
        case slots = "s"
        case epoch = "e"
        case unlinked = "x"

        var meaning: String {
            switch self {
            case .fail: "F FAIL"
            case .suspected: "P PFAIL"
            case .unknown: "? unknown"
            case .handshake: "h handshake"
            case .role: "r role"
            case .slots: "s slots"
            case .epoch: "e epoch"
            case .unlinked: "x no link"
            }
        }
    }

    private static let edge = "  state  epoch  slots"

    /// The screen, line by line.
    var lines: [String] {
        let rows = sight.view.addresses
        guard !sight.tellers.isEmpty else {
            return MapScreen(sight: sight, width: width, hasColour: hasColour).lines
        }
        let margin = (rows.map { sight.names.name(of: $0).count }.max() ?? 4) + 4
        let room = max(2, (width - margin - Self.edge.count) / 2)
        let columns = Array(rows.prefix(room))
        var found: Set<Difference> = []
        let table = rows.enumerated().map { index, row in
            line(of: row, number: index + 1, columns: columns, margin: margin, found: &found)
        }
        let title =
            "Each line is what one node thinks of all, in columns by their numbers."
        return Explanation.wrapped(title, width: width)
            + heads(columns.count, margin: margin) + table
            + (columns.count < rows.count
                ? ["(\(rows.count - columns.count) more columns do not fit; the words have them)"]
                : [])
            + legend(found) + Self.capped(words(rows), width: width)
    }

    /// Numbers above the columns, one digit below the other.
    private func heads(_ count: Int, margin: Int) -> [String] {
        let blank = String(repeating: " ", count: margin)
        let tens = (1...count).map { $0 < 10 ? "  " : "\($0 / 10) " }.joined()
        let ones = (1...count).map { "\($0 % 10) " }.joined()
        return (count > 9 ? [blank + tens] : []) + [blank + ones + Self.edge]
    }

    private func line(
        of row: NodeAddress, number: Int, columns: [NodeAddress], margin: Int,
        found: inout Set<Difference>
    ) -> String {
        let name = "\(number)".leading(2) + " " + sight.names.name(of: row)
        let head = name.padded(to: margin)
        guard let opinion = sight.view.opinion(of: row), !opinion.table.isEmpty else {
            let silence = sight.silence(of: row) ?? "tells nothing"
            return (head + "- \(silence)").shortened(to: width)
        }
        let cells = columns.map { column in
            guard let difference = differences(of: opinion, about: column).first else {
                return column == row ? "* " : ". "
            }
            found.insert(difference)
            let sign = String(difference.rawValue)
            return (hasColour ? "\u{1B}[7m\(sign)\u{1B}[0m" : sign) + " "
        }
        let state = opinion.info["cluster_state"] ?? "?"
        let epoch = opinion.info["cluster_current_epoch"] ?? "?"
        return head + cells.joined() + "  " + state.padded(to: 5) + epoch.leading(7)
            + "\(KeySlot.count - opinion.unownedCount)".leading(7)
    }

    private func legend(_ found: Set<Difference>) -> [String] {
        let signs = Difference.allCases.filter(found.contains).map(\.meaning)
        let text = (["* itself", ". as that node itself says"] + signs).joined(separator: "   ")
        // Three blanks part the signs; wrapping leaves one.
        return text.count <= width
            ? [text]
            : Explanation.wrapped(
                (["* itself", ". as it says itself"] + signs).joined(separator: ", "), width: width)
    }

    // MARK: - Comparing

    /// The node as it sees itself; where it does not tell, as most others see it.
    private func truth(about address: NodeAddress) -> ClusterNode? {
        if let myself = sight.view.opinion(of: address)?.myself { return myself }
        let seen = sight.tellers.compactMap { opinion in
            opinion.table.first { $0.address == address }
        }
        return seen.max { first, second in
            seen.filter { $0.isLike(first) }.count < seen.filter { $0.isLike(second) }.count
        }
    }

    private func differences(
        of opinion: LiveView.Opinion, about address: NodeAddress
    ) -> [Difference] {
        guard let truth = truth(about: address) else { return [] }
        guard let seen = opinion.table.first(where: { $0.id == truth.id }) else {
            return [.unknown]
        }
        var found: [Difference] = []
        if seen.isFailed { found.append(.fail) }
        if seen.isSuspected { found.append(.suspected) }
        if seen.flags.contains("handshake") { found.append(.handshake) }
        if seen.isMaster != truth.isMaster || seen.masterID != truth.masterID {
            found.append(.role)
        }
        if Set(seen.slots) != Set(truth.slots) { found.append(.slots) }
        if seen.isMaster, seen.epoch != truth.epoch { found.append(.epoch) }
        if !seen.isConnected, !seen.isFailed, !seen.isSuspected { found.append(.unlinked) }
        return found
    }

    // MARK: - In words

    private func words(_ rows: [NodeAddress]) -> [String] {
        let sentences = rows.flatMap { about in
            Difference.allCases.compactMap { difference in sentence(difference, about: about) }
        }
        let summary = [
            spread("cluster_state", "cluster_state"),
            spread("current epoch", "cluster_current_epoch"),
            spread("slots assigned", "cluster_slots_assigned"),
        ].compactMap { $0 }
        let agreement = "All that answer agree about every node."
        return (sentences.isEmpty ? [agreement] : sentences) + summary
    }

    private func sentence(_ difference: Difference, about address: NodeAddress) -> String? {
        let holders = sight.tellers.filter {
            differences(of: $0, about: address).contains(difference)
        }
        guard !holders.isEmpty, let truth = truth(about: address) else { return nil }
        let who = sight.names.list(holders.map(\.address), limit: 6)
        let s = holders.count == 1 ? "s" : ""
        let name = sight.names.name(of: address)
        let seen = holders[0].table.first { $0.id == truth.id }
        switch difference {
        case .fail: return "\(name): \(who) hold\(s) it for failed (FAIL)"
        case .suspected: return "\(name): \(who) cannot reach it (PFAIL)"
        case .unknown: return "\(name): \(who) do\(s.isEmpty ? "" : "es") not know it"
        case .handshake: return "\(name): \(who) \(s.isEmpty ? "are" : "is") in a handshake with it"
        case .role: return "\(name): \(role(truth)); \(who) say\(s) \(seen.map(role) ?? "?")"
        case .slots:
            return "\(name): \(ranges(truth)); \(who) say\(s) \(seen.map(ranges) ?? "?")"
        case .epoch:
            return "\(name): config epoch \(truth.epoch); \(who) say\(s) \(seen?.epoch ?? 0)"
        case .unlinked: return "\(name): \(who) ha\(s.isEmpty ? "ve" : "s") no bus link to it"
        }
    }

    private func role(_ node: ClusterNode) -> String {
        node.masterID.map { "replica of \(sight.names.name(of: $0))" } ?? "master"
    }

    private func ranges(_ node: ClusterNode) -> String {
        node.slots.isEmpty ? "no slots" : "slots \(node.ranges)"
    }

    /// A field of CLUSTER INFO: one value, or who has which.
    private func spread(_ title: String, _ field: String) -> String? {
        let values = sight.tellers.compactMap { opinion in
            opinion.info[field].map { (opinion.address, $0) }
        }
        let kinds = Set(values.map(\.1)).sorted()
        guard kinds.count > 1 else { return nil }
        let parts = kinds.map { kind in
            "\(kind) at \(sight.names.list(values.filter { $0.1 == kind }.map(\.0), limit: 6))"
        }
        return "\(title): \(parts.joined(separator: "; "))"
    }

    /// As many sentences as a screen takes.
    private static func capped(_ words: [String], width: Int) -> [String] {
        let limit = 12
        let shown = words.prefix(limit).flatMap {
            Explanation.wrapped($0, width: width, rest: "  ")
        }
        return words.count > limit ? shown + ["and \(words.count - limit) more"] : shown
    }
}

extension ClusterNode {
    /// Whether two tell the same of a node.
    fileprivate func isLike(_ other: ClusterNode) -> Bool {
        masterID == other.masterID && epoch == other.epoch && slots == other.slots
    }
}
