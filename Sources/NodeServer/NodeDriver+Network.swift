import ClusterCore
import NIOCore

// Connections as the node sees them in its network.
extension NodeDriver {
    /// Whether the other side may connect from where it is.
    func isAdmitted(_ channel: any Channel) -> Bool {
        network.admits(
            remote: channel.remoteAddress?.ipAddress ?? "",
            arrivedAt: channel.localAddress?.ipAddress ?? "")
    }

    /// The client's address and the node's own, as the node sees them.
    func ends(of channel: any Channel) -> (remote: String, local: String) {
        let remote = channel.remoteAddress?.redisDescription ?? "?:0"
        let local = channel.localAddress?.redisDescription ?? "?:0"
        guard let from = channel.remoteAddress, let to = channel.localAddress else {
            return (remote, local)
        }
        let shown = network.shown(remote: from.ipAddress ?? "?", arrivedAt: to.ipAddress ?? "?")
        return (
            "\(shown):\(from.port ?? 0)",
            "\(network.shown(local: to.ipAddress ?? "?")):\(node.configuration.mainPort)"
        )
    }
}
