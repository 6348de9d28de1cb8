import ClusterCore
import NIOConcurrencyHelpers
import NIOCore

// What is done to the nodes from outside: they are stopped where they are, copied, and made what they were.
extension ClusterServer {
    /// Stops a node where it is, as SIGSTOP does.
    /// - Returns: whether there is such a node.
    @discardableResult
    package func freeze(_ place: Place) -> Bool {
        at(place) { $0.freeze() } != nil
    }

    /// Lets a frozen node go on.
    @discardableResult
    package func thaw(_ place: Place) -> Bool {
        at(place) { $0.thaw() } != nil
    }

    /// Whether the node serves; nil for one that has ended.
    package func isFrozen(_ place: Place) -> Bool? {
        at(place) { $0.isFrozen }
    }

    /// How the node at a place was started last, whether or not it has ended.
    package func member(at place: Place) -> Member? {
        roster.withLockedValue { $0.members[place] }
    }

    /// The places of all nodes that serve.
    package var places: [Place] {
        roster.withLockedValue { $0.drivers.keys.sorted() }
    }

    /// Lets no node do anything until `goOn`: what they receive meanwhile waits.
    package func pause() {
        for place in places { at(place) { $0.pause() } }
    }

    package func goOn() {
        for place in places { at(place) { $0.goOn() } }
    }

    /// All nodes as they are; between `pause` and `goOn` all at one moment.
    package func snapshots() -> [NodeSnapshot] {
        places.compactMap { place in
            guard let member = member(at: place) else { return nil }
            return at(place) { driver in
                let folder = driver.storage?.folder
                return NodeSnapshot(
                    member: member, node: driver.node,
                    timers: driver.timers.mapValues(\.instant), isFrozen: driver.isFrozen,
                    files: folder.map {
                        FolderImage(of: $0, without: driver.node.configuration.clusterConfigFile)
                    })
            }
        }
    }

    /// Ends all connections of all nodes, between `pause` and `goOn`, with everything in them that is unread: what was
    /// sent to a node that is frozen is not to reach it in another past.
    package func cutOff() {
        for place in places { at(place) { $0.cutOff() } }
    }

    /// Makes the nodes what they were, between `pause` and `goOn`, after `cutOff` of all that they were connected to;
    /// the conditions' clock has to be what it was, too.
    /// Nodes that were not there end, and those that have ended since are there again.
    package func restore(_ snapshots: [NodeSnapshot]) throws(Failure) {
        let kept = Set(snapshots.map(\.member.place))
        for place in places where !kept.contains(place) { crash(place) }
        for snapshot in snapshots {
            let place = snapshot.member.place
            if at(place, { $0.restore(snapshot) }) == nil {
                try launch(snapshot.member, as: snapshot)
                at(place) { driver in
                    driver.pause()
                    driver.restore(snapshot)
                }
            }
        }
    }

    /// Tells all nodes of changed conditions, and waits until they go by them: what is sent afterwards meets them.
    func follow() {
        for driver in roster.withLockedValue(\.all) {
            try? driver.eventLoop.submit { driver.value.follow() }.wait()
        }
    }

    /// Notes where the others reach the node.
    func note(_ member: Member) {
        let configuration = member.node.configuration
        let network = member.network
        let party = Wires.Party.node(network.outerPort(of: configuration.mainPort))
        for port in [configuration.port, configuration.tls.port, configuration.busPort] {
            conditions.note(party, listensAt: port, of: network.realAddress)
        }
        for port in network.published {
            conditions.note(party, listensAt: port.host, of: nil)
        }
    }

    /// Does something with a node on its event loop, and waits; nil where there is none.
    @discardableResult
    private func at<Result: Sendable>(
        _ place: Place, _ body: @escaping @Sendable (NodeDriver) -> Result
    ) -> Result? {
        guard let driver = roster.withLockedValue({ $0.drivers[place] }) else { return nil }
        return try? driver.eventLoop.submit { body(driver.value) }.wait()
    }
}
