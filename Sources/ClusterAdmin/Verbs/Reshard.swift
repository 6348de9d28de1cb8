import RESP

extension ClusterManager {
    /// `reshard`: moves so many slots from some nodes to one, asking for what the options do not say.
    mutating func reshard() throws(VerbFailure) {
        try load(from: node(options.arguments))
        _ = try checkCluster()
        guard errors.isEmpty else {
            throw fail("*** Please fix your cluster problems before resharding\n")
        }
        let count = try slotCount()
        let target = try target()
        let sources = try sources(for: target)
        guard !sources.isEmpty else {
            throw fail("*** No source nodes given, operation aborted.\n")
        }
        let table = ReshardTable(sources: sources, count: count)
        show(table, count, from: sources, to: target)
        if !options.saysYes {
            say("Do you want to proceed with the proposed reshard plan (yes/no)? ")
            guard try line()?.hasPrefix("yes") == true else { throw .failed }
        }
        for move in table.moves {
            let failure = try moveSlot(move.slot, from: move.source, to: target, .dots)
            guard let failure else { continue }
            if let text = failure.text { log(.error, "clusterManagerMoveSlot failed: \(text)\n") }
            throw .failed
        }
    }

    private func show(
        _ table: ReshardTable, _ count: Int, from sources: [ManagedNode], to target: ManagedNode
    ) {
        say("\nReady to move \(count) slots.\n  Source nodes:\n")
        for source in sources { say(source.description(indent: 4) + "\n") }
        say("  Destination node:\n\(target.description(indent: 4))\n  Resharding plan:\n")
        let lines = table.moves.map { "    Moving slot \($0.slot) from \($0.source.name)\n" }
        say(lines.joined())
    }

    // MARK: Questions

    /// A question until it has an answer. Where standard input has ended redis-cli asks for ever; this ends.
    private func ask(_ question: String) throws(VerbFailure) -> String {
        say(question)
        guard let line = try line() else {
            say("\n")
            throw fail("*** Standard input has ended before this was answered.\n")
        }
        return line
    }

    private func slotCount() throws(VerbFailure) -> Int {
        var count = options.slots
        guard count == 0 else { return count }
        while !(1...SlotSet.slotCount).contains(count) {
            let question =
                "How many slots do you want to move (from 1 to \(SlotSet.slotCount))? "
            // redis-cli reads five characters.
            count = leadingInteger(try ask(question).prefix(5))
        }
        return count
    }

    private func target() throws(VerbFailure) -> ManagedNode {
        var name = options.to ?? ""
        while options.to == nil, name.isEmpty { name = try ask("What is the receiving node ID? ") }
        guard let target = master(named: name) else { throw .failed }
        return target
    }

    private func sources(for target: ManagedNode) throws(VerbFailure) -> [ManagedNode] {
        guard let from = options.from else { return try askForSources(target) }
        var names = from.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if names.last?.isEmpty == true { names.removeLast() }
        var sources: [ManagedNode] = []
        for name in names {
            if name == "all" { return allSources(but: target) }
            try add(name, to: &sources, for: target)
        }
        return sources
    }

    private func askForSources(_ target: ManagedNode) throws(VerbFailure) -> [ManagedNode] {
        say(
            """
            Please enter all the source node IDs.
              Type 'all' to use all the nodes as source nodes for the hash slots.
              Type 'done' once you entered all the source nodes IDs.

            """)
        var sources: [ManagedNode] = []
        while true {
            switch try ask("Source node #\(sources.count + 1): ") {
            case "done": return sources
            case "all": return allSources(but: target)
            case let name: try add(name, to: &sources, for: target)
            }
        }
    }

    private func allSources(but target: ManagedNode) -> [ManagedNode] {
        nodes.filter { $0.isPlainMaster && $0.name != target.name }
    }

    private func add(
        _ name: String, to sources: inout [ManagedNode], for target: ManagedNode
    ) throws(VerbFailure) {
        guard let source = master(named: name) else { throw .failed }
        if source.name == target.name {
            log(.error, "*** It is not possible to use the target node as source node.\n")
        } else {
            sources.append(source)
        }
    }

    private func master(named name: String) -> ManagedNode? {
        if let node = node(named: name), !node.isReplica { return node }
        log(
            .error,
            "*** The specified node (\(name)) is not known or not a master, please retry.\n")
        return nil
    }
}
