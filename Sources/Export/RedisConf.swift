/// The redis.conf of an exported node.
struct RedisConf {
    let cluster: ClusterTopology
    let node: ClusterTopology.Node
    /// Of the client port; the bus port follows where it is not 10000 above.
    var port: Int
    var folder: String
    /// Addresses to listen on; nil for all, without protected mode.
    var bind: String?
    /// What the others and clients are told.
    var announced: [(name: String, value: String)] = []

    var text: String {
        var lines = [
            "# \(node.name) of a cluster exported by clusterlab: \(cluster.role(of: node)).",
            "port \(port)",
        ]
        if let bind {
            lines.append("bind \(bind)")
        } else {
            lines += [
                "# Others have to reach it: set requirepass and masterauth, or let a firewall keep strangers out.",
                "protected-mode no",
            ]
        }
        lines += [
            "dir \(folder)", "cluster-enabled yes", "cluster-config-file nodes.conf",
        ]
        lines += announced.map { "\($0.name) \($0.value)" }
        return (lines + node.settings.map(\.line)).joined(separator: "\n") + "\n"
    }
}
