import ClusterCore
import NIOCore

/// Drives one node over TCP: listens, keeps its timers, performs its actions. Everything happens on one event
/// loop, as a Redis process is one thread.
final class NodeDriver {
    private(set) var node: Node
    private let loop: any EventLoop
    private let clock: ClusterClock
    private let storage: NodeStorage?
    private let log: NodeLog
    private var listener: (any Channel)?
    private var handlers: [ClientID: ClientHandler] = [:]
    private var timers: [TimerID: Scheduled<Void>] = [:]
    /// Reused from step to step, so that a step that asks for nothing allocates nothing.
    private var actions: [Action] = []
    private let whenStopped: @Sendable () -> Void
    private var isStopped = false
    /// How often the cron has run.
    private var ticks = 0

    init(
        node: Node, loop: any EventLoop, clock: ClusterClock, storage: NodeStorage?, log: NodeLog,
        whenStopped: @escaping @Sendable () -> Void
    ) {
        self.node = node
        self.loop = loop
        self.clock = clock
        self.storage = storage
        self.log = log
        self.whenStopped = whenStopped
    }

    /// Begins to serve on a socket that is bound already.
    func start(listener: any Channel) {
        self.listener = listener
        node.host = .ofThisProcess()
        step { node, actions in node.start(into: &actions) }
    }

    /// Closes the node's port and connections. A second call does nothing.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        for timer in timers.values { timer.cancel() }
        timers = [:]
        // The port first: a client that sees its connection end may come again at once.
        listener?.close(promise: nil)
        for handler in handlers.values { handler.drop() }
        whenStopped()
    }

    /// Takes a new connection in, or turns it away.
    func accept(_ channel: any Channel) throws {
        let address = channel.remoteAddress?.redisDescription ?? "?:0"
        let local = channel.localAddress?.redisDescription ?? "?:0"
        guard !isStopped else { return channel.close(promise: nil) }
        guard let client = node.connect(address: address, localAddress: local, at: clock.now) else {
            return try channel.pipeline.syncOperations.addHandler(RefusalHandler())
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
        let consumed = node.receive(
            start, count: count, from: client, stream: &stream, at: clock.now, into: &actions)
        if !actions.isEmpty { perform() }
        return consumed
    }

    /// Whether the node takes commands of the client now.
    @inline(__always)
    func isServing(_ client: ClientID) -> Bool { node.isServing(client) }

    func complete(_ client: ClientID, error: String?, stream: inout ClientStream) {
        node.complete(client, error: error, stream: &stream, at: clock.now, into: &actions)
        perform()
    }

    func clientGone(_ client: ClientID) {
        handlers[client] = nil
        step(.clientGone(client))
    }

    private func step(_ event: Event) {
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
        let batch = actions
        actions.removeAll(keepingCapacity: true)
        for action in batch {
            switch action {
            case .close(let client): later { $0.handlers[client]?.close() }
            case .drop(let client): later { $0.handlers[client]?.drop() }
            case .resume(let client): later { $0.handlers[client]?.resume() }
            case .complete(let client): later { $0.handlers[client]?.complete(error: nil) }
            case .resumeAll: later { $0.resumeAll() }
            case .setTimer(let timer, let instant): set(timer, at: instant)
            case .save(let file, let contents, let client): save(file, contents, for: client)
            case .write, .connect, .disconnect, .send, .open, .transmit, .shut, .trace: break
            case .log(let level, let message): log.write(level, message, of: node)
            case .shutDown: later { $0.stop() }
            }
        }
    }

    private func later(_ body: @escaping (NodeDriver) -> Void) {
        loop.assumeIsolated().execute { body(self) }
    }

    /// Clients go on in the order in which they came.
    private func resumeAll() {
        for client in handlers.keys.sorted(by: { $0.number < $1.number }) {
            handlers[client]?.resume()
        }
    }

    private func set(_ timer: TimerID, at instant: Instant) {
        timers[timer]?.cancel()
        guard !isStopped else { return }
        timers[timer] = loop.assumeIsolated().scheduleTask(deadline: clock.deadline(of: instant)) {
            self.timers[timer] = nil
            if timer == .cron { self.refreshHostFacts() }
            self.step(.timer(timer))
        }
    }

    /// Once a second, so that INFO need not ask the system.
    private func refreshHostFacts() {
        ticks += 1
        if ticks % 10 == 0 { node.host.refresh() }
    }

    private func save(_ file: NodeFile, _ contents: String, for client: ClientID?) {
        var failure: String?
        do throws(NodeStorage.Failure) {
            guard let storage else {
                throw NodeStorage.Failure(reason: "No such file or directory")
            }
            try storage.write(contents, to: file, configuration: node.configuration)
        } catch {
            failure = error.text(for: file)
        }
        let outcome = failure
        if let client { later { $0.handlers[client]?.complete(error: outcome) } }
    }
}

extension SocketAddress {
    /// `127.0.0.1:7000`, as CLIENT LIST writes it.
    var redisDescription: String {
        "\(ipAddress ?? "?"):\(port ?? 0)"
    }
}
