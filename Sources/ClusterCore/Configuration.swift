/// The parameters of redis.conf that a node honours, with Redis' defaults.
package struct Configuration: Hashable, Sendable {
    package var port = 6379
    package var bind = ["127.0.0.1"]
    /// The node's folder; empty where it has none and nothing is kept.
    package var dir = ""
    package var requirepass = ""
    /// What a replica says to its master.
    package var masteruser = ""
    package var masterauth = ""
    package var maxclients = 10_000
    /// Seconds after which an idle client is dropped; 0 for never.
    package var timeout = 0
    /// Seconds between probes of a silent connection; 0 for none. Holds for connections made from then on.
    package var tcpKeepalive = 300
    package var clusterEnabled = true
    package var clusterConfigFile = "nodes.conf"
    package var clusterNodeTimeout = Duration.milliseconds(15_000)
    package var clusterRequireFullCoverage = true
    package var clusterAllowReadsWhenDown = false
    /// Bytes; 0 for no limit.
    package var maxmemory = 0
    package var maxmemoryPolicy = "noeviction"
    package var protoMaxBulkLength = 512 * 1024 * 1024
    package var clientQueryBufferLimit = 1024 * 1024 * 1024
    /// `no`, `local` or `yes`. The lab's nodes allow DEBUG to local clients.
    package var enableDebugCommand = "no"

    package init() {}
}
