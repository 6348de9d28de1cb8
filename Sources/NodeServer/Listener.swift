import ClusterCore
import NIOCore
import NIOPosix

/// The ports of a node.
enum Listener {
    /// tcp-backlog of Redis.
    private static let backlog: CInt = 511

    /// Listens for clients. Called from outside the event loops; returns once the port is the node's.
    static func clients(
        of driver: NIOLoopBound<NodeDriver>, host: String, port: Int
    ) throws(ClusterServer.Failure) -> any Channel {
        let bootstrap = bootstrap(on: driver.eventLoop)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: 256 * 1024, high: 4 * Node.outputPause)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try driver.value.accept(channel) }
            }
        return try bind(bootstrap, host: host, port: port)
    }

    /// Listens for links of the cluster bus.
    static func links(
        of driver: NIOLoopBound<NodeDriver>, host: String, port: Int
    ) throws(ClusterServer.Failure) -> any Channel {
        let bootstrap = bootstrap(on: driver.eventLoop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try driver.value.acceptLink(channel) }
            }
        return try bind(bootstrap, host: host, port: port)
    }

    private static func bootstrap(on loop: any EventLoop) -> ServerBootstrap {
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    }

    private static func bind(
        _ bootstrap: ServerBootstrap, host: String, port: Int
    ) throws(ClusterServer.Failure) -> any Channel {
        do {
            return try bootstrap.bind(host: host, port: port).wait()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw .portInUse(port)
        } catch let error as IOError {
            throw .cannotListen(port: port, reason: String(cString: strerror(error.errnoCode)))
        } catch {
            throw .cannotListen(port: port, reason: "\(error)")
        }
    }
}
