import ClusterCore
import NIOCore

// The network's faults, as the node's connections feel them.
extension NodeDriver {
    /// A connection that is still tried, though the network does not let it through.
    struct Knock {
        let handler: PeerChannel
        let host: String
        let port: Int
        let timeout: TimeAmount
        /// Gives up.
        let end: Scheduled<Void>
    }

    /// Whether the network lets a connection be made to another party: what is sent has to be answered.
    func canReach(_ other: Wires.Party, _ role: PeerChannel.Role) -> Bool {
        guard hasFaults else { return true }
        let traffic = role.traffic
        return !wires.fate(from: party, to: other, traffic).isBlocked
            && !wires.fate(from: other, to: party, traffic).isBlocked
    }

    /// Who listens where a connection leads: a node of this process, or one elsewhere.
    func listener(at host: String, _ port: Int, _ role: PeerChannel.Role) -> Wires.Party {
        if let party = conditions.listener(at: host, port) { return party }
        switch role {
        case .link: return .node(port - 10_000)
        case .stream: return .node(port)
        }
    }

    /// Goes on trying until the network is better, or for as long as the system tries.
    func knock(_ handler: PeerChannel, host: String, port: Int, timeout: TimeAmount) {
        let role = handler.role
        let end = loop.assumeIsolated().scheduleTask(in: timeout) {
            guard self.knocking.removeValue(forKey: role)?.handler === handler else { return }
            self.peerDown(handler, because: ChannelError.connectTimeout(timeout))
        }
        knocking[role] = Knock(
            handler: handler, host: host, port: port, timeout: timeout, end: end)
    }

    /// Lets all connections follow the rules that hold now.
    func followWires() {
        wires = conditions.wires
        hasFaults = !wires.areFine
        for peer in Array(peers.values) { peer.followWires() }
        for handler in Array(handlers.values) { handler.followWires() }
        for (role, knock) in knocking where canReach(knock.handler.other, role) {
            knocking[role] = nil
            knock.end.cancel()
            connect(knock.handler, host: knock.host, port: knock.port, timeout: knock.timeout)
        }
    }
}

extension PeerChannel.Role {
    /// What such a connection carries.
    var traffic: Wires.Traffic {
        switch self {
        case .link: .bus
        case .stream: .replication
        }
    }
}

extension NetworkView {
    /// The port of the machine at which clients find a node that listens at one of its own.
    func outerPort(of port: Int) -> Int {
        guard address != nil else { return port }
        return published.first { $0.container == port }?.host ?? port
    }

    /// Where clients of the machine find the node of that port.
    func place(of port: Int) -> NodeLog.Place {
        let isPublished = published.contains { $0.container == port }
        return NodeLog.Place(address: isPublished ? nil : address, port: outerPort(of: port))
    }
}
