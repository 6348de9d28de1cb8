import Keyspace

/// What a server process is told by redis.conf and its arguments: the node's configuration, and what only concerns
/// the process. The defaults are redis-server's.
package struct ServerSettings: Hashable, Sendable {
    package var configuration: Configuration
    /// Directives that were taken although nothing here goes by them; each name once.
    package internal(set) var ignored: [String] = []
    /// The node to replicate (`replicaof`), outside a cluster.
    package internal(set) var master: Master?
    /// Whether the configuration says where to listen.
    package internal(set) var hasBind = false
    /// The first `save` of a configuration replaces the default points; later ones add to them.
    var hasSavePoints = false

    /// The node that `replicaof` names.
    package struct Master: Hashable, Sendable {
        package let host: String
        package let port: Int

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    package init() {
        configuration = Configuration()
        configuration.clusterEnabled = false
        configuration.savePoints = [(3600, 1), (300, 100), (60, 10_000)].map {
            Configuration.SavePoint(seconds: $0.0, changes: $0.1)
        }
    }
}

extension Node {
    /// Replicates another node from the start on, outside a cluster. The cron connects to it, when the data is loaded
    /// that it may go on from.
    package mutating func replicate(_ master: ServerSettings.Master) {
        replication.master = MasterLink(host: master.host, port: master.port, at: now)
        database.isReplica = true
    }
}
