import ClusterCore
import Keyspace
import RESP

/// What the administrator does with each order.
extension World {
    /// The administrator is a client like the others, the last of them.
    var administratorClient: Int { settings.clients }

    private static let retryPause = Duration.milliseconds(500)

    mutating func wakeAdministrator() {
        if clients[administratorClient].request == nil {
            wakeClient(administratorClient, after: .zero)
        }
    }

    /// Goes on with what the administrator is about.
    mutating func administrate() {
        guard clients[administratorClient].request == nil else { return }
        switch administrator.work {
        case .none:
            if let order = administrator.nextOrder() { begin(order) }
        case .command: break
        case .reshard(let work): goOn(work)
        }
    }

    private mutating func begin(_ order: Administration) {
        switch order {
        case .failover(let host, let kind):
            administrator.work = .command
            let option: [String] =
                switch kind {
                case .agreed: []
                case .force: ["FORCE"]
                case .takeover: ["TAKEOVER"]
                }
            begin(administratorClient, .administer, ["CLUSTER", "FAILOVER"] + option, at: host)
        case .reshard(let from, let to, let count):
            guard let source = master(from: from, except: nil),
                let target = master(from: to, except: source)
            else { return administrate() }
            let slots = slots(of: source, count: count)
            for slot in slots where administrator.moved[slot] == nil {
                administrator.moved[slot] = time
            }
            administrator.work = .reshard(
                Administrator.Resharding(source: source, target: target, slots: slots))
            administrate()
        }
    }

    /// The first host from there on that owns slots, and all those that it says it owns: `redis-cli --cluster` moves
    /// nothing where nodes do not agree.
    private func master(from start: Int, except other: Int?) -> Int? {
        hosts.indices.map { (start + $0) % hosts.count }.first { host in
            let claim = invariants.claims[host]
            return host != other && claim.isMaster && !claim.slots.isEmpty
                && successor(of: host, claim) == nil
        }
    }

    /// Some slots of a host that have keys.
    private func slots(of host: Int, count: Int) -> [HashSlot] {
        let owned = invariants.claims[host].slots
        var slots: [HashSlot] = []
        for key in ledger.keys where owned.contains(key.slot) && !slots.contains(key.slot) {
            slots.append(key.slot)
        }
        return Array(slots.prefix(count))
    }

    // MARK: - Resharding

    private mutating func goOn(_ work: Administrator.Resharding) {
        guard let slot = work.slots.first else {
            if let open = openImport {
                var work = work
                work.phase = .closing
                administrator.work = .reshard(work)
                return order(["CLUSTER", "SETSLOT", "\(open.slot)", "STABLE"], at: open.host)
            }
            administrator.work = .none
            return administrate()
        }
        let setSlot = ["CLUSTER", "SETSLOT", "\(slot)"]
        switch work.phase {
        case .closing:
            let open = openImport ?? (work.target, slot)
            order(["CLUSTER", "SETSLOT", "\(open.slot)", "STABLE"], at: open.host)
        case .importing: order(setSlot + ["IMPORTING", name(work.source)], at: work.target)
        case .migrating: order(setSlot + ["MIGRATING", name(work.target)], at: work.source)
        case .keys: order(["CLUSTER", "GETKEYSINSLOT", "\(slot)", "10"], at: work.source)
        case .migrate(let keys):
            let address = [Self.address, "\(port(of: work.target))"]
            order(
                ["MIGRATE"] + address + ["", "0", "500", "REPLACE", "KEYS"] + keys,
                at: work.source)
        case .assignTarget: order(setSlot + ["NODE", name(work.target)], at: work.target)
        case .assignSource: order(setSlot + ["NODE", name(work.target)], at: work.source)
        }
    }

    /// A slot that a master still imports, as `redis-cli --cluster fix` finds it in CLUSTER NODES. While that is so
    /// the master takes no news of the slot's owner.
    private var openImport: (host: Int, slot: HashSlot)? {
        for host in hosts.indices where hosts[host].isUp && !hosts[host].node.isReplica {
            if let slot = hosts[host].node.cluster.importing.keys.min() { return (host, slot) }
        }
        return nil
    }

    private mutating func order(_ arguments: [String], at host: Int) {
        begin(administratorClient, .administer, arguments, at: host)
    }

    private func name(_ host: Int) -> String { "\(hosts[host].id)" }

    /// Takes the reply to the administrator's last command.
    mutating func administratorHears(_ outcome: SimulatedClient.Outcome) {
        guard case .reshard(var work) = administrator.work else {
            trace.note("the failover is answered by \(outcome)", time)
            administrator.work = .none
            return wakeClient(administratorClient, after: .zero)
        }
        if case .reply(let reply, _) = outcome, reply.errorCode == nil {
            let phase = work.phase
            advance(&work, reply)
            administrator.work = .reshard(work)
            // After the slot was closed every node has to be heard of once.
            let wait: Duration = if case .closing = phase { settings.nodeTimeout } else { .zero }
            wakeClient(administratorClient, after: wait)
        } else {
            trace.note(
                "move of slot \(work.slots.first?.index ?? -1) at \(work.phase): \(outcome)", time)
            tryAgain(work)
        }
    }

    private func advance(_ work: inout Administrator.Resharding, _ reply: RESPValue) {
        switch work.phase {
        case .closing: if openImport == nil { work.phase = .importing }
        case .importing: work.phase = .migrating
        case .migrating: work.phase = .keys
        case .keys:
            let keys = (reply.elements ?? []).compactMap(\.text)
            work.phase = keys.isEmpty ? .assignTarget : .migrate(keys: keys)
        case .migrate: work.phase = .keys
        case .assignTarget: work.phase = .assignSource
        case .assignSource:
            work.slots.removeFirst()
            work.phase = .importing
        }
    }

    /// Something went wrong: begins the slot anew, with whoever is its owner now.
    private mutating func tryAgain(_ work: Administrator.Resharding) {
        var work = work
        work.phase = .closing
        if let slot = work.slots.first, let owner = owner(of: slot) {
            work.target = shardMaster(of: work.target)
            if owner == work.target {
                work.slots.removeFirst()
                work.phase = .importing
            } else {
                work.source = owner
            }
        }
        administrator.work = .reshard(work)
        wakeClient(administratorClient, after: Self.retryPause)
    }

    /// The host itself if it is a master, else its master.
    private func shardMaster(of host: Int) -> Int {
        let cluster = hosts[host].node.cluster
        return cluster.myself.master.flatMap { ordinal(of: cluster[$0].id) } ?? host
    }

    /// Whether a failover or a restart came in between while the slot was moved, or later: keys on their way are
    /// then on one side, and who owns the slot may not know.
    func isDisturbed(_ slot: HashSlot) -> Bool {
        guard let begun = administrator.moved[slot] else { return false }
        return hosts.indices.contains {
            let claim = invariants.claims[$0]
            return hosts[$0].started > begun
                || claim.isMaster && claim.since > begun && claim.origin != .own
        }
    }
}
