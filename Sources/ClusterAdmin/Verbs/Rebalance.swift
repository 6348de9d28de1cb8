import RESP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension ClusterManager {
    /// `rebalance`: moves slots until each master has a number that its weight calls for.
    mutating func rebalance() throws(VerbFailure) {
        try load(from: node(options.arguments))
        try takeWeights()
        let masters = nodes.filter(\.isPlainMaster)
        for master in masters where !options.usesEmptyMasters && master.slotCount == 0 {
            master.weight = 0
        }
        let involved = masters.filter { options.usesEmptyMasters || $0.slotCount > 0 }
        let totalWeight = involved.reduce(Float(0)) { $0 + $1.weight }
        _ = try checkCluster(quietly: true)
        guard errors.isEmpty else {
            log(.error, "*** Please fix your cluster problems before rebalancing\n")
            throw .failed
        }
        guard setBalances(of: involved, totalWeight) else {
            log(
                .warning,
                "*** No rebalancing needed! All nodes are within the "
                    + "\(twoDecimals(options.threshold))% threshold.\n")
            return
        }
        let sorted = involved.enumerated().sorted {
            ($0.element.balance, $0.offset) < ($1.element.balance, $1.offset)
        }.map(\.element)
        log(
            .info,
            ">>> Rebalancing across \(sorted.count) nodes. "
                + "Total weight = \(twoDecimals(totalWeight))\n")
        if options.isVerbose {
            for node in sorted { say("\(node.address) balance is \(node.balance) slots\n") }
        }
        try evenOut(sorted)
    }

    private func takeWeights() throws(VerbFailure) {
        for word in options.weights ?? [] {
            guard let sign = word.firstIndex(of: "=") else { continue }
            let name = String(word[..<sign])
            // The first digits of a name will do.
            guard let node = nodes.first(where: { $0.name.hasPrefix(name.lowercased()) }) else {
                log(.error, "*** No such master node \(name)\n")
                throw .failed
            }
            node.weight = Float(atof(String(word[word.index(after: sign)...])))
        }
    }

    /// How many slots each node has too many or, below 0, too few.
    /// - Returns: whether some node is further from its share than the threshold allows.
    private func setBalances(of involved: [ManagedNode], _ totalWeight: Float) -> Bool {
        var isBeyond = false
        var total: Int32 = 0
        for node in involved {
            let share = Float(SlotSet.slotCount) / totalWeight * node.weight
            // What C makes of a number that no integer can be.
            let expected = Int32(exactly: share.rounded(.towardZero)) ?? .min
            node.balance = Int32(node.slotCount) &- expected
            total = total &+ node.balance
            if isBeyondThreshold(node.slotCount, expected) { isBeyond = true }
        }
        guard isBeyond else { return false }
        // Rounding leaves slots over: those that get some get these, too.
        var hasTaken = true
        while total > 0, hasTaken {
            hasTaken = false
            for node in involved where node.balance <= 0 && total > 0 {
                node.balance &-= 1
                total -= 1
                hasTaken = true
            }
        }
        return true
    }

    private func isBeyondThreshold(_ count: Int, _ expected: Int32) -> Bool {
        guard options.threshold > 0 else { return false }
        guard count > 0 else { return expected > 1 }
        return Float(abs(100 - 100.0 * Double(expected) / Double(count))) > options.threshold
    }

    /// Lets the node with the most slots to spare give to the one that lacks most, until one of them is even.
    private func evenOut(_ sorted: [ManagedNode]) throws(VerbFailure) {
        var (low, high) = (0, sorted.count - 1)
        while low < high {
            let (target, source) = (sorted[low], sorted[high])
            let count = Int32(
                truncatingIfNeeded: min(target.balance.magnitude, source.balance.magnitude))
            if count > 0 { try move(Int(count), from: source, to: target) }
            target.balance &+= count
            source.balance &-= count
            if target.balance == 0 { low += 1 }
            if source.balance == 0 { high -= 1 }
        }
    }

    private func move(
        _ count: Int, from source: ManagedNode, to target: ManagedNode
    ) throws(VerbFailure) {
        say("Moving \(count) slots from \(source.address) to \(target.address)\n")
        let table = ReshardTable(sources: [source], count: count)
        guard table.moves.count == count else {
            log(.error, "*** Assertion failed: Reshard table != number of slots")
            throw .failed
        }
        for move in table.moves {
            if !options.simulates {
                let failure = try moveSlot(move.slot, from: source, to: target, [.quiet, .update])
                if let failure {
                    log(.error, "*** clusterManagerMoveSlot: \(failure.text ?? "")\n")
                    throw .failed
                }
            }
            say("#")
        }
        say("\n")
    }
}
