import Simulation
import Testing

struct SimulationRunTests {
    @Test func `a seed gives the same run twice, to the last line`() {
        var one = SimulationRun(SimulationSettings(nodes: 6, seed: 7), isTraced: true)
        var other = SimulationRun(SimulationSettings(nodes: 6, seed: 7), isTraced: true)
        let (first, second) = (one.run(), other.run())
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.trace == second.trace)
        #expect(!first.trace.isEmpty)
    }
}
