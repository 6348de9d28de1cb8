import Lab
import Lessons

/// `map`: whose the slots are, and how the nodes are that own them and that copy them.
struct MapScreen {
    let sight: Sight
    let width: Int
    let hasColour: Bool
    /// Commands that each node had run when the map was drawn last, for the share of work since then.
    var callsBefore: [NodeAddress: Int] = [:]

    /// The screen, line by line.
    var lines: [String] {
        guard let reference = sight.reference else { return silentLines }
        let owners = owners(reference)
        let bar = SlotBar(
            owners: owners, openSlots: Set(openSlots.map(\.slot)), keys: sight.keysBySlot(owners),
            width: width)
        return header(reference) + bar.lines(hasColour: hasColour)
            + openSlotLines + table(owners, reference)
    }

    /// Masters with slots, in the order of their first slots: a promoted replica inherits the letter.
    private func owners(_ reference: LiveView.Opinion) -> [ClusterNode] {
        reference.table.filter { !$0.slots.isEmpty }
            .sorted { ($0.slots[0].lowerBound, $0.address) < ($1.slots[0].lowerBound, $1.address) }
    }

    private var silentLines: [String] {
        ["No node tells of the cluster:"]
            + sight.view.opinions.map {
                "  \($0.address)  \(sight.silence(of: $0.address) ?? "knows nobody")"
            }
    }

    // MARK: - Above the bar

    private func header(_ reference: LiveView.Opinion) -> [String] {
        let tellers = sight.tellers.filter { !isStranger($0, to: reference) }
        let all =
            sight.tellers.count == sight.view.opinions.count
            ? "on all \(tellers.count)" : "on the \(tellers.count) that answer"
        let failing = tellers.filter { !$0.isOK }.map(\.address)
        let state =
            failing.isEmpty
            ? "ok \(all)"
            : failing.count == tellers.count
                ? "fail \(all)" : "fail at \(sight.names.list(failing))"
        let epoch = reference.info["cluster_current_epoch"] ?? "?"
        let text =
            "As \(sight.names.name(of: reference.address)) sees it: cluster_state \(state), "
            + "epoch \(epoch), \(slots(reference)) slots"
        return Explanation.wrapped(text, width: width) + differingLines(reference)
    }

    /// `16384`, `10922 of 16384`.
    private func slots(_ reference: LiveView.Opinion) -> String {
        let missing = reference.unownedCount
        return missing == 0 ? "\(KeySlot.count)" : "\(KeySlot.count - missing) of \(KeySlot.count)"
    }

    /// Whether the two know nothing of each other: it is no part of the cluster that is drawn.
    private func isStranger(_ opinion: LiveView.Opinion, to reference: LiveView.Opinion) -> Bool {
        guard let own = reference.myself?.id, let other = opinion.myself?.id else { return false }
        return !reference.table.contains { $0.id == other } && !opinion.table.contains { $0.id == own }
    }

    /// Who has another map of the slots.
    private func differingLines(_ reference: LiveView.Opinion) -> [String] {
        let own = reference.slotMap
        let others = sight.tellers.filter { $0.slotMap != own && !isStranger($0, to: reference) }
            .map(\.address)
        guard !others.isEmpty else { return [] }
        return Explanation.wrapped(
            "The slots look otherwise at \(sight.names.list(others)): type views", width: width)
    }

    // MARK: - Open slots

    private struct OpenSlot {
        var slot: Int
        var from: String
        var to: String
        /// Which of the two has it open.
        var isMigrating: Bool
    }

    private var openSlots: [OpenSlot] {
        sight.tellers.flatMap { opinion in
            (opinion.myself?.openSlots ?? []).map { open in
                let here = sight.names.name(of: opinion.address)
                let there = sight.names.name(of: open.peerID)
                return OpenSlot(
                    slot: open.slot, from: open.isMigrating ? here : there,
                    to: open.isMigrating ? there : here, isMigrating: open.isMigrating)
            }
        }
    }

