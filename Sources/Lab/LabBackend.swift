/// Starts clusters of one kind: in this process, simulated, or as redis-server processes.
package protocol LabBackend: Sendable {
    /// Starts the planned cluster; returns when every node answers and, unless the plan is empty,
    /// reports `cluster_state:ok`.
    func start(_ plan: ClusterPlan) throws(LabError) -> any LabCluster
}
