import ClusterCore
import Simulation
import Testing

/// Rules of the engine are broken on purpose: the simulation has to notice.
struct FlawTests {
    /// A broken rule, and the faults and violations that show it.
    struct Flaw: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let flaws: Configuration.Flaws
        let faults: Set<FaultPlan.Kind>
        var nodes = 9
        let shows: @Sendable (Violation) -> Bool
    }

    private static let flaws = [
        Flaw(
            testDescription: "masters vote more than once in an epoch", flaws: .votesAgain,
            faults: [.crash, .failover, .partition],
            shows: { violation in
                switch violation {
                case .votedTwice, .twoWinners, .sameEpoch: true
                default: false
                }
            }),
        Flaw(
            testDescription: "nodes do not compare the epochs of claims", flaws: .ignoresEpochs,
            faults: [.freeze, .partition, .crash],
            shows: { violation in
                switch violation {
                case .lostWrite, .noAgreement, .sameEpoch: true
                default: false
                }
            }),
        Flaw(
            testDescription: "replicas acknowledge what they do not have",
            flaws: .acknowledgesEarly, faults: [.slow, .stall],
            shows: { if case .waitLied = $0 { true } else { false } }),
        Flaw(
            testDescription: "a manual failover does not wait for the replica",
            flaws: .skipsOffset, faults: [.failover, .slow],
            shows: { if case .lostWrite = $0 { true } else { false } }),
        Flaw(
            testDescription: "nodes do not save their configuration", flaws: .forgets,
            faults: [.crash],
            shows: { violation in
                switch violation {
                case .epochWentBack, .votedTwice, .lostWrite, .noAgreement: true
                default: false
                }
            }),
    ]

    @Test(arguments: flaws) func `a broken rule is noticed`(_ flaw: Flaw) {
        let violations = (1...40).lazy.compactMap { seed in
            var settings = SimulationSettings(
                nodes: flaw.nodes, seed: UInt64(seed), faults: flaw.faults)
            settings.configuration.flaws = flaw.flaws
            var run = SimulationRun(settings)
            return run.run().violation
        }
        #expect(violations.contains { flaw.shows($0) })
    }
}
