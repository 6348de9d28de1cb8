/// Which cluster to start: what `clusterlab up` takes as options and a lesson's `cluster` block says.
package struct ClusterPlan: Hashable, Sendable {
    package var masters: Int
    /// Replicas of each master.
    package var replicas: Int
    /// Nodes beside the cluster, on the ports behind it, that know nobody and own no slot.
    package var spares: Int
    /// The first node's port; the others follow.
    package var port: Int
    /// Nodes with cluster mode on that know nobody and own no slot.
    package var isEmpty: Bool
    /// cluster-node-timeout.
    package var nodeTimeout: Duration
    /// Decides node IDs and everything else that is random.
    package var seed: UInt64
    /// What the nodes speak besides; nil for no TLS.
    package var tls: TLS?

    /// A cluster that speaks nothing but TLS.
    package struct TLS: Hashable, Sendable {
        /// Where the certificates are; nil for the learner's own folder.
        package var certificates: String?
        /// tls-auth-clients: `no`, `yes` or `optional`.
        package var authClients: String

        package init(certificates: String? = nil, authClients: String = "yes") {
            self.certificates = certificates
            self.authClients = authClients
        }
    }

    package init(
        masters: Int = 3, replicas: Int = 1, spares: Int = 0, port: Int = 7000,
        isEmpty: Bool = false, nodeTimeout: Duration = .milliseconds(5000), seed: UInt64 = 1,
        tls: TLS? = nil
    ) {
        self.masters = masters
        self.replicas = replicas
        self.spares = spares
        self.port = port
        self.isEmpty = isEmpty
        self.nodeTimeout = nodeTimeout
        self.seed = seed
        self.tls = tls
    }

    /// masters x (1 + replicas), and the spares.
    package var nodeCount: Int { masters * (1 + replicas) + spares }
}
