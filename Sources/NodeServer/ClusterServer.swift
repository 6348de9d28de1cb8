package import ClusterCore
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The nodes of a cluster, served over TCP by this process. Each node lives on one event loop; the loops are
/// as many as the machine has cores.
package final class ClusterServer: Sendable {
    /// A node to serve, where it keeps its files, and where it lives.
    package struct Member: Sendable {
        package let node: Node
        /// nil for a node that keeps nothing.
        package let folder: String?
        /// Where it listens, and where its connections lead.
        package let network: NetworkView
        /// Takes what it says, besides the log of all.
        package let log: (@Sendable (NodeLog.Line) -> Void)?
        /// Called once when it has ended, on its event loop.
        package let whenEnded: (@Sendable () -> Void)?

        package init(
            node: Node, folder: String? = nil, network: NetworkView = .machine,
            log: (@Sendable (NodeLog.Line) -> Void)? = nil,
            whenEnded: (@Sendable () -> Void)? = nil
        ) {
            self.node = node
            self.folder = folder
            self.network = network
            self.log = log
            self.whenEnded = whenEnded
        }

        /// Where clients find it.
        package var place: Place {
            Place(address: network.address, port: node.configuration.mainPort)
        }
    }

    /// Where a node listens for clients: no two are at the same place.
    package struct Place: Hashable, Sendable, Comparable {
        /// nil on the machine's own network.
        package let address: String?
        package let port: Int

        package init(address: String? = nil, port: Int) {
            self.address = address
            self.port = port
        }

        package static func < (left: Place, right: Place) -> Bool {
            (left.address ?? "", left.port) < (right.address ?? "", right.port)
        }
    }

    /// The cluster could not be started.
    package enum Failure: Error, Hashable {
        case portInUse(Int)
        case cannotListen(port: Int, reason: String)
        case folder(String, reason: String)
        /// TLS cannot be set up; the log says why.
        case tls
        /// Another node has its nodes.conf; in Redis' words.
        case locked(String)
    }

    private let group: MultiThreadedEventLoopGroup
    let conditions: Conditions
    private let log: NodeLog
    let roster: NIOLockedValueBox<Roster>
    private let ended: EventLoopPromise<Void>
    /// Whether the event loops are gone: nothing may be asked of them then.
    private let isShutDown = NIOLockedValueBox(false)

    /// The nodes that serve.
    struct Roster {
        var drivers: [Place: NIOLoopBound<NodeDriver>] = [:]
        /// How each was started, those included that have ended.
        var members: [Place: Member] = [:]
        var hasEnded = false
        /// Whether they have been told to end.
        var isEnding = false

        /// In the order of their places.
        var all: [NIOLoopBound<NodeDriver>] {
            drivers.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Starts all members, or none of them.
    /// - Parameter expected: how many nodes there will be, those included that are started later.
    package init(
        _ members: [Member], expecting expected: Int = 0,
        conditions: Conditions = Conditions(),
        log: NodeLog = NodeLog()
    ) throws(Failure) {
        FileDescriptorLimit.raise()
        group = MultiThreadedEventLoopGroup(
            numberOfThreads: max(1, min(System.coreCount, max(members.count, expected))))
        ended = group.next().makePromise(of: Void.self)
        roster = NIOLockedValueBox(Roster())
        self.conditions = conditions
        self.log = log
        conditions.tell(self) { [weak self] in self?.follow() }
        do throws(Failure) {
            for member in members { try launch(member) }
        } catch {
            stopAll()
            group.shutdownGracefully { _ in }
            throw error
        }
    }

    /// Starts one more node, or one again that has ended.
    package func start(_ member: Member) throws(Failure) {
        let isShutDown = isShutDown.withLockedValue { $0 }
        precondition(!isShutDown, "a server that is shut down cannot start a node")
        try launch(member)
    }

    /// Ends a node at once, as `kill -9` does: what it has not written is lost, and its connections just end.
    /// The server goes on without it, even if it was the last one. Its port is free when this returns.
    package func crash(port: Int) {
        crash(Place(port: port))
    }

    /// `crash` for a node that may be in a container.
    package func crash(_ place: Place) {
        let driver = roster.withLockedValue { $0.drivers.removeValue(forKey: place) }
        if let driver { Self.stop([driver]) }
    }

    /// Hands one node a signal of the system, upon which it ends in good order.
    package func signal(_ name: String, to place: Place) {
        let driver = roster.withLockedValue { $0.drivers[place] }
        driver.map { driver in
            driver.eventLoop.execute { driver.value.deliver(.signal(name)) }
        }
    }

    /// Hands all nodes a signal of the system, upon which they end in good order.
    package func signal(_ name: String) {
        for driver in roster.withLockedValue(\.all) {
            driver.eventLoop.execute { driver.value.deliver(.signal(name)) }
        }
    }

    /// Blocks until every node has been shut down.
    package func waitUntilAllNodesEnded() {
        try? ended.futureResult.wait()
    }

    /// Lets all nodes end as SIGTERM does: with what they save at their end. Told so again, they end at once.
    package func endNodes() {
        isShutDown.withLockedValue { isShutDown in
            guard !isShutDown else { return }
            let isFirst = roster.withLockedValue { roster in
                defer { roster.isEnding = true }
                return !roster.isEnding
            }
            guard isFirst else { return stopAll() }
            for driver in roster.withLockedValue(\.all) {
                try? driver.eventLoop.submit { driver.value.terminate() }.wait()
            }
            Self.end(roster, ended)
        }
    }

    /// Ends all nodes and frees their ports before it returns. The server cannot be used afterwards; a second
    /// call does nothing.
    package func shutDown() {
        isShutDown.withLockedValue { isShutDown in
            guard !isShutDown else { return }
            isShutDown = true
            conditions.forget(self)
            stopAll()
            try? group.syncShutdownGracefully()
        }
    }

    private func stopAll() {
        Self.stop(roster.withLockedValue(\.all))
        Self.end(roster, ended)
    }

    static func stop(_ drivers: [NIOLoopBound<NodeDriver>]) {
        for driver in drivers {
            try? driver.eventLoop.submit { driver.value.stop() }.wait()
        }
    }

    /// Lets those who wait for the end go on, where no node is left.
    private static func end(
        _ roster: NIOLockedValueBox<Roster>, _ ended: EventLoopPromise<Void>
    ) {
        let isEnd = roster.withLockedValue { roster in
            defer { if roster.drivers.isEmpty { roster.hasEnded = true } }
            return roster.drivers.isEmpty && !roster.hasEnded
        }
        if isEnd { ended.succeed() }
    }

    // MARK: - Starting a node

    func launch(_ member: Member, as snapshot: NodeSnapshot? = nil) throws(Failure) {
        let configuration = member.node.configuration
        let place = member.place
        let isNew = roster.withLockedValue { $0.drivers[place] == nil }
        guard isNew else { throw .portInUse(place.port) }
        let storage = try Self.storage(of: member)
        let node =
            if let snapshot { snapshot.node } else { try Self.restored(member, from: storage) }
        do {
            let driver = try driver(of: member, node, storage)
            roster.withLockedValue { roster in
                roster.drivers[place] = driver
                roster.members[place] = member
            }
            note(member)
            do {
                try Self.listen(driver, configuration, member.network)
            } catch {
                _ = roster.withLockedValue { $0.drivers.removeValue(forKey: place) }
                storage?.unlock()
                throw error
            }
        } catch let error as Failure {
            throw error
        } catch {
            throw .cannotListen(port: place.port, reason: "\(error)")
        }
    }

    private func driver(
        of member: Member, _ node: Node, _ storage: NodeStorage?
    ) throws -> NIOLoopBound<NodeDriver> {
        let (loop, conditions, roster, ended) = (group.next(), conditions, roster, ended)
        let (place, whenEnded) = (member.place, member.whenEnded)
        let log = log.copied(to: member.log)
        return try loop.submit {
            let driver = NodeDriver(
                node: node, loop: loop, conditions: conditions, storage: storage,
                network: member.network, log: log
            ) {
                let wasServing = roster.withLockedValue {
                    $0.drivers.removeValue(forKey: place) != nil
                }
                if wasServing { Self.end(roster, ended) }
                whenEnded?()
            }
            return NIOLoopBound(driver, eventLoop: loop)
        }.wait()
    }

    private static func storage(of member: Member) throws(Failure) -> NodeStorage? {
        guard let folder = member.folder else { return nil }
        let storage: NodeStorage
        do throws(NodeStorage.Failure) {
            storage = try NodeStorage(folder: folder)
        } catch {
            throw .folder(folder, reason: error.reason)
        }
        do throws(NodeStorage.Failure) {
            try storage.lockClusterConfiguration(member.node.configuration)
        } catch {
            throw .locked(error.reason)
        }
        return storage
    }

    /// The node as it was when it last wrote to its folder.
    private static func restored(
        _ member: Member, from storage: NodeStorage?
    ) throws(Failure) -> Node {
        var node = member.node
        guard let storage else { return node }
        do throws(NodeStorage.Failure) {
            try storage.restore(&node)
        } catch {
            throw .folder(storage.folder, reason: error.reason)
        }
        return node
    }
}
