package import Keyspace

/// One Redis Cluster node: a value that changes only by the events it is given.
///
/// It opens no socket, reads no clock and draws no system randomness. `NodeServer` drives it over TCP. A copy
/// of it is a snapshot.
package struct Node: Sendable {
    package var database: Database
    package var cluster: ClusterState
    package var clients = ClientList()
    package var configuration: Configuration
    package var replication: Replication
    package var persistence: Persistence
    package var links = LinkTable()
    package internal(set) var subscriptions = Subscriptions()
    /// The users and what they may do.
    var access: AccessControl
    /// Who has copies of which keys.
    var tracking = TrackingTable()
    /// Expired keys go that nobody asks for (DEBUG SET-ACTIVE-EXPIRE).
    var expiresActively = true
    /// More keys have to be evicted than one command could.
    var isEvicting = false
    /// The clients that are shown every command, in the order in which they asked for it.
    var monitors: [ClientID] = []
    /// Whether somebody is to hear of the command at hand: whoever monitors, whoever keyspace events are for, or
    /// its own client, which gets a message besides the reply.
    var hasObservers = false
    /// What the client whose command is running is to get besides the reply.
    var pushes = Pushes()
    /// The bytes of `caller` are being taken in.
    var isReceiving = false
    package var statistics = Statistics()
    var slowLog = SlowLog()
    var latency = LatencyMonitor()
    var times: CommandTimes
    /// The driver's clock in nanoseconds, for how long commands take; nil where no time passes while they run.
    package var stopwatch: (@Sendable () -> Int64)?
    /// When the command at hand began by that clock, if its time is measured.
    var commandBegun: Int64 = 0
    /// Lets the driver do what a changed configuration says of TLS, or say why it cannot, as lines for the log. nil where
    /// there is no network. Called in the middle of a command: the driver may not look at the node.
    package var applyTLS: (@Sendable (Configuration, TLSChange) -> [String]?)?
    package var random: SplitMix64
    package let commands: CommandTable
    /// 40 hexadecimal digits that differ from start to start (INFO server).
    package private(set) var runID: String

    /// The instant of the step at hand.
    package internal(set) var now: Instant
    /// The client whose command is being executed, as an index into `clients`.
    package internal(set) var caller = 0
    /// Whether anybody wants to hear of writes: replicas, the backlog, the append-only file.
    package internal(set) var isPropagating = false
    /// The writes of the step at hand as commands, for replicas and the append-only file.
    var propagated: [UInt8] = []
    /// Messages that replicas hear of by the stream: those outside a cluster.
    var publications: [UInt8] = []
    /// An EXEC runs: what its commands change is propagated as one.
    var isInTransaction = false
    /// Where in `propagated` its effects begin.
    var transactionStart = 0
    /// Parts of `propagated` that are not for everybody.
    var partialPropagations: [PartialPropagation] = []
    /// Scripts and functions.
    var scripting = Scripting()
    /// The clients that debug a script.
    var debugSessions: [DebugSession] = []
    /// This is a copy of a node in which a script is debugged: nobody is to hear of what it does.
    var isCopyForDebugging = false
    /// The command at hand has said itself what is to be propagated of it.
    var hasPropagatedItself = false
    /// Whether commands have to be asked about before they run: on replicas, during pauses, and where writes need
    /// replicas.
    var isRestricted = false
    /// The pause for each `Pause.Purpose`.
    var pauses: [Pause?] = Array(repeating: nil, count: Pause.Purpose.allCases.count)
    /// How often the cron has run.
    var ticks = 0
    /// A SHUTDOWN that waits for replicas.
    var shutdown: Shutdown?
    /// What came while the node was stalled.
    var postponedEvents: [Event] = []
    /// What the step at hand asks of the driver.
    var outbox: [Action] = []
    /// Something that goes on and that no client is served during.
    var stall: Stall?
    var migration = MigrationState()
    /// Clients that wait for something in a key.
    var blocked = BlockedClients()
    private var streamCount: Int64 = 0
    /// What INFO shows of the world outside.
    package var host = HostFacts()
    /// Unix milliseconds at `Instant.start`.
    let wallClockAtStart: Int64
    /// When this node was started.
    package let started: Instant

    /// Why the node serves no client, as Redis, a single thread, does not while a command takes its time.
    enum Stall: Sendable {
        /// DEBUG SLEEP, by this client, which gets its reply at the end.
        case sleep(ClientID)
        /// MIGRATE.
        case migration
        /// A script that has not ended yet.
        case script
    }

    /// Counters since the start or CONFIG RESETSTAT.
    package struct Statistics: Sendable {
        package var commands = 0
        package var connections = 0
        package var rejectedConnections = 0
        /// Clients that took too much memory (maxmemory-clients).
        package var evictedClients = 0
        package var protocolErrors = 0
        package var inputBytes = 0
        package var outputBytes = 0
        package var commandRate = RateMeter()
        package var inputRate = RateMeter()
        package var outputRate = RateMeter()
        /// Error replies by code, such as `MOVED`.
        package var errors: [String: Int] = [:]
        /// Full synchronisations of replicas, partial ones, and requests for partial ones that were refused.
        package var fullSyncs = 0
        package var partialSyncs = 0
        package var refusedPartialSyncs = 0
        /// Calls of each command, at its index in the table.
        package var calls: [Int]
        /// Commands that were refused before they ran: wrong arguments, another node's slot, no login.
        package var rejectedCalls: [Int]
        /// Calls that answered an error.
        package var failedCalls: [Int]
        /// How long the calls took that were measured.
        package var nanoseconds: [Int64]

        package init(commandCount: Int = 0) {
            calls = Array(repeating: 0, count: commandCount)
            rejectedCalls = calls
            failedCalls = calls
            nanoseconds = Array(repeating: 0, count: commandCount)
        }
    }

    /// A node that knows itself only, as `identity`. `seed` decides all that is random in it;
    /// `wallClockAtStart` is Unix milliseconds at `Instant.start`, for expiry and TIME.
    package init(
        identity: Peer, configuration: Configuration, seed: UInt64, wallClockAtStart: Int64,
        at now: Instant
    ) {
        random = SplitMix64(seed: seed)
        runID = NodeID.random(using: &random).description
        database = Database(seed: random.next())
        database.follow(configuration)
        replication = Replication(id: NodeID.random(using: &random).description)
        cluster = ClusterState(myself: identity, at: now)
        commands = .standard
        statistics = Statistics(commandCount: commands.rows.count)
        times = CommandTimes(commandCount: commands.rows.count)
        self.configuration = configuration
        access = AccessControl(configuration)
        self.wallClockAtStart = wallClockAtStart
        self.now = now
        started = now
        persistence = Persistence(lastSave: wallClockAtStart + now.milliseconds)
        database.now = wallClockAtStart + now.milliseconds
    }

    /// Unix time in milliseconds.
    package var unixMilliseconds: Int64 { unixMilliseconds(at: now) }

    /// The same for another instant.
    func unixMilliseconds(at instant: Instant) -> Int64 { wallClockAtStart + instant.milliseconds }

    /// Unix time in microseconds, for TIME.
    package var unixMicroseconds: Int64 { wallClockAtStart * 1000 + now.nanoseconds / 1000 }

    /// Whether the node replicates another one: as the cluster has it, or outside one by REPLICAOF.
    package var isReplica: Bool { !cluster.myself.isMaster || replication.master != nil }

    /// Takes the node from its construction into operation: sets its first timer.
    package mutating func start(into actions: inout [Action]) {
        updateRestrictions()
        // What was repeated from a file is no news.
        database.events = []
        updateObservers()
        claimSlotsOfLoadedKeys()
        if isReplica, replication.master == nil {
            let master = cluster.peers[cluster.myMaster.index]
            if !master.host.isEmpty { follow(host: master.host, port: master.port) }
        }
        // A node that is killed before anything happens to it comes back as the same one.
        if configuration.clusterEnabled { cluster.todo.insert(.saveConfiguration) }
        updatePropagation()
        openAppendOnly()
        deliver(into: &actions)
        actions.append(.setTimer(.cron, at: now.advanced(by: Self.cronPeriod)))
    }

    /// Takes a node that was here before into a life of its own: its history of writes has another name, so that
    /// nobody takes its data for what it had before it ended.
    mutating func beginAnotherLife() {
        random = SplitMix64(seed: random.next() ^ UInt64(bitPattern: unixMilliseconds))
        runID = NodeID.random(using: &random).description
        replication = Replication(id: NodeID.random(using: &random).description)
    }

    /// Takes one event.
    package mutating func step(_ event: Event, at now: Instant, into actions: inout [Action]) {
        advance(to: now)
        if case .clientGone(let client) = event, !debugSessions.isEmpty {
            abandonDebugging(of: client)
        }
        // A node that sleeps does nothing; what happens meanwhile is taken when it wakes.
        if isAsleep && event.waitsForWaking || waitsForScript(event) {
            postponedEvents.append(event)
        } else {
            take(event)
        }
        deliver(into: &actions)
    }

    /// Takes an event now.
    mutating func take(_ event: Event) {
        switch event {
        case .signal(let name): beginShutdown(signal: name)
        case .clientGone(let client):
            forgetReplica(client)
            forgetWait(of: client)
            if clients.contains(client) { endListening(of: client) }
            database.unwatch(client.number)
            clients.remove(client)
        case .timer(.cron): runCron()
        case .timer(.wake): wake()
        case .timer(.script): continueScript()
        case .timer(.debugger): continueDebugging()
        case .timer(.unpause): endDuePauses()
        case .timer(.waitTimeout): answerWaits()
        case .timer(.blockTimeout): endDueWaits()
        case .timer(.snapshot): continueSnapshot()
        case .timer(.migration): migrationTimerFired()
        case .linkUp(let link, let localHost): linkUp(link, localHost: localHost)
        case .linkDown(let link): linkDown(link)
        case .bus(let link, let message): receive(message, from: link)
        case .snapshotWritten(let number, let size): snapshotEnded(number, size: size, error: nil)
        case .snapshotFailed(let number, let reason): snapshotEnded(number, size: 0, error: reason)
        case .appendOnlyChanged(let error): appendOnlyChanged(error: error)
        case .streamUp(let stream):
            if isMasterStream(stream) { masterUp() } else { migrationStreamUp(stream) }
        case .streamDown(let stream, let reason):
            if isMasterStream(stream) {
                masterDown(reason: reason)
            } else {
                migrationStreamDown(stream, reason: reason)
            }
        case .streamBytes(let stream, let bytes):
            if isMasterStream(stream) {
                receiveFromMaster(bytes)
            } else {
                migrationStreamReceived(bytes, over: stream)
            }
        }
    }

    private mutating func wake() {
        endLongCommand()
        if case .sleep(let client) = stall { outbox.append(.complete(client)) }
        stall = nil
        outbox.append(.resumeAll)
        takePostponed()
    }

    /// Takes what came meanwhile. One of the events may bring a script that takes long, too.
    mutating func takePostponed() {
        let events = postponedEvents
        postponedEvents = []
        for event in events {
            if waitsForScript(event) { postponedEvents.append(event) } else { take(event) }
        }
    }

    /// Hands over what the step at hand asked for.
    mutating func deliver(into actions: inout [Action]) {
        if !database.readyKeys.isEmpty { serveReadyKeys() }
        if !cluster.todo.isEmpty { finishClusterStep() }
        if !cluster.lostSlots.isEmpty { dropLostChannels() }
        if !database.events.isEmpty { publishEvents() }
        if tracking.isActive {
            invalidateModified(by: nil)
            if tracking.hasBroadcasts { broadcastInvalidations() }
        }
        if isPropagating { deliverPropagated() }
        guard !outbox.isEmpty else { return }
        guard !actions.isEmpty else { return swap(&actions, &outbox) }
        actions += outbox
        outbox.removeAll(keepingCapacity: true)
    }

    /// A name for a new connection to another node's client port.
    mutating func newStream() -> StreamID {
        streamCount += 1
        return StreamID(number: streamCount)
    }

    @inline(__always)
    mutating func advance(to now: Instant) {
        self.now = now
        database.now = unixMilliseconds
    }
}
