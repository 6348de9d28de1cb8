import ClusterCore
package import Lab
import Simulation

extension SimulatedCluster: LabControl {
    /// Nothing: it is both the cluster and its control.
    package var lacks: Set<LabAbility> { [] }

    /// What a node may take to end, besides the time that it waits for its replicas (`shutdown-timeout`).
    private static let patience = Duration.seconds(2)
    /// Between two looks.
    private static let lookInterval = Duration.milliseconds(10)

    // MARK: Nodes

    package func state(of node: NodeAddress) -> NodeState {
        look { state in
            guard !state.isShutDown, let place = nodes.firstIndex(of: node),
                state.world.hosts[place].isUp
            else { return .down }
            return state.world.hosts[place].isFrozen ? .frozen : .running
        }
    }

    /// Time passes until the node has ended, whatever the speed is.
    package func stop(_ node: NodeAddress) throws(LabError) {
        try change(node) { state, place throws(LabError) in
            guard !state.world.hosts[place].isFrozen else {
                throw .unsupported(
                    "\(node.port) is frozen and takes no signal: thaw \(node.port) first, or crash it."
                )
            }
            let patience =
                Self.patience
                + .seconds(state.world.hosts[place].node.configuration.shutdownTimeout)
            let deadline = state.world.time.advanced(by: patience)
            state.world.terminate(place)
            while state.world.hosts[place].isUp {
                guard state.world.time < deadline else {
                    throw .unsupported(
                        "\(node.port) has not ended within \(patience): it cannot save its data. "
                            + "crash \(node.port) ends it all the same.")
                }
                state.advance(by: Self.lookInterval)
            }
        }
    }

    package func crash(_ node: NodeAddress) throws(LabError) {
        try change(node, .crashed) { state, place throws(LabError) in
            state.world.inject(.crash(host: place, losesPower: false, afterActions: nil))
        }
    }

    package func boot(_ node: NodeAddress) throws(LabError) {
        let place = try place(of: node)
        let nodeState = state(of: node)
        guard nodeState == .down else {
            throw .unsupported("\(node.port) is there already: it is \(nodeState.rawValue).")
        }
        try change { state throws(LabError) in
            do throws(Disk.Unreadable) {
                try state.world.restart(place)
            } catch {
                throw .unsupported("\(node.port) cannot start: \(error.reason)")
            }
            tell(.started, of: node, &state)
        }
    }

    package func freeze(_ node: NodeAddress) throws(LabError) {
        try change(node, .frozen) { state, place throws(LabError) in
            state.world.inject(.freeze(host: place))
        }
    }

    package func thaw(_ node: NodeAddress) throws(LabError) {
        try change(node, .thawed) { state, place throws(LabError) in
            state.world.inject(.thaw(host: place))
        }
    }

    /// Does something to a node that is there.
    /// - Parameter change: what it comes to; nil where the node tells it itself.
    private func change(
        _ node: NodeAddress, _ change: LabEvent.ProcessChange? = nil,
        _ body: (inout State, Int) throws(LabError) -> Void
    ) throws(LabError) {
        let place = try place(of: node)
        try self.change { state throws(LabError) in
            guard state.world.hosts[place].isUp else {
                throw .unsupported(
                    "\(node.port) is down already: boot \(node.port) starts it again.")
            }
            try body(&state, place)
            if let change { tell(change, of: node, &state) }
        }
    }

    /// Notes what was done, after all that the nodes have told before.
    private func tell(
        _ change: LabEvent.ProcessChange, of node: NodeAddress, _ state: inout State
    ) {
        state.tell(log, nodes)
        let time = Instant.start.duration(to: state.world.time)
        log.add(LabEvent(time: time, node: node, kind: .process(change)))
    }

    // MARK: The network

    package var network: NetworkFaults { look { $0.network } }

    package func setNetwork(_ faults: NetworkFaults) throws(LabError) {
        try change { state throws(LabError) in
            state.network = faults
            state.world.setNetwork(faults.rules.map { NetworkRule($0, nodes: nodes) })
        }
    }

    // MARK: Time

    package var speed: Double { look { $0.speed } }

    /// 0 lets commands be answered without any time. All else is the same here: waits take no longer than the work of
    /// what happens meanwhile.
    package func setSpeed(_ speed: Double) throws(LabError) {
        guard speed >= 0, speed.isFinite else {
            throw .unsupported("A speed is a number from 0 on; got \(speed).")
        }
        try change { state throws(LabError) in
            state.speed = speed
            state.world.isStill = speed == 0
        }
    }

    package func advance(_ duration: Duration) throws(LabError) {
        try change { state throws(LabError) in state.advance(by: duration) }
    }

    // MARK: Snapshots

    package func snapshot() throws(LabError) -> any LabSnapshot {
        try change { state throws(LabError) in
            SimulatedSnapshot(
                cluster: ObjectIdentifier(self), world: state.world, network: state.network,
                speed: state.speed, record: log.record)
        }
    }

    package func restore(_ snapshot: any LabSnapshot) throws(LabError) {
        guard let snapshot = snapshot as? SimulatedSnapshot,
            snapshot.cluster == ObjectIdentifier(self)
        else { throw .unsupported("That snapshot is of another cluster.") }
        try change { state throws(LabError) in
            state.world = snapshot.world
            state.world.closeAllFromOutside()
            for index in state.writers.indices { state.writers[index].forgetLinks() }
            state.toldSteps = nil
            state.network = snapshot.network
            state.speed = snapshot.speed
            state.generation += 1
            log.restore(snapshot.record, to: snapshot.time)
        }
    }
}

/// A simulated cluster as it was: a copy of its world.
struct SimulatedSnapshot: LabSnapshot {
    let cluster: ObjectIdentifier
    let world: World
    let network: NetworkFaults
    let speed: Double
    let record: EventLog.Record

    var time: Duration { Instant.start.duration(to: world.time) }
}

extension NetworkRule {
    /// The rule as the world has it. Parties that are none of its nodes are nobody there.
    init(_ rule: NetworkFaults.Rule, nodes: [NodeAddress]) {
        self.init(
            from: Self.parties(rule.from, nodes), to: Self.parties(rule.to, nodes),
            traffic: Set(rule.traffic.map(Traffic.init)), effect: Effect(rule.effect))
    }

    private static func parties(
        _ parties: Set<NetworkFaults.Party>, _ nodes: [NodeAddress]
    ) -> Set<Party> {
        Set(
            parties.compactMap { party in
                switch party {
                case .node(let address): nodes.firstIndex(of: address).map { .host($0) }
                case .client: .outside
                }
            })
    }
}

extension Traffic {
    fileprivate init(_ traffic: NetworkFaults.Traffic) {
        self =
            switch traffic {
            case .bus: .bus
            case .replication: .replication
            case .commands: .commands
            }
    }
}

extension NetworkRule.Effect {
    fileprivate init(_ effect: NetworkFaults.Effect) {
        self =
            switch effect {
            case .blocked: .blocked
            case .delayed(let delay): .delayed(delay)
            case .lossy(let percent): .lossy(percent: percent)
            }
    }
}
