/// What `redis-cli --cluster …` says, for whoever carries it out.
package struct ClusterRequest: Sendable {
    /// `create`, `check` and so on; not yet known to be one.
    package var verb: String
    /// What follows the verb up to the next option.
    package var arguments: [String]
    package var options = ClusterRequestOptions()
    /// `-a`, `--user`, `--verbose` and the rest of what is not about clusters.
    package var user: [UInt8]?
    package var password: [UInt8]?
    package var isVerbose = false
    /// The whole command line, for those who read it on their own.
    package var commandLine: [[UInt8]] = []
}

/// The options that begin with `--cluster-`.
package struct ClusterRequestOptions: Sendable {
    package var replicas = 0
    package var masterID: String?
    package var from: String?
    package var to: String?
    package var fromUser: String?
    package var fromPassword: String?
    package var asksFromPassword = false
    /// `NODE=WEIGHT` each; nil when `--cluster-weight` was not given.
    package var weights: [String]?
    package var slots = 0
    package var timeout = 60000
    package var pipeline = 10
    package var threshold = 2.0
    package var onlyMasters = false
    package var onlyReplicas = false
    /// Nothing is asked: `--cluster-yes`, or REDISCLI_CLUSTER_YES=1.
    package var agrees = false
    package var simulates = false
    package var replaces = false
    package var copies = false
    package var addsReplica = false
    package var usesEmptyMasters = false
    package var searchesMultipleOwners = false
    package var fixesWithUnreachableMasters = false
}
