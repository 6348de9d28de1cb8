import Foundation
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Clusters of real servers: what only they have.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct RedisProcessLabTests {
    private func plan(_ masters: Int = 3, _ replicas: Int = 1, seed: UInt64 = 1) throws
        -> ClusterPlan
    {
        var plan = ClusterPlan(
            masters: masters, replicas: replicas, nodeTimeout: .milliseconds(500), seed: seed)
        plan.port = try FreePorts(count: plan.nodeCount).first
        return plan
    }

    /// Who is who: id, role, master and slots of each node as the first one tells it.
    private func roles(_ cluster: any LabCluster) throws -> [String] {
        let node = try #require(cluster.nodes.first)
        let connection = try cluster.connectInTest(to: node)
        defer { connection.close() }
        let lines = try connection.send("CLUSTER", "NODES").text?.split(separator: "\n") ?? []
        return lines.map { line in
            let fields = line.split(separator: " ")
            let role = fields[2].contains("slave") ? "slave" : "master"
            return ([fields[0], fields[1], Substring(role), fields[3]] + fields.dropFirst(8))
                .joined(separator: " ")
        }.sorted()
    }

    @Test func `the seed decides the same names, pairs and slots as in the lab's own cluster`()
        throws
    {
        let real = try RealLab()
        let plan = try plan(seed: 7)
        let cluster = try real.lab.start(plan)
        let found = try roles(cluster)
        cluster.shutDown()
        let own = try InProcessLab().start(plan)
        defer { own.shutDown() }
        #expect(found.count == 6)
        #expect(try found == roles(own))
    }

    @Test func `it begins ok, connected and in sync, and goes by a server's own delay then`() throws
    {
        let real = try RealLab()
        let cluster = TestedCluster(try real.lab.start(try plan()))
        for node in 0...5 {
            #expect(cluster.isOK(node))
            #expect(
                try cluster.send("CLUSTER NODES", to: node).text?.contains("disconnected") == false)
            #expect(
                try cluster.send("CONFIG GET repl-diskless-sync-delay", to: node).elements?.last
                    == .bulk("5"))
        }
        for node in 3...5 {
            #expect(cluster.field("master_link_status", of: "INFO replication", at: node) == "up")
        }
        #expect(cluster.lab.events?.events.isEmpty == true)
    }

    @Test func `a failover is told as the logs of the servers tell it`() throws {
        let real = try RealLab()
        let cluster = TestedCluster(try real.lab.start(try plan()))
        let control = try #require(cluster.lab.control)
        let name = try cluster.id(of: 0)
        let replica = try cluster.replica(of: 0)
        try control.crash(cluster[0])
        #expect(
            cluster.lab.events?.events.contains {
                $0.node == cluster[0] && $0.kind == .process(.crashed)
            } == true)
        try cluster.await("all is well again") {
            cluster.role(of: replica) == "master" && (1...5).allSatisfy(cluster.isOK)
        }
        try cluster.await("the story is told") {
            let kinds =
                cluster.lab.events?.events.filter { $0.node == cluster[replica] }.map(\.kind) ?? []
            return kinds.contains(.promoted(epoch: 7)) && kinds.contains(.electionStarted(epoch: 7))
                && kinds.contains(.stateChanged(isOK: true, reason: nil))
        }
        let events = cluster.lab.events?.events ?? []
        #expect(events.contains { $0.kind == .suspected(name) })
        #expect(events.contains { if case .failed(name, _) = $0.kind { true } else { false } })
        #expect(cluster.lab.events?.address(of: name) == cluster[0])
        #expect(
            cluster.lab.log(of: cluster[replica])?.contains { $0.contains("Failover election won") }
                == true)
    }

    @Test func `what a real server cannot do is refused in a sentence`() throws {
        let real = try RealLab()
        let cluster = TestedCluster(try real.lab.start(try plan(1, 0)))
        let control = try #require(cluster.lab.control)
        var faults = NetworkFaults()
        faults.partition([[.node(cluster[0])], [.client]])
        #expect(throws: LabAbility.networkFaults.refusal) { try control.setNetwork(faults) }
        #expect(throws: LabAbility.speed.refusal) { try control.setSpeed(10) }
        #expect(throws: LabAbility.snapshots.refusal) { _ = try control.snapshot() }
        try control.setSpeed(1)
        try control.setNetwork(NetworkFaults())
        try control.freeze(cluster[0])
        #expect(throws: LabError.self) { try control.stop(cluster[0]) }
        #expect(throws: LabError.self) { try control.boot(cluster[0]) }
        try control.crash(cluster[0])
        #expect(throws: LabError.self) { try control.thaw(cluster[0]) }
    }

    @Test func `kept folders go on from what they hold`() throws {
        let real = try RealLab(isScratch: false)
        let plan = try plan(1, 1)
        let first = TestedCluster(try real.lab.start(plan))
        let names = try (0...1).map { try first.id(of: $0) }
        try first.send("SET b kept")
        first.lab.shutDown()
        let second = TestedCluster(try real.lab.start(plan))
        #expect(try (0...1).map { try second.id(of: $0) } == names)
        #expect(try second.send("GET b") == .bulk("kept"))
    }

    @Test func `a taken port is named before anything starts`() throws {
        let real = try RealLab()
        let plan = try plan(1, 0)
        let other = try InProcessLab().start(ClusterPlan(masters: 1, replicas: 0, port: plan.port))
        defer { other.shutDown() }
        #expect(throws: LabError.portInUse(plan.port)) { _ = try real.lab.start(plan) }
        #expect(!LocalPort.isFree(plan.port))
    }

    @Test func `a server that cannot start says why`() throws {
        let real = try RealLab(isScratch: false)
        let plan = try plan(1, 0)
        let folder = "\(real.path)/nodes/\(plan.port)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try "no node\n".write(toFile: "\(folder)/nodes.conf", atomically: true, encoding: .utf8)
        let failure = #expect(throws: LabError.self) { _ = try real.lab.start(plan) }
        let text = failure?.description ?? ""
        #expect(text.contains("corrupted cluster config file"))
    }

    @Test func `a server that the learner starts, also in the background, is one of the lab's`()
        throws
    {
        let real = try RealLab()
        let cluster = TestedCluster(try real.lab.start(try plan(1, 0)))
        let port = try FreePorts(count: 1).first
        let conf = "\(real.path)/redis.conf"
        try "port \(port)\nbind 127.0.0.1\ncluster-enabled yes\ndaemonize yes\nlogfile log\ndir .\n"
            .write(toFile: conf, atomically: true, encoding: .utf8)
        // As a launcher of the lab: known before it becomes the server.
        let process = Process()
        let gate = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", "read go; exec \"$@\"", "sh", real.processes.engines[0].path, conf,
        ]
        process.currentDirectoryURL = URL(filePath: real.path)
        process.standardInput = gate
        try process.run(within: .minutes(2))
        let daemon = real.processes.admitGuest(
            [conf], in: real.path, process: Int(process.processIdentifier))
        #expect(daemon == port)
        try gate.fileHandleForWriting.write(contentsOf: Data("go\n".utf8))
        real.processes.awaitMoving(port: port)
        let node = NodeAddress(port: port)
        #expect(cluster.lab.nodes.contains(node))
        let control = try #require(cluster.lab.control)
        try cluster.await("the daemon is found") { control.state(of: node) == .running }
        try control.crash(node)
        try control.boot(node)
        #expect(control.state(of: node) == .running)
        cluster.lab.shutDown()
        #expect(control.state(of: node) == .down)
    }

    @Test func `whoever finds the table of a lab that was killed ends its servers`() throws {
        let real = try RealLab()
        let cluster = TestedCluster(try real.lab.start(try plan(1, 1)))
        let control = try #require(cluster.lab.control)
        try control.freeze(cluster[1])
        ProcessTable.endAll(listedIn: "\(real.path)/processes")
        for node in 0...1 { #expect(control.state(of: cluster[node]) == .down) }
    }

    @Test func `an engine that is none is refused with what to type`() throws {
        #expect(throws: LabError.self) { try RedisEngine(at: "/nonexistent/redis-server") }
        #expect(throws: LabError.self) { try RedisEngine(at: "/bin/echo") }
        let engine = try RedisEngine(at: nil)
        #expect(engine.version.split(separator: ".").count == 3)
        #expect(engine.warning == nil)
    }

    @Test func `whose program it is, is read off what it says of itself`() throws {
        let folder = try TemporaryFolder()
        let table = [
            "Redis server v=8.2.3 sha=00000000:0 malloc=libc": "Redis 8.2.3",
            "Valkey server v=8.0.1 sha=00000000:1 malloc=libc": "Valkey 8.0.1",
            // Valkey's first release took the name out, and put none in.
            "Server v=7.2.7 sha=00000000:0 malloc=libc": "Valkey 7.2.7",
        ]
        for (line, name) in table {
            let path = "\(folder.path)/server"
            try TextFile.replace(path, with: "#!/bin/sh\necho '\(line)'\n")
            try #require(chmod(path, 0o755) == 0)
            let engine = try RedisEngine(at: path)
            #expect(engine.name == name)
            #expect(engine.warning == nil)
        }
    }

    @Test func `engines that do not take one another's data or news are told`() throws {
        let folder = try TemporaryFolder()
        func engine(_ line: String) throws -> RedisEngine {
            let path = "\(folder.path)/\(line.filter { $0.isLetter || $0.isNumber })"
            try TextFile.replace(path, with: "#!/bin/sh\necho '\(line)'\n")
            try #require(chmod(path, 0o755) == 0)
            return try RedisEngine(at: path)
        }
        let old = try engine("Redis server v=7.0.15 sha=0")
        let (redis, valkey) = (
            try engine("Redis server v=8.2.3 sha=0"), try engine("Valkey server v=8.0.1 sha=0")
        )
        let alike = [try engine("Redis server v=7.2.6 sha=0"), try engine("Server v=7.2.7 sha=0")]
        #expect(RedisEngine.warning(mixing: [old]) == nil)
        #expect(RedisEngine.warning(mixing: alike + [valkey]) == nil)
        #expect(
            RedisEngine.warning(mixing: [valkey, old])?.hasPrefix(
                "Redis 7.0.15 reads no data of Valkey 8.0.1") == true)
        #expect(RedisEngine.warning(mixing: [redis, valkey])?.contains("bus") == true)
        // The lab's own node reads what each of them writes, and writes what each of them reads.
        let lab = try RedisEngine.list("lab", executable: "/bin/clusterlab")
        for engine in alike + [old, redis, valkey] {
            #expect(RedisEngine.warning(mixing: lab + [engine]) == nil)
        }
        let newest = try engine("Valkey server v=9.1.2 sha=0")
        #expect(
            RedisEngine.warning(mixing: lab + [newest])?.hasPrefix(
                "clusterlab reads no data of Valkey 9.1.2") == true)
    }

    @Test func `a list of engines names each, and the lab's own node by its word`() throws {
        let engines = try RedisEngine.list("redis-server,lab", executable: "/bin/clusterlab")
        #expect(engines.map(\.kind) == [.redis, .lab])
        #expect(engines[1].command == ["/bin/clusterlab", "server"])
        #expect(engines[1].warning == nil)
        #expect(throws: LabError.self) { try RedisEngine.list("redis-server,,lab", executable: "") }
        #expect(throws: LabError.self) { try RedisEngine.list("nosuch", executable: "") }
    }
}