    /// A line for each pair of nodes, with the slots that are between them.
    private var openSlotLines: [String] {
        let open = openSlots
        let pairs = Set(open.map { [$0.from, $0.to] }).sorted { $0.lexicographicallyPrecedes($1) }
        return pairs.flatMap { pair in
            let between = open.filter { [$0.from, $0.to] == pair }
            let leaving = Set(between.filter(\.isMigrating).map(\.slot))
            let coming = Set(between.filter { !$0.isMigrating }.map(\.slot))
            var text =
                "\(pair[0]) -> \(pair[1]): slot "
                + NodeNames.list(leaving.union(coming).sorted().map(String.init), limit: 6)
            if leaving != coming {
                text += leaving.isEmpty ? ", importing only" : ", migrating"
                if !leaving.isEmpty { text += coming.isEmpty ? " only" : " and importing differ" }
            }
            return Explanation.wrapped(text, width: width, first: "> ", rest: "  ")
        }
    }

    // MARK: - Below the bar

    private func table(_ owners: [ClusterNode], _ reference: LiveView.Opinion) -> [String] {
        let members = members(reference)
        let masters =
            owners
            + members.filter { node in
                !node.isReplica && !owners.contains { $0.id == node.id }
            }
        var rows: [NodeRow] = []
        for (index, master) in masters.enumerated() {
            let letter = index < owners.count ? index : nil
            rows.append(row(master, letter: letter, master: nil))
            for replica in members where replica.masterID == master.id {
                rows.append(row(replica, letter: nil, master: master))
            }
        }
        let shown = Set(rows.map(\.address))
        rows += members.filter { !shown.contains($0.address) }.map {
            row($0, letter: nil, master: nil)
        }
        let strangers = sight.view.opinions.map(\.address).filter { address in
            !members.contains { $0.address == address }
        }
        rows += strangers.map { address in
            NodeRow(
                address: address, name: sight.names.name(of: address),
                health: sight.silence(of: address) ?? "unknown to the others")
        }
        return NodeRow.lines(rows, width: width, hasColour: hasColour)
    }

    /// Who is known to the reference, and those that only know themselves, each as it sees itself.
    private func members(_ reference: LiveView.Opinion) -> [ClusterNode] {
        let known = reference.table.filter(\.hasAddress)
        let others = sight.view.nodes.filter { node in !known.contains { $0.id == node.id } }
        return (known + others).sorted { $0.address < $1.address }
    }

    private func row(_ node: ClusterNode, letter: Int?, master: ClusterNode?) -> NodeRow {
        let facts = sight.facts[node.address]
        var health = health(of: node)
        if let reference = sight.reference, !reference.table.contains(where: { $0.id == node.id }) {
            health += "; \(sight.names.name(of: reference.address)) does not know it"
        }
        if let link = facts?.link(behind: master.flatMap { sight.facts[$0.address] }) {
            health += "; \(link)"
        }
        return NodeRow(
            address: node.address, name: sight.names.name(of: node.address), letter: letter,
            role: node.isReplica ? "replica" : "master",
            slots: node.isReplica ? nil : node.slotCount,
            keys: facts?.keys, epoch: node.isReplica ? nil : node.epoch,
            share: share(of: node.address), health: health)
    }

    /// `ok`, or what is wrong and who says so.
    private func health(of node: ClusterNode) -> String {
        let doubters = sight.doubters(of: node.id)
        var said: [String] = []
        if !doubters.failed.isEmpty {
            let all = doubters.failed.count == sight.tellers.count
            said.append(all ? "FAIL" : "FAIL at \(sight.names.list(doubters.failed))")
        }
        if !doubters.suspecting.isEmpty {
            said.append("PFAIL at \(sight.names.list(doubters.suspecting))")
        }
        if let silence = sight.silence(of: node.address) { said.append(silence) }
        if node.flags.contains("handshake") { said.append("handshake") }
        if sight.view.opinion(of: node.address)?.info["cluster_state"] == "fail" {
            said.append("state fail")
        }
        return said.isEmpty ? "ok" : said.joined(separator: ", ")
    }

    /// Of the commands that all nodes ran, since the last drawing or since they were started.
    private func share(of address: NodeAddress) -> Int? {
        let calls = sight.facts.mapValues(\.calls).map { address, count in
            (address, max(0, count - (callsBefore[address] ?? 0)))
        }
        let sum = calls.reduce(0) { $0 + $1.1 }
        guard sum > 0, let own = calls.first(where: { $0.0 == address }) else { return nil }
        return (own.1 * 100 + sum / 2) / sum
    }
}

extension LiveView.Opinion {
    /// The owner's id of each slot that has one, as this node sees it.
    var slotMap: [String: [ClosedRange<Int>]] {
        let owners = table.filter { !$0.slots.isEmpty }.map { ($0.id, $0.slots) }
        return Dictionary(owners, uniquingKeysWith: +)
    }
}
