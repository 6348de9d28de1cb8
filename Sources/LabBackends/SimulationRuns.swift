import ClusterCore
import Simulation

/// Runs of the simulation by seed, for those who see no more of it than what came out.
package struct SimulationRuns: Sendable {
    private let nodes: Int
    private let faults: Set<FaultPlan.Kind>
    private let gossipShare: Int?

    /// What came of one run.
    package struct Outcome: Sendable {
        package let isWell: Bool
        /// A line if all went well; else what was violated, and the schedule.
        package let text: String
        package let trace: [String]
    }

    /// Names of faults, for `--faults`.
    package static var faultNames: [String] { FaultPlan.Kind.allCases.map(\.rawValue) }

    /// - Parameters:
    ///   - faults: names of the kinds of faults; nil for the usual ones.
    ///   - gossipShare: a packet tells of one node in so many; nil for what suits the size of the cluster.
    /// - Returns: nil where a name is none.
    package init?(nodes: Int, faults: [String]?, gossipShare: Int? = nil) {
        let kinds = faults?.map { FaultPlan.Kind(rawValue: $0) } ?? Array(FaultPlan.Kind.usual)
        guard !kinds.contains(nil) else { return nil }
        self.nodes = nodes
        self.gossipShare = gossipShare
        self.faults = Set(kinds.compactMap { $0 })
    }

    /// Runs the schedule of one seed.
    package func run(seed: UInt64, isTraced: Bool) -> Outcome {
        var settings = SimulationSettings(nodes: nodes, seed: seed, faults: faults)
        if let gossipShare { settings.configuration.clusterGossipShare = gossipShare }
        var run = SimulationRun(settings, isTraced: isTraced)
        let report = run.run()
        return Outcome(
            isWell: report.violation == nil, text: report.text, trace: report.trace)
    }
}
