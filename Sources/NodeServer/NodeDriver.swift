import ClusterCore
import NIOCore

/// Drives one node over TCP: listens, keeps its timers, performs its actions. Everything happens on one event
/// loop, as a Redis process is one thread.
final class NodeDriver {
    var node: Node
    let loop: any EventLoop
    let conditions: Conditions
    /// A copy of the conditions' clock, read by every command.
    private(set) var clock: ClusterClock
    let storage: NodeStorage?
    /// Where its connections lead.
    let network: NetworkView
    /// The append-only file, once there is one.
    var appendOnly: AppendOnlyFile?
    /// Whether something was appended that has to be on the disk before anything is sent.
    var isSyncDue = false
    /// Why the append-only file could not be written last.
    var appendError: String?
    /// The snapshot that is being written on another thread.
    var background: Int?
    private let log: NodeLog
    var listeners = Listeners()
    /// What connections with TLS are made with, once that is configured.
    var tls: NodeTLS?
    var handlers: [ClientID: ClientHandler] = [:]
    /// Links and streams, those that are being made included.
    var peers: [PeerChannel.Role: PeerChannel] = [:]
    /// Connections that cannot be made, for the network is at fault, and that are still tried.
    var knocking: [PeerChannel.Role: Knock] = [:]
    /// What came from peers while the node slept.
    private var held: [Event] = []
    /// For how many reasons the node does nothing at all, as a process that is stopped.
    private var stops = 0
    /// Whether somebody has frozen it.
    private(set) var isFrozen = false
    /// Who it is to the network.
    let party: Wires.Party
    /// What is wrong with the network, a copy of the conditions' own.
    var wires: Wires
    /// Whether anything is.
    var hasFaults: Bool
    /// Who has bytes to send at the end of the step.
    private var unflushed: [Unflushed] = []
    private(set) var timers: [TimerID: NodeTimer] = [:]
    /// Timers that were due while the node did nothing.
    private var overdue: [TimerID] = []
    /// Reused from step to step, so that a step that asks for nothing allocates nothing.
    private var actions: [Action] = []
    /// The actions that are being performed.
    private var performed: [Action] = []
    private let whenStopped: @Sendable () -> Void
    private(set) var isStopped = false
    /// How often the cron has run.
    private var ticks = 0
    /// Whether the next part of a snapshot waits for a replica that has not taken the last one.
    private var isSnapshotHeld = false

    /// A connection with bytes to send.
    enum Unflushed {
        case peer(PeerChannel)
        case client(ClientHandler)
    }

    /// A timer of the node: when it is due, and what waits for that; nothing while time stands still.
    struct NodeTimer {
        var instant: Instant
        var task: Scheduled<Void>?
    }

    init(
        node: Node, loop: any EventLoop, conditions: Conditions, storage: NodeStorage?,
        network: NetworkView, log: NodeLog,
        whenStopped: @escaping @Sendable () -> Void
    ) {
        self.node = node
        self.loop = loop
        self.conditions = conditions
        clock = conditions.clock
        wires = conditions.wires
        hasFaults = !wires.areFine
        party = .node(network.outerPort(of: node.configuration.mainPort))
        self.storage = storage
        self.network = network
        self.log = log
        self.whenStopped = whenStopped
    }

    /// Begins to serve on sockets that are bound already: of clients, and of the cluster bus.
    func start(listeners: Listeners) {
        self.listeners = listeners
        followTLS()
        node.host = .ofThisProcess()
        node.host.configurationFile = node.configuration.configFile
        node.stopwatch = { Int64(NIODeadline.now().uptimeNanoseconds) }
        step { node, actions in node.start(into: &actions) }
    }

    /// Lets the node end as the system would have it end. One that sleeps ends at once.
    func terminate() {
        if node.isAsleep || node.isHeld { stop() } else { step(.signal("SIGTERM")) }
    }

