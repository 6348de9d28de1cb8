import Dispatch
package import Lab
import Synchronization

/// The real servers of a lab: those of its own cluster, and those that the learner starts beside it. Whatever becomes
/// of the lab, they end with it, or are ended by the next one that finds their table.
package final class RedisProcesses: Sendable {
    /// What planned nodes are, in turn. What the learner starts is the first.
    package let engines: [RedisEngine]
    package let events: EventLog?
    /// The lab's connections to them.
    let own = OwnConnections()
    private let table: ProcessTable
    private let state = Mutex(State())

    private struct State {
        var servers: [NodeAddress: Server] = [:]
        var start = RealTime.elapsed
        var isOver = false
        /// How many servers are being started just now.
        var starting = 0
    }

    /// One server at its address, whether or not it runs.
    struct Server {
        let address: NodeAddress
        var launch: EngineLaunch
        var process: SystemProcess?
        /// Nobody wants its data when it ends with the lab.
        var isScratch: Bool
        /// As it was when somebody last looked.
        var state = NodeState.down
        /// Its process is about to be another one, in the background: that is no end and no start.
        var isMoving = false
        /// Somebody has sent it SIGKILL.
        var isCrashing = false
        var files: Files
        var log: LogFile?
        var cluster: ClusterFile
        var reader = RedisLogReader()
    }

    /// What a server tells from outside.
    struct Files: Hashable {
        /// nil for one that has no log file.
        var log: String?
        /// nodes.conf.
        var cluster: String
    }

    /// Milliseconds between two looks at processes and logs.
    private static let interval: Int32 = 40
    /// A little more than a master waits for its replicas (`shutdown-timeout`).
    private static let patience = Duration.seconds(12)

    /// - Parameters:
    ///   - engines: one at least.
    ///   - table: where the processes are noted.
    package init(engines: [RedisEngine], table: ProcessTable, events: EventLog? = nil) {
        precondition(!engines.isEmpty, "servers without a program")
        self.engines = engines
        self.table = table
        self.events = events
        DispatchQueue(label: "redis-server processes").async { [self] in
            while !state.withLock(\.isOver) {
                look()
                sleep(milliseconds: Self.interval)
            }
        }
        // Apart: a server that is slow to answer is not to keep back what the logs have.
        DispatchQueue(label: "redis-server suspicions").async { [self] in
            var watch = SuspicionWatch()
            while !state.withLock(\.isOver) {
                suspect(&watch)
                sleep(milliseconds: Self.interval)
            }
        }
    }

    /// What the planned node of this number is.
    func engine(of ordinal: Int) -> RedisEngine { engines[ordinal % engines.count] }

    /// Since the cluster began.
    var time: Duration { RealTime.elapsed - state.withLock(\.start) }

    /// Time begins again, and nothing runs.
    func beginAnew() {
        endAll()
        state.withLock { state in
            state.servers = [:]
            state.start = RealTime.elapsed
        }
        events?.removeAll()
    }

    /// The cluster begins now: how it was set up is nobody's news.
    /// - Parameter names: of its nodes.
    func beginTelling(_ names: [NodeAddress: LabEvent.NodeName]) {
        look()
        state.withLock { $0.start = RealTime.elapsed }
        events?.removeAll()
        for (address, name) in names { events?.name(name, address) }
    }

    /// All that were started since the cluster began, by ascending port.
    var addresses: [NodeAddress] { state.withLock { $0.servers.keys.sorted() } }

    func has(_ address: NodeAddress) -> Bool { state.withLock { $0.servers[address] != nil } }

    /// Where the server writes its log; nil where it has none or is not the lab's.
    func log(of address: NodeAddress) -> String? {
        state.withLock { $0.servers[address]?.log?.path }
    }

    // MARK: - Start and end

    /// Starts a server.
    /// - Parameters:
    ///   - isScratch: nobody wants its data when it ends with the lab.
    ///   - onlyNow: arguments for this start alone.
    func start(
        _ address: NodeAddress, _ launch: EngineLaunch, _ files: Files, isScratch: Bool,
        onlyNow: [String] = []
    ) throws(LabError) {
        try beginStart(of: address)
        defer { state.withLock { $0.starting -= 1 } }
        var once = launch
        once.arguments += onlyNow
        switch once.start() {
        case .failure(let failure): throw .refused(address, reason: failure.reason)
        case .success(let process):
            admit(process, at: address, launch, files, isScratch: isScratch)
        }
    }

    /// Nothing is started any more once all is to end: nobody would know of it.
    private func beginStart(of address: NodeAddress) throws(LabError) {
        let isOver = state.withLock { state in
            if !state.isOver { state.starting += 1 }
            return state.isOver
        }
        guard !isOver else { throw .refused(address, reason: "the lab is ending") }
    }

    /// The former server at an address has ended, if only just now.
    private func noteEnd(before process: SystemProcess, at address: NodeAddress) {
        guard let former = state.withLock({ $0.servers[address]?.process }), former != process,
            !state.withLock({ $0.servers[address]?.isMoving ?? false })
        else { return }
        var left = Self.endPatience
        while former.state != .gone, left > 0 {
            sleep(milliseconds: 1)
            left -= 1
        }
        look()
    }

    /// Milliseconds between the moment when a server's port is free and its end.
    private static let endPatience = 2000

    /// The server at an address has not moved on.
    func stay(_ address: NodeAddress) {
        state.withLock { $0.servers[address]?.isMoving = false }
    }

    /// Takes in a server that runs already.
    /// - Parameter movesOn: it goes into the background, where it is another process.
    func admit(
        _ process: SystemProcess, at address: NodeAddress, _ launch: EngineLaunch, _ files: Files,
        isScratch: Bool, movesOn: Bool = false
    ) {
        table.add(process)
        noteEnd(before: process, at: address)
        state.withLock { state in
            var server =
                state.servers[address]
                ?? Server(
                    address: address, launch: launch, isScratch: isScratch, files: files,
                    log: files.log.map { LogFile(path: $0, skipsPast: true) },
                    cluster: ClusterFile(path: files.cluster))
            if server.files != files {
                server.files = files
                server.log = files.log.map { LogFile(path: $0, skipsPast: true) }
                server.cluster = ClusterFile(path: files.cluster)
            }
            if let former = server.process, former != process { table.remove(former) }
            (server.launch, server.process, server.isCrashing) = (launch, process, false)
            (server.isScratch, server.isMoving) = (isScratch, movesOn)
            if server.state != .running { tell(.started, address, state.start) }
            server.state = .running
            state.servers[address] = server
        }
    }

    /// How a server's process is.
    func nodeState(of address: NodeAddress) -> NodeState {
        let process = state.withLock { $0.servers[address]?.process }
        switch process?.state {
        case .running: return .running
        case .stopped: return .frozen
        case .gone, nil: return .down
        }
    }

    /// Sends a signal, and waits until the server is what it makes of it.
    func signal(
        _ signal: Int32, to address: NodeAddress, until wanted: NodeState
    ) throws(LabError) {
        let process = state.withLock { state in
            if signal == sigKill { state.servers[address]?.isCrashing = true }
            return state.servers[address]?.process
        }
        process?.signal(signal)
        while nodeState(of: address) != wanted { try RealTime.pass(.milliseconds(2)) }
        look()
    }

    /// Starts a server again as it was started before.
    func boot(_ address: NodeAddress) throws(LabError) {
        guard let server = state.withLock({ $0.servers[address] }) else {
            throw .refused(address, reason: "the lab has never started a node there")
        }
        try start(
            address, server.launch, server.files, isScratch: server.isScratch)
        try awaitListening(address, within: .seconds(10))
    }

    /// Waits until a server takes connections; one that ends before says why.
    func awaitListening(_ address: NodeAddress, within limit: Duration) throws(LabError) {
        let deadline = ContinuousClock.now + limit
        while !isListening(address) {
            guard nodeState(of: address) != .down else {
                throw .refused(address, reason: "it did not start: \(lastWords(of: address))")
            }
            guard ContinuousClock.now < deadline else {
                throw .refused(address, reason: "it takes no connection after \(limit)")
            }
            try RealTime.pass(.milliseconds(5))
        }
    }

    /// What is to be said of a server that has failed while it began: it listens before it reads what may end it.
    func cause(of failure: LabError, at address: NodeAddress) -> LabError {
        let deadline = ContinuousClock.now + .seconds(1)
        while nodeState(of: address) != .down {
            guard ContinuousClock.now < deadline, (try? RealTime.pass(.milliseconds(5))) != nil
            else { return failure }
        }
        return .refused(address, reason: "it did not start: \(lastWords(of: address))")
    }

    private func isListening(_ address: NodeAddress) -> Bool {
        guard let connection = try? RESPConnection(to: address, timeout: .seconds(1)) else {
            return false
        }
        connection.close()
        return true
    }

    /// The last warning of its log.
    private func lastWords(of address: NodeAddress) -> String {
        let lines = log(of: address).flatMap { LogFile.notices(in: $0, limit: 20) } ?? []
        let warning = lines.compactMap { RedisLogLine(Substring($0)) }.last { $0.level == "#" }
        return warning.map { String($0.message) } ?? "its log says why"
    }

    /// Ends all as SIGTERM does, and those that do not end the hard way, as all whose data nobody wants.
    package func endAll() {
        awaitMoving()
        let servers = state.withLock { Array($0.servers.values) }
        end(servers.filter(\.isScratch).compactMap(\.process))
        let others = servers.filter { !$0.isScratch }.compactMap(\.process)
        for process in others {
            process.signal(sigTerm)
            // A frozen one takes no signal before it goes on.
            process.signal(sigContinue)
        }
        let deadline = ContinuousClock.now + Self.patience
        while others.contains(where: { $0.state != .gone }), ContinuousClock.now < deadline {
            sleep(milliseconds: 5)
        }
        end(others)
    }

    /// Waits until no server is on its way into the background: of one that is nobody knows the process.
    /// - Parameter port: of the one that is waited for; nil for all.
    package func awaitMoving(port: Int? = nil) {
        while state.withLock({ state in
            state.servers.values.contains {
                $0.isMoving && port ?? $0.address.port == $0.address.port
            }
        }) {
            sleep(milliseconds: 5)
        }
    }

    /// Ends all, for good.
    package func shutDown() {
        state.withLock { $0.isOver = true }
        while state.withLock({ $0.starting > 0 }) { sleep(milliseconds: 5) }
        endAll()
    }

    private func end(_ processes: [SystemProcess]) {
        for process in processes { process.signal(sigKill) }
        for process in processes {
            while process.state == .running || process.state == .stopped { sleep(milliseconds: 1) }
            table.remove(process)
        }
    }

    // MARK: - What is seen from outside

    /// Notes what has become of the processes, and what their logs say.
    private func look() {
        var lines: [(time: Duration, address: NodeAddress, news: RedisLogReader.News)] = []
        let now = (elapsed: RealTime.elapsed, day: WallClock.millisecondOfDay)
        state.withLock { state in
            for address in state.servers.keys.sorted() {
                guard var server = state.servers[address] else { continue }
                for text in server.log?.newLines() ?? [] {
                    guard let line = RedisLogLine(text),
                        let news = server.reader.news(in: line.message)
                    else { continue }
                    let age = (now.day - line.millisecond + WallClock.day) % WallClock.day
                    // A clock that was set back makes no line of tomorrow.
                    let time = now.elapsed - .milliseconds(age > WallClock.day / 2 ? 0 : age)
                    lines.append((max(.zero, time - state.start), address, news))
                }
                for kind in server.cluster.news() {
                    lines.append((now.elapsed - state.start, address, .event(kind)))
                }
                note(&server, state.start)
                state.servers[address] = server
            }
        }
        for line in lines.sorted(by: { $0.time < $1.time }) {
            switch line.news {
            case .name(let name): events?.name(name, line.address)
            case .event(let kind):
                events?.add(LabEvent(time: line.time, node: line.address, kind: kind))
            }
        }
    }

    /// Asks who suspects whom, as long as that may change.
    private func suspect(_ watch: inout SuspicionWatch) {
        guard let events else { return }
        let states = state.withLock { $0.servers.mapValues(\.state) }
        for (address, kind) in watch.look(at: states, own) {
            events.add(LabEvent(time: time, node: address, kind: kind))
        }
    }

    private func note(_ server: inout Server, _ start: Duration) {
        guard let process = server.process, !server.isMoving else { return }
        let now: NodeState =
            switch process.state {
            case .running: .running
            case .stopped: .frozen
            case .gone: .down
            }
        guard now != server.state else { return }
        switch (server.state, now) {
        case (_, .down):
            tell(server.isCrashing ? .crashed : .ended, server.address, start)
            table.remove(process)
        case (_, .frozen): tell(.frozen, server.address, start)
        case (_, .running): tell(.thawed, server.address, start)
        }
        server.state = now
    }

    private func tell(_ change: LabEvent.ProcessChange, _ address: NodeAddress, _ start: Duration) {
        events?.add(
            LabEvent(
                time: RealTime.elapsed - start, node: address, kind: .process(change)))
    }
}
