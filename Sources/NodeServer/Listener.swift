import ClusterCore
import NIOCore
import NIOPosix

/// The ports of a node.
enum Listener {
    /// One address of `bind`: `127.0.0.1`, `*` and `::*` for all, with a dash in front where it may be missing.
    struct Address {
        let host: String
        let isOptional: Bool

        init(_ text: String) {
            isOptional = text.hasPrefix("-")
            let host = isOptional ? String(text.dropFirst()) : text
            self.host = ["*": "0.0.0.0", "::*": "::"][host] ?? host
        }
    }

    /// tcp-backlog of Redis.
    private static let backlog: CInt = 511

    /// Listens for clients. Called from outside the event loops; returns once the port is the node's.
    /// - Returns: nil where the machine has no such address and need not.
    static func clients(
        of driver: NIOLoopBound<NodeDriver>, _ address: Address, _ port: Int,
        isSecure: Bool = false
    ) throws(ClusterServer.Failure) -> (any Channel)? {
        try bind(clientBootstrap(of: driver, isSecure: isSecure), address, port)
    }

    /// How clients are served.
    static func clientBootstrap(
        of driver: NIOLoopBound<NodeDriver>, isSecure: Bool
    ) -> ServerBootstrap {
        bootstrap(on: driver.eventLoop)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: 256 * 1024, high: 4 * Node.outputPause)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try driver.value.accept(channel, isSecure: isSecure)
                }
            }
    }

    /// Listens for links of the cluster bus.
    static func links(
        of driver: NIOLoopBound<NodeDriver>, _ address: Address, _ port: Int
    ) throws(ClusterServer.Failure) -> (any Channel)? {
        let bootstrap = bootstrap(on: driver.eventLoop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try driver.value.acceptLink(channel) }
            }
        return try bind(bootstrap, address, port)
    }

    /// Takes connections and ends them.
    static func nobody(
        on loop: any EventLoop, _ address: Address, _ port: Int
    ) throws(ClusterServer.Failure) -> (any Channel)? {
        let bootstrap = bootstrap(on: loop).childChannelInitializer { $0.close() }
        return try bind(bootstrap, address, port)
    }

    private static func bootstrap(on loop: any EventLoop) -> ServerBootstrap {
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    }

    /// What the system says of an address that this machine has not.
    static let missingAddress: Set<CInt> = [EADDRNOTAVAIL, EAFNOSUPPORT, EPROTONOSUPPORT]

    private static func bind(
        _ bootstrap: ServerBootstrap, _ address: Address, _ port: Int
    ) throws(ClusterServer.Failure) -> (any Channel)? {
        var bootstrap = bootstrap
        if address.host.contains(":") {
            // Else it would also claim the port for IPv4, which has an address of its own.
            bootstrap = bootstrap.serverChannelOption(
                ChannelOptions.Types.SocketOption(
                    level: .ipv6, name: NIOBSDSocket.Option(rawValue: IPV6_V6ONLY)), value: 1)
        }
        do {
            return try bootstrap.bind(host: address.host, port: port).wait()
        } catch let error as IOError
            where address.isOptional && missingAddress.contains(error.errnoCode)
        {
            return nil
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw .portInUse(port)
        } catch let error as IOError {
            throw .cannotListen(port: port, reason: String(cString: strerror(error.errnoCode)))
        } catch {
            throw .cannotListen(port: port, reason: "\(error)")
        }
    }
}

/// The ports that a node listens on.
struct Listeners {
    /// Those for clients without TLS, and of the cluster bus.
    var plain: [any Channel] = []
    /// Those for clients with TLS.
    var secure: [any Channel] = []

    var all: [any Channel] { plain + secure }
}
