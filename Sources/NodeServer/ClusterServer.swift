package import ClusterCore
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The nodes of a cluster, served over TCP by this process. Each node lives on one event loop; the loops are
/// as many as the machine has cores.
package final class ClusterServer: Sendable {
    /// A node to serve and where it keeps its files.
    package struct Member: Sendable {
        package let node: Node
        /// nil for a node that keeps nothing.
        package let folder: String?

        package init(node: Node, folder: String? = nil) {
            self.node = node
            self.folder = folder
        }
    }

    /// The cluster could not be started.
    package enum Failure: Error {
        case portInUse(Int)
        case cannotListen(port: Int, reason: String)
        case folder(String, reason: String)
    }

    private let group: MultiThreadedEventLoopGroup
    private let drivers: [NIOLoopBound<NodeDriver>]
    /// Nodes that still serve.
    private let running: NIOLockedValueBox<Int>
    private let ended: EventLoopPromise<Void>
    /// Whether the event loops are gone: nothing may be asked of them then.
    private let isShutDown = NIOLockedValueBox(false)

    /// Starts all members, or none of them.
    package init(_ members: [Member], clock: ClusterClock, log: NodeLog = NodeLog()) throws(Failure)
    {
        FileDescriptorLimit.raise()
        group = MultiThreadedEventLoopGroup(
            numberOfThreads: max(1, min(System.coreCount, members.count)))
        let ended = group.next().makePromise(of: Void.self)
        let running = NIOLockedValueBox(members.count)
        self.ended = ended
        self.running = running
        var drivers: [NIOLoopBound<NodeDriver>] = []
        let loops = Array(group.makeIterator())
        do throws(Failure) {
            for (index, member) in members.enumerated() {
                drivers.append(
                    try Self.start(member, on: loops[index % loops.count], clock: clock, log: log) {
                        let left = running.withLockedValue { left in
                            left -= 1
                            return left
                        }
                        if left == 0 { ended.succeed() }
                    })
            }
        } catch {
            Self.stop(drivers)
            ended.succeed()
            group.shutdownGracefully { _ in }
            throw error
        }
        self.drivers = drivers
    }

    /// Blocks until every node has been shut down.
    package func waitUntilAllNodesEnded() {
        try? ended.futureResult.wait()
    }

    /// Ends all nodes.
    package func endNodes() {
        isShutDown.withLockedValue { isShutDown in
            if !isShutDown { Self.stop(drivers) }
        }
    }

    /// Ends all nodes and frees their ports before it returns. The server cannot be used afterwards; a second
    /// call does nothing.
    package func shutDown() {
        isShutDown.withLockedValue { isShutDown in
            guard !isShutDown else { return }
            isShutDown = true
            Self.stop(drivers)
            waitUntilAllNodesEnded()
            try? group.syncShutdownGracefully()
        }
    }

    private static func stop(_ drivers: [NIOLoopBound<NodeDriver>]) {
        for driver in drivers {
            try? driver.eventLoop.submit { driver.value.stop() }.wait()
        }
    }

    private static func start(
        _ member: Member, on loop: any EventLoop, clock: ClusterClock, log: NodeLog,
        whenStopped: @escaping @Sendable () -> Void
    ) throws(Failure) -> NIOLoopBound<NodeDriver> {
        let port = member.node.configuration.port
        var storage: NodeStorage?
        if let folder = member.folder {
            do throws(NodeStorage.Failure) {
                storage = try NodeStorage(folder: folder)
            } catch {
                throw .folder(folder, reason: error.reason)
            }
        }
        let folder = storage
        do {
            return try loop.submit {
                let driver = NodeDriver(
                    node: member.node, loop: loop, clock: clock, storage: folder, log: log,
                    whenStopped: whenStopped)
                return NIOLoopBound(driver, eventLoop: loop)
            }.flatMap { driver in
                bind(driver, host: member.node.configuration.bind[0], port: port, on: loop).map {
                    channel in
                    driver.value.start(listener: channel)
                    return driver
                }
            }.wait()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw .portInUse(port)
        } catch let error as IOError {
            throw .cannotListen(port: port, reason: String(cString: strerror(error.errnoCode)))
        } catch {
            throw .cannotListen(port: port, reason: "\(error)")
        }
    }

    /// tcp-backlog of Redis.
    private static let backlog: CInt = 511

    private static func bind(
        _ driver: NIOLoopBound<NodeDriver>, host: String, port: Int, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: 256 * 1024, high: 4 * Node.outputPause)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try driver.value.accept(channel) }
            }
            .bind(host: host, port: port)
    }
}
