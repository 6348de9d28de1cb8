import ClusterCore
package import Lab
import Simulation

/// Clusters in virtual time: their nodes are those of every other lab, and the network, the disks and the clocks
/// around them are made up. Time passes only when somebody waits, and what is done twice to clusters of one seed
/// comes out the same twice, byte for byte.
package struct SimulatedLab: LabBackend {
    package init() {}

    package func start(_ plan: ClusterPlan) throws(LabError) -> any LabCluster {
        try startCluster(plan)
    }

    /// `start`, for callers that want to know more of it than other clusters have.
    package func startCluster(_ plan: ClusterPlan) throws(LabError) -> SimulatedCluster {
        var configuration = try Configuration(plan, keptIn: nil)
        // They have disks, and save as a redis-server does that is told nothing.
        configuration.savePoints = Configuration.SavePoint.standard
        let settings = SimulationSettings(
            masters: plan.masters, replicas: plan.replicas, spares: plan.spares, port: plan.port,
            isEmpty: plan.isEmpty, seed: plan.seed, configuration: configuration)
        var world = World(settings)
        world.start()
        if plan.isEmpty {
            world.run(until: world.time.advanced(by: Self.bootTime))
        } else {
            try Self.settle(&world, within: plan.nodeTimeout * 2 + .seconds(10), plan)
        }
        let nodes = (0..<plan.nodeCount).map { NodeAddress(port: plan.port + $0) }
        return SimulatedCluster(world, nodes: nodes)
    }

    /// What processes take until they listen.
    private static let bootTime = Duration.milliseconds(1)
    /// Between two looks.
    private static let lookInterval = Duration.milliseconds(10)

    /// Lets time pass until the nodes are connected as those of a cluster are that has run for a while.
    private static func settle(
        _ world: inout World, within limit: Duration, _ plan: ClusterPlan
    ) throws(LabError) {
        let deadline = world.time.advanced(by: limit)
        while !world.isSettled {
            guard world.time < deadline else {
                throw .refused(
                    NodeAddress(port: plan.port),
                    reason: "its cluster is not settled after \(limit)")
            }
            world.run(until: world.time.advanced(by: lookInterval))
        }
    }
}
