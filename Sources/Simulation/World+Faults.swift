import ClusterCore

/// What goes wrong, and how it is put right.
extension World {
    /// When the kernel's probes find that a silent connection is unknown at its other end.
    private static let keepAlive = Duration.seconds(10)

    /// Puts a schedule into the queue.
    package mutating func schedule(_ plan: FaultPlan) {
        for entry in plan.entries { queue.schedule(.fault(entry.fault), at: entry.time) }
    }

    /// Lets a fault happen now. One that makes no sense any more, such as a crash of what is down, does nothing.
    package mutating func inject(_ fault: Fault) {
        trace.fault(fault, time)
        switch fault {
        case .crash(let host, let losesPower, let actions):
            guard hosts[host].isUp else { return }
            hosts[host].crashAfterActions = actions
            if actions == nil { crash(host, losesPower: losesPower) }
        case .restart(let host): restartOrFail(host)
        case .freeze(let host): hosts[host].isFrozen = hosts[host].isUp
        case .thaw(let host): thaw(host)
        case .partition(let hosts, let clients, let isOneWay):
            partition(hosts.map(Party.host) + clients.map(Party.client), isOneWay)
        case .reconnect:
            network.unblockAll()
            releaseHeld()
        case .stall(let source, let target):
            network.block(from: .host(source), to: .host(target))
        case .unstall(let source, let target):
            network.unblock(from: .host(source), to: .host(target))
            releaseHeld()
        case .slow(let host, let delay): network.delay(.host(host), by: delay)
        case .reset(let one, let other): reset(one, other)
        case .clockJump(let host, let jump): setClock(of: host, ahead: jump)
        case .administer(let administration):
            administrator.take(administration)
            wakeAdministrator()
        }
    }

    /// Ends everything that goes wrong: all nodes run, and everybody reaches everybody.
    package mutating func heal() {
        trace.note("heal", time)
        network.unblockAll()
        network.clearDelays()
        releaseHeld()
        for host in hosts.indices {
            hosts[host].crashAfterActions = nil
            thaw(host)
            restartOrFail(host)
        }
    }

    // MARK: - Processes

    mutating func crash(_ host: Int, losesPower: Bool) {
        trace.note("n\(host) is down", time)
        if !settings.hasFiles {
            hosts[host].disk.clusterConfiguration = hosts[host].node.clusterConfiguration()
        }
        hosts[host].isUp = false
        hosts[host].isFrozen = false
        hosts[host].hasPower = !losesPower
        hosts[host].crashAfterActions = nil
        hosts[host].timers = [:]
        hosts[host].background = nil
        hosts[host].disk.processEnded(losesPower: losesPower)
        for (connection, side) in ends(of: host) {
            guard losesPower else {
                dropDelayed(connection, from: side)
                close(connection, by: side)
                continue
            }
            leave(connection, side)
            hosts[host].halfOpen.append((connection, side.other))
        }
        hosts[host].deferred = []
        hosts[host].links = LinkConnections()
        hosts[host].streams = [:]
        hosts[host].served = [:]
    }

    /// The connections of a host, and at which side it has them, in a fixed order.
    private func ends(of host: Int) -> [(ConnectionID, Connection.Side)] {
        let links = hosts[host].links.all.map {
            ($0.connection, side(of: $0.connection, host: host, link: $0.link))
        }
        let streams = hosts[host].streams.values.map { ($0, Connection.Side.opener) }
        let served = hosts[host].served.values.map { ($0.connection, Connection.Side.acceptor) }
        // Those that only the kernel has accepted so far.
        let waiting = hosts[host].deferred.compactMap { occurrence in
            if case .accept(let id) = occurrence { (id, Connection.Side.acceptor) } else { nil }
        }
        return (links + streams + served + waiting).sorted {
            ($0.0.place, $0.1.rawValue) < ($1.0.place, $1.1.rawValue)
        }
    }

    /// In the world's own runs nobody but its nodes writes to their disks.
    private mutating func restartOrFail(_ host: Int) {
        do throws(Disk.Unreadable) {
            try restart(host)
        } catch {
            preconditionFailure("n\(host) cannot start: \(error.reason)")
        }
    }

    /// Starts a node that is down with what its disk holds; else nothing happens.
    package mutating func restart(_ host: Int) throws(Disk.Unreadable) {
        guard !hosts[host].isUp else { return }
        let node = try restartedNode(host)
        hosts[host].isUp = true
        hosts[host].hasPower = true
        hosts[host].incarnation += 1
        hosts[host].resumed = time
        hosts[host].started = time
        for (connection, side) in hosts[host].halfOpen {
            queue.schedule(.giveUp(connection, side), at: time.advanced(by: Self.keepAlive))
        }
        hosts[host].halfOpen = []
        hosts[host].node = node
        if settings.isChecked { examineRestart(of: host) }
        hosts[host].node.start(into: &actions)
        perform(for: host)
        examine(host)
    }

    mutating func thaw(_ host: Int) {
        guard hosts[host].isFrozen else { return }
        hosts[host].isFrozen = false
        hosts[host].resumed = time
        let deferred = hosts[host].deferred
        hosts[host].deferred = []
        for occurrence in deferred {
            // It may crash by the first of them; its kernel ends what was not accepted yet.
            if !hosts[host].isUp, case .accept(let id) = occurrence {
                close(id, by: .acceptor)
            } else {
                handle(occurrence)
            }
        }
    }

    // MARK: - Network and clocks

    private mutating func partition(_ group: [Party], _ isOneWay: Bool) {
        let all =
            hosts.indices.map { Party.host($0) } + clients.indices.map { Party.client($0) }
        let inside = Set(group)
        for member in group {
            for other in all where !inside.contains(other) {
                network.block(from: member, to: other)
                if !isOneWay { network.block(from: other, to: member) }
            }
        }
    }

    private mutating func reset(_ one: Int, _ other: Int) {
        for (id, side) in ends(of: one) where connections[id]?.party(side.other) == .host(other) {
            lose(id, side)
            if let connection = connections[id], connection.party(side) == .host(one) {
                lose(id, side.other)
            }
        }
    }

    private mutating func setClock(of host: Int, ahead jump: Duration) {
        hosts[host].clock.offset += jump
        guard hosts[host].isUp else { return }
        // Timers that the jump has made due fire at once.
        for (timer, instant) in hosts[host].timers.sorted(by: { $0.value < $1.value }) {
            let due = max(time, hosts[host].clock.time(of: instant))
            queue.schedule(
                .timer(
                    host: host, timer, at: instant, incarnation: hosts[host].incarnation), at: due)
        }
    }
}
