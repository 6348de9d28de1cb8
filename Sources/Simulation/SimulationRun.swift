package import ClusterCore

/// One run: a cluster under load, a time in which things go wrong, and a time in which it has to recover.
package struct SimulationRun: Sendable {
    package private(set) var world: World
    package let plan: FaultPlan
    /// Between two looks at whether all is well again.
    private static let lookInterval = Duration.milliseconds(250)
    /// What clients may take to finish what they are about.
    private static let lastWords = Duration.seconds(10)

    package init(_ settings: SimulationSettings, isTraced: Bool = false) {
        self.init(settings, plan: nil, isTraced: isTraced)
    }

    /// A run with faults that somebody chose.
    package init(_ settings: SimulationSettings, plan: FaultPlan?, isTraced: Bool = false) {
        world = World(settings, isTraced: isTraced)
        self.plan = plan ?? FaultPlan(settings, using: &world.random)
    }

    /// Runs to the end, or to the first violation.
    package mutating func run() -> SimulationReport {
        world.start()
        world.schedule(plan)
        world.run(until: .start.advanced(by: world.settings.faultPhase))
        if isWell { world.heal() }
        awaitRecovery()
        world.stopClients()
        if isWell { world.run(until: world.time.advanced(by: Self.lastWords)) }
        awaitRecovery()
        if isWell { world.examineEnd() }
        return report
    }

    private var isWell: Bool { world.invariants.violation == nil }

    private mutating func awaitRecovery() {
        let end = world.time.advanced(by: world.settings.recovery)
        var disagreement = world.disagreement()
        while let reason = disagreement, isWell {
            guard world.time < end else { return world.violate(.noAgreement(reason)) }
            world.run(until: world.time.advanced(by: Self.lookInterval))
            disagreement = world.disagreement()
        }
    }

    private var report: SimulationReport {
        SimulationReport(
            seed: world.settings.seed, nodes: world.settings.nodes,
            violation: world.invariants.violation, plan: plan, time: world.time,
            steps: world.steps, acknowledged: world.ledger.acknowledgedCount,
            excused: world.ledger.excusedCount, fingerprint: world.fingerprint,
            trace: world.trace.lines)
    }
}

/// What came of a run.
package struct SimulationReport: Sendable {
    package let seed: UInt64
    package let nodes: Int
    package let violation: Violation?
    package let plan: FaultPlan
    /// Virtual time.
    package let time: Instant
    package let steps: Int
    /// Writes that clients were told are done, and those of them that were lost as Redis admits.
    package let acknowledged: Int
    package let excused: Int
    /// The same in every run of the seed.
    package let fingerprint: UInt64
    package let trace: [String]

    /// A failure, as its finder needs it.
    package var text: String {
        guard let violation else {
            return "seed \(seed): well after \(Trace.stamp(time)) s, \(steps) steps, "
                + "\(acknowledged) writes acknowledged, \(excused) lost as admitted"
        }
        var lines = ["seed \(seed), \(nodes) nodes: VIOLATION at \(Trace.stamp(time)) s:"]
        lines.append("  \(violation)")
        lines.append("schedule:")
        lines += plan.entries.map { "  \(Trace.stamp($0.time)) \($0.fault)" }
        lines.append("repeat with: clusterlab simulate --nodes \(nodes) --seed \(seed) --runs 1")
        return lines.joined(separator: "\n")
    }
}
