import ArgumentParser
import Lab
import LabBackends
import LabHost
import RESP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `clusterlab up`: a cluster for other clients, until it is told to end.
struct Up: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a cluster for any client, without a shell.",
        discussion: """
            Prints a line for each node and then `ready`. Ctrl-C or SIGTERM ends it, and so does the \
            SHUTDOWN of its last node.
            """)

    @OptionGroup var cluster: ClusterOptions

    @Option(
        help: "Keep each node's files in DIR/PORT. Without it nothing is kept.",
        completion: .directory)
    var dir: String?

    @Option(name: .customLong("backend"), help: "inprocess: in this process; redis: real redis-server or valkey-server processes.")
    var chosenBackend = BackendOption.inprocess

    @OptionGroup var engine: EngineOptions

    func validate() throws {
        guard chosenBackend != .simulated else {
            throw ValidationError("A simulated cluster has no ports for other clients: ./lab play has it.")
        }
        try engine.validate(with: chosenBackend)
        guard chosenBackend == .inprocess || !cluster.tls else {
            throw ValidationError(
                "--tls is for nodes of this process; leave it out with --backend \(chosenBackend.rawValue).")
        }
    }

    func run() throws {
        if chosenBackend == .redis { return try runOnRealServers() }
        let plan = try cluster.plan()
        let signals = TerminationSignals()
        let servers = HostedServers()
        let running: InProcessCluster
        do {
            running = try InProcessLab(dir: dir, hosted: servers).startServer(plan) { cluster in
                signals.handle { _ in cluster.endNodes() }
            }
        } catch {
            if signals.haveCome { return }
            throw error
        }
        let host = HostedLab.open(servers: servers, port: plan.port)
        let lines = try running.nodes.map { try Self.describe($0, in: running) }
        let usage = try plan.tls.map { tls in
            "redis-cli -c -p \(plan.port) \(try NodeCertificates(in: tls.certificates).clientArguments)"
        }
        StandardOutput.output.write(
            (lines + (usage.map { [$0] } ?? []) + ["ready\n"]).joined(separator: "\n"))
        running.waitUntilAllNodesEnded()
        host?.shutDown()
        servers.shutDown()
        running.shutDown()
    }

    private func runOnRealServers() throws {
        let plan = try cluster.plan()
        let found = try engine.found()
        let signals = TerminationSignals([SIGINT, SIGTERM, SIGHUP])
        let servers = HostedServers()
        let (host, processes) = try HostedLab.open(
            engines: found, servers: servers, events: EventLog(), port: plan.port)
        defer {
            host.shutDown()
            servers.shutDown()
        }
        signals.handle { _ in processes.endAll() }
        let progress = StartProgress()
        let lab = RedisProcessLab(
            processes: processes, dir: dir ?? host.place.nodes, isScratch: dir == nil
        ) { progress.show($0) }
        let running: RedisProcessCluster
        do {
            running = try lab.startCluster(plan)
        } catch {
            if signals.haveCome { return }
            throw error
        }
        let lines = try running.nodes.map { try Self.describe($0, in: running) }
        StandardOutput.output.write((lines + ["ready\n"]).joined(separator: "\n"))
        running.waitUntilAllNodesEnded()
    }

    /// `127.0.0.1:7000 master 0-5460`, as the node itself sees it.
    private static func describe(_ node: NodeAddress, in cluster: any LabCluster) throws -> String {
        let connection = try cluster.connect(to: node)
        defer { connection.close() }
        let lines = try connection.send("CLUSTER", "NODES").text?.split(separator: "\n") ?? []
        guard let myself = lines.first(where: { $0.contains("myself") }) else { return "\(node)" }
        let fields = myself.split(separator: " ")
        let role = fields[2].contains("slave") ? "replica" : "master"
        return ([node.description, role] + fields.dropFirst(8).map(String.init)).joined(
            separator: " ")
    }
}
