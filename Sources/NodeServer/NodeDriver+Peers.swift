import ClusterCore
import NIOCore
import NIOPosix
import TLS

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// Links of the cluster bus and streams to other nodes.
extension NodeDriver {
    /// Takes in a connection to the node's bus port.
    func acceptLink(_ channel: any Channel) throws {
        guard !isStopped, isAdmitted(channel) else { return channel.close(promise: nil) }
        let remote = channel.remoteAddress
        let local = channel.localAddress?.ipAddress ?? ""
        let id = node.acceptLink(
            from: network.shown(remote: remote?.ipAddress ?? "", arrivedAt: local),
            localHost: network.shown(local: local), at: clock.now)
        // Redis' own time (clusterAcceptHandler).
        channel.keepAlive(
            every: Int(node.configuration.clusterNodeTimeout.components.seconds * 2))
        let handler = PeerChannel(.link(id), isInbound: true, driver: self)
        if node.configuration.tls.cluster {
            try secure(channel, as: .server, verifying: .required) { [weak self] reason in
                self?.note(.verbose, "Error accepting cluster node connection: \(reason)")
            }
        }
        peers[handler.role] = handler
        note(.verbose, "Accepting cluster node connection from \(remote?.redisDescription ?? "?")")
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// Makes a connection. How it went is an event in any case, and never within the step at hand.
    func connect(_ role: PeerChannel.Role, host: String, port: Int) {
        let handler = PeerChannel(role, driver: self)
        peers[role] = handler
        let timeout =
            switch role {
            case .link: node.configuration.clusterNodeTimeout
            case .stream: Duration.seconds(node.configuration.replTimeout)
            }
        later { $0.connect(handler, host: host, port: port, timeout: TimeAmount(timeout)) }
    }

    func connect(
        _ handler: PeerChannel, host: String, port: Int, timeout: TimeAmount
    ) {
        guard peers[handler.role] === handler else { return }
        var host = host
        var ownAddress: SocketAddress?
        switch network.route(to: host) {
        case .direct: break
        case .to(let other, let own):
            host = other
            ownAddress = try? SocketAddress(ipAddress: own, port: 0)
        case .unreachable:
            return peerDown(handler, because: IOError(errnoCode: EHOSTUNREACH, reason: "connect"))
        }
        handler.other = listener(at: host, port, handler.role)
        guard canReach(handler.other, handler.role) else {
            return knock(handler, host: host, port: port, timeout: timeout)
        }
        let bound = NIOLoopBound((driver: self, handler: handler), eventLoop: loop)
        let isSecure = isSecure(handler.role)
        var bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isSecure { try bound.value.driver.secure(channel, as: .client) }
                    try channel.pipeline.syncOperations.addHandler(bound.value.handler)
                }
            }
        if let ownAddress { bootstrap = bootstrap.bind(to: ownAddress) }
        let connected =
            if let address = try? SocketAddress(ipAddress: host, port: port) {
                bootstrap.connect(to: address)
            } else {
                bootstrap.connect(host: host, port: port)
            }
        connected.assumeIsolated().whenFailure { self.peerDown(handler, because: $0) }
    }

    private func isSecure(_ role: PeerChannel.Role) -> Bool {
        switch role {
        case .link: node.configuration.tls.cluster
        case .stream(let stream): node.isSecure(stream)
        }
    }

    /// A connection is there.
    func peerUp(_ handler: PeerChannel, localHost: String) {
        guard peers[handler.role] === handler else { return handler.drop() }
        guard !handler.isInbound else { return }
        switch handler.role {
        case .link(let id): deliver(.linkUp(id, localHost: localHost))
        case .stream(let id): deliver(.streamUp(id))
        }
    }

    /// A connection is gone, or could not be made.
    func peerDown(_ handler: PeerChannel, because failure: (any Error)? = nil) {
        guard peers[handler.role] === handler else { return }
        peers[handler.role] = nil
        switch handler.role {
        case .link(let id):
            let failure = failure ?? (handler.hasBeenUp ? nil : handler.failure)
            if let failure, !handler.isInbound { note(failure, of: id) }
            deliver(.linkDown(id))
        case .stream(let id):
            let failure = failure ?? handler.failure
            deliver(.streamDown(id, reason: failure.map(systemText) ?? "Connection closed by peer"))
        }
    }

    /// A link could not be made (`clusterLinkConnectHandler`).
    private func note(_ failure: any Error, of id: LinkID) {
        guard let name = node.links[id]?.peer, let index = node.cluster.peer(name) else { return }
        let peer = node.cluster[index]
        note(
            .verbose,
            "Connection with Node \(name) at \(peer.host):\(peer.busPort) failed: \(systemText(failure))"
        )
    }

    /// Sends to a peer at the end of the step; one that takes too little of it loses its connection.
    func send(_ bytes: [UInt8], to role: PeerChannel.Role) {
        guard let handler = peers[role] else { return }
        handler.write(bytes)
        let limit =
            switch role {
            case .link: node.configuration.clusterLinkSendbufLimit
            case .stream: Self.maximumStreamBacklog
            }
        if limit > 0, handler.waitingCount > limit {
            if case .link(let id) = role { noteOverflow(of: id, handler.waitingCount) }
            later { _ in handler.drop() }
        } else if !handler.isDirty {
            handler.isDirty = true
            flushLater(.peer(handler))
        }
    }

    /// Bytes that a stream may have waiting, as many as a client's input may have (client-query-buffer-limit).
    private static let maximumStreamBacklog = 1 << 30

    private func noteOverflow(of id: LinkID, _ count: Int) {
        node.noteOverflow(of: id)
        let link = node.links[id]
        note(
            .warning,
            "Freeing cluster link(\(link?.isInbound == true ? "from" : "to") node "
                + "\(link?.peer?.description ?? ""), used memory: \(count)) due to exceeding send "
                + "buffer memory limit.")
    }

    /// Ends a connection of which nothing more is to be heard.
    func end(_ role: PeerChannel.Role) {
        knocking.removeValue(forKey: role)?.end.cancel()
        peers.removeValue(forKey: role)?.drop()
    }

    /// A peer sent what cannot be read.
    func note(_ fault: BusCodec.Fault) {
        note(.warning, fault.description)
    }
}

/// What the system says of a connection that could not be made or that broke.
func systemText(_ error: any Error) -> String {
    switch error {
    case let error as TLSFailure: error.text
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case ChannelError.connectTimeout: String(cString: strerror(ETIMEDOUT))
    case let error as NIOConnectionError:
        error.connectionErrors.first.map { systemText($0.error) } ?? "Name or service not known"
    default: "\(error)"
    }
}