    /// Closes the node's port and connections. A second call does nothing.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        for timer in timers.values { timer.task?.cancel() }
        timers = [:]
        held = []
        knocking = [:]
        // The ports first: a client that sees its connection end may come again at once.
        for listener in listeners.all { listener.close(promise: nil) }
        for handler in handlers.values { handler.drop() }
        let peers = peers.values
        self.peers = [:]
        for peer in peers { peer.drop() }
        closeAppendOnly()
        storage?.unlock()
        whenStopped()
    }

    /// Takes a new connection in, or turns it away.
    func accept(_ channel: any Channel, isSecure: Bool) throws {
        guard !isStopped, isAdmitted(channel) else { return channel.close(promise: nil) }
        let (address, local) = ends(of: channel)
        if isSecure { try secure(client: channel) }
        if let denial = node.denial(ofClientAt: address) {
            return try channel.pipeline.syncOperations.addHandler(RefusalHandler(denial))
        }
        let isTrusted = conditions.maker(of: channel) == .observer
        guard
            let client = node.connect(
                address: address, localAddress: local, isSecure: isSecure, isTrusted: isTrusted,
                at: clock.now)
        else {
            // Nothing can be said before the beginning of TLS, for which Redis does not wait.
            if isSecure { return channel.close(promise: nil) }
            return try channel.pipeline.syncOperations.addHandler(RefusalHandler(Node.refusal))
        }
        channel.keepAlive(every: node.configuration.tcpKeepalive)
        let handler = ClientHandler(driver: self, client: client)
        handlers[client] = handler
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    @inline(__always)
    func receive(
        _ start: UnsafePointer<UInt8>, count: Int, from client: ClientID, stream: inout ClientStream
    ) -> Int {
        guard stops == 0 else { return 0 }
        let consumed = node.receive(
            start, count: count, from: client, stream: &stream, at: clock.now, into: &actions)
        if !actions.isEmpty { perform() }
        return consumed
    }

    /// Whether the node takes commands of the client now.
    @inline(__always)
    func isServing(_ client: ClientID) -> Bool { stops == 0 && ask { $0.isServing(client) } }

    /// Asks the node something on the path of every command. A mere read of the property copies the node, and counts
    /// a reference for each of its parts.
    @inline(__always)
    func ask<Answer>(_ question: (inout Node) -> Answer) -> Answer { question(&node) }

    func complete(_ client: ClientID, error: String?, stream: inout ClientStream) {
        node.complete(client, error: error, stream: &stream, at: clock.now, into: &actions)
        perform()
    }

    /// Notes what a client has not taken yet.
    func noteOutput(_ bytes: Int, of client: ClientID) {
        node.noteOutput(bytes, of: client)
    }

    func clientGone(_ client: ClientID, _ handler: ClientHandler) {
        guard handlers[client] === handler else { return }
        handlers[client] = nil
        if stops > 0 { held.append(.clientGone(client)) } else { step(.clientGone(client)) }
        snapshotTaken()
    }

    /// Whether the node takes nothing from its peers now: it sleeps, or has not yet seen what came meanwhile.
    var isHolding: Bool { node.isAsleep || !held.isEmpty || stops > 0 }

    /// Hands the node what happened on a connection to a peer, after it has slept.
    func deliver(_ event: Event) {
        if isHolding { held.append(event) } else { step(event) }
    }

    /// Hands the node what became of its files.
    func deliverFromStorage(_ event: Event) {
        if stops > 0 { held.append(event) } else { step(event) }
    }

    private func step(_ event: Event) {
        guard !isStopped else { return }
        step { node, actions in node.step(event, at: self.clock.now, into: &actions) }
    }

    private func step(_ body: (inout Node, inout [Action]) -> Void) {
        body(&node, &actions)
        perform()
    }

    // MARK: - Actions

    /// Performs what the node asks for. Nothing in here may call back into the node at once: handlers are
    /// still in the middle of handing it their bytes.
    private func perform() {
        guard !actions.isEmpty else { return }
        // The two lists change places, so that neither has to be allocated again.
        swap(&actions, &performed)
        defer { performed.removeAll(keepingCapacity: true) }
        for action in performed where !isStopped {
            switch action {
            case .close(let client): later { $0.handlers[client]?.close() }
            case .drop(let client): later { $0.handlers[client]?.drop() }
            case .resume(let client): later { $0.handlers[client]?.resume() }
            case .complete(let client): later { $0.handlers[client]?.complete(error: nil) }
            case .resumeAll: later { $0.resumeAll() }
            case .setTimer(let timer, let instant): set(timer, at: instant)
            case .save(let file, let contents, let isSynced, let client):
                save(file, contents, isSynced: isSynced, for: client)
            case .write(let client, let bytes): write(bytes, to: client)
            case .connect(let link, let host, let port):
                connect(.link(link), host: host, port: port)
            case .disconnect(let link): end(.link(link))
            case .send(let link, let message): send(BusCodec.bytes(of: message), to: .link(link))
            case .open(let stream, let host, let port):
                connect(.stream(stream), host: host, port: port)
            case .transmit(let stream, let bytes): send(bytes, to: .stream(stream))
            case .shut(let stream): end(.stream(stream))
            case .dump(let snapshot): dump(snapshot)
            case .abandonDump: background = nil
            case .openAppendOnly(let base): openAppendOnly(base: base)
            case .append(let bytes, let isSynced): append(bytes, isSynced: isSynced)
            case .syncAppendOnly: appendOnly?.syncLater()
            case .closeAppendOnly: closeAppendOnly()
            case .trace(let event): log.trace(event, of: node, in: network)
            case .log(let level, let message): note(level, message)
            case .shutDown: later { $0.stop() }
            }
        }
    }

    func later(_ body: @escaping (NodeDriver) -> Void) {
        loop.assumeIsolated().execute { body(self) }
    }

    /// A line for the log.
    func note(_ level: LogLevel, _ message: String) {
        log.write(level, message, of: node)
    }

    /// Sends to a client what the node has for it besides replies.
    private func write(_ bytes: [UInt8], to client: ClientID) {
        guard let handler = handlers[client] else { return }
        switch handler.write(bytes) {
        case .wasEmpty: flushLater(.client(handler))
        case .hasMore: break
        case .tooMuch: dropOverdue(client, handler)
        }
    }

    private func dropOverdue(_ client: ClientID, _ handler: ClientHandler) {
        note(
            .warning,
            "Client id=\(client.number) scheduled to be closed ASAP for overcoming of output "
                + "buffer limits.")
        later { _ in handler.drop() }
    }

    /// Ends the connections of those that have left too much waiting for too long, although nothing more came.
    private func dropOverdue() {
        for (client, handler) in handlers where !handler.hasTakenWrites && handler.isOverdue {
            dropOverdue(client, handler)
        }
    }

    /// Lets a connection send at the end of the step, together with all others that have something to send.
    func flushLater(_ connection: Unflushed) {
        unflushed.append(connection)
        if unflushed.count == 1 { later { $0.flush() } }
    }

    func flush() {
        syncAppended()
        let all = unflushed
        unflushed.removeAll(keepingCapacity: true)
        for connection in all {
            switch connection {
            case .peer(let peer):
                peer.isDirty = false
                peer.flush()
            case .client(let client): client.flush()
            }
        }
    }

    /// What came while the node slept goes first; clients go on in the order in which they came.
    private func resumeAll() {
        guard stops == 0 else { return }
        while !node.isAsleep, !held.isEmpty { step(held.removeFirst()) }
        if !isHolding {
            for peer in Array(peers.values) { peer.resume() }
        }
        for client in handlers.keys.sorted(by: { $0.number < $1.number }) {
            handlers[client]?.resume()
        }
    }

    private func set(_ timer: TimerID, at instant: Instant) {
        timers[timer]?.task?.cancel()
        guard !isStopped else { return }
        timers[timer] = NodeTimer(instant: instant, task: task(at: instant) { $0.fire(timer) })
    }

    /// Lets something be done when the cluster's time has come; nil while that stands still.
    func task(at instant: Instant, _ body: @escaping (NodeDriver) -> Void) -> Scheduled<Void>? {
        clock.deadline(of: instant).map { deadline in
            loop.assumeIsolated().scheduleTask(deadline: deadline) { body(self) }
        }
    }

    private func fire(_ timer: TimerID) {
        guard stops == 0 else { return overdue.append(timer) }
        timers[timer] = nil
        if timer == .cron { runOncePerSecond() }
        if timer == .snapshot { return continueSnapshot() }
        step(.timer(timer))
    }

    // MARK: - Stopping and going on

    /// Lets the node do nothing at all until `goOn` was called as often.
    func pause() {
        stops += 1
        guard stops == 1 else { return }
        for listener in listeners.all { setReading(listener, false) }
        for handler in handlers.values { handler.settle() }
    }

    func goOn() {
        stops -= 1
        guard stops == 0, !isStopped else { return }
        for listener in listeners.all { setReading(listener, true) }
        let due = overdue
        overdue = []
        resumeAll()
        for timer in due where timers[timer] != nil { fire(timer) }
    }

    private func setReading(_ listener: any Channel, _ wanted: Bool) {
        try? listener.syncOptions?.setOption(.autoRead, value: wanted)
    }

    /// What SIGSTOP does to a process.
    func freeze() {
        guard !isFrozen else { return }
        isFrozen = true
        pause()
    }

    /// What SIGCONT does.
    func thaw() {
        guard isFrozen else { return }
        isFrozen = false
        goOn()
    }

    /// Follows the conditions after a change.
    func follow() {
        guard !isStopped else { return }
        clock = conditions.clock
        for (timer, old) in timers where !overdue.contains(timer) {
            old.task?.cancel()
            timers[timer]?.task = task(at: old.instant) { $0.fire(timer) }
        }
        followWires()
    }

    /// Ends all connections, those included that the node has not seen yet, with everything in them that is unread.
    func cutOff() {
        let (oldHandlers, oldPeers) = (handlers, peers)
        handlers = [:]
        peers = [:]
        for knock in knocking.values { knock.end.cancel() }
        knocking = [:]
        held = []
        unflushed = []
        for handler in oldHandlers.values { handler.drop() }
        for peer in oldPeers.values { peer.drop() }
        for listener in listeners.all { listener.dropWaitingConnections() }
    }

    /// Makes the node what it was, after `cutOff`: nothing is heard any more of the connections that it had.
    func restore(_ snapshot: NodeSnapshot) {
        clock = conditions.clock
        overdue = []
        for timer in timers.values { timer.task?.cancel() }
        timers = [:]
        closeAppendOnly()
        background = nil
        if let storage { snapshot.files?.write(to: storage.folder) }
        let tls = node.configuration.tls
        node = snapshot.node
        followTLS(since: tls)
        for (timer, instant) in snapshot.timers.sorted(by: { $0.value < $1.value }) {
            set(timer, at: instant)
        }
        if snapshot.isFrozen { freeze() } else { thaw() }
        step { node, actions in node.loseConnections(at: self.clock.now, into: &actions) }
    }

    /// Lets the node send the next part of a snapshot, if those who get it have taken the last one.
    private func continueSnapshot() {
        isSnapshotHeld = node.snapshotReceivers.contains { handlers[$0]?.hasTakenWrites == false }
        if !isSnapshotHeld { step(.timer(.snapshot)) }
    }

    /// A replica has taken what it was sent, or is gone.
    func snapshotTaken() {
        if isSnapshotHeld { later { $0.continueSnapshot() } }
    }

    /// Once a second, so that INFO need not ask the system.
    private func runOncePerSecond() {
        ticks += 1
        guard ticks % 10 == 0 else { return }
        node.host.refresh()
        dropOverdue()
    }

    /// Writes a file before anything else of the step is done. A node whose files cannot be written and that no
    /// client asked for ends, as Redis does: it must not vote for what it would forget.
    private func save(
        _ file: NodeFile, _ contents: String, isSynced: Bool, for client: ClientID?
    ) {
        var failure: String?
        if let storage {
            do throws(NodeStorage.Failure) {
                try storage.write(
                    contents, to: file, configuration: node.configuration, isSynced: isSynced)
            } catch {
                failure = error.text(for: file)
            }
        } else if client != nil {
            failure = NodeStorage.Failure(reason: "No such file or directory").text(for: file)
        }
        let outcome = failure
        if let client {
            later { $0.handlers[client]?.complete(error: outcome) }
        } else if let outcome {
            note(.warning, "\(outcome). Fatal: can't update cluster config file.")
            stop()
        }
    }
}

extension SocketAddress {
    /// `127.0.0.1:7000`, as CLIENT LIST writes it.
    var redisDescription: String {
        "\(ipAddress ?? "?"):\(port ?? 0)"
    }
}
