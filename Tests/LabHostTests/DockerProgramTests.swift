import Foundation
import Lab
import LabBackends
import LabHost
import NodeServer
import RESP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)), .serialized)
struct DockerProgramTests {
    private let work: LabAtWork

    init() throws {
        work = try LabAtWork()
    }

    private func docker(_ line: String) throws -> LabAtWork.Outcome {
        try work.run(["docker"] + line.split(separator: " ").map(String.init))
    }

    private func client(_ port: Int) throws -> RESPConnection {
        try testConnection(to: NodeAddress(port: port))
    }

    @Test func `containers share a port, and clients reach the published ones`() throws {
        defer { withExtendedLifetime(work) {} }
        let ports = try FreePorts(count: 2).first
        for index in 0..<2 {
            let outcome = try docker("run -d -p \(ports + index):6379 --name n\(index) redis")
            #expect(outcome.output.count == 65)
            #expect(outcome.status == 0)
            #expect(
                try client(ports + index).send("CONFIG", "GET", "port").elements?.last?.text
                    == "6379")
        }
        #expect(
            try docker("port n0").output
                == "6379/tcp -> 0.0.0.0:\(ports)\n6379/tcp -> [::]:\(ports)\n")
        let addresses = try docker(
            "inspect -f {{.NetworkSettings.IPAddress}}/{{.State.Status}} n0 n1")
        #expect(addresses.output == "172.17.0.2/running\n172.17.0.3/running\n")
        #expect(try client(ports).send("CLIENT", "INFO").text?.contains("addr=172.17.0.1:") == true)
        let list = try docker("ps").output.split(separator: "\n")
        #expect(list.count == 3)
        #expect(list[1].contains("redis     \"docker-entrypoint.s…\"") || list[1].hasSuffix("n1"))
        #expect(try docker("ps -aq").output.split(separator: "\n").map(\.count) == [12, 12])
    }

    @Test func `docker's own words for what cannot be`() throws {
        defer { withExtendedLifetime(work) {} }
        let port = try FreePorts(count: 1).first
        let id = try docker("run -d -p \(port):6379 --name a redis").output.dropLast()
        let conflict = try docker("run -d --name a redis")
        #expect(conflict.status == 125)
        #expect(
            conflict.error.hasPrefix(
                "docker: Error response from daemon: Conflict. The container name \"/a\" is already in "
                    + "use by container \"\(id)\". You have to remove (or rename) that container to be "
                    + "able to reuse that name."))
        let taken = try docker("run -d --name b -p \(port):6379 redis")
        #expect(taken.status == 125)
        #expect(taken.error.contains("Bind for 0.0.0.0:\(port) failed: port is already allocated."))
        #expect(try docker("ps -a --filter name=b --format {{.Status}}").output == "Created\n")
        for verb in ["stop", "start", "restart", "kill", "rm", "logs", "port"] {
            let outcome = try docker("\(verb) nosuch")
            #expect(
                outcome.error.hasPrefix("Error response from daemon: No such container: nosuch\n"))
            #expect(outcome.status == 1)
        }
        #expect(
            try docker("rm a").error
                == "Error response from daemon: cannot remove container \"/a\": container is running: "
                + "stop the container before removing or force remove\n")
        #expect(try docker("inspect nosuch").error == "Error: No such object: nosuch\n")
        #expect(
            try docker("run redis-typo").error.hasPrefix("Unable to find image 'redis-typo:latest'")
        )
        #expect(
            try docker("run --frob redis").error
                == "unknown flag: --frob\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\n"
                + "Run 'docker run --help' for more information\n")
        #expect(
            try docker("stop").error
                == "docker: 'docker stop' requires at least 1 argument\n\nUsage:  docker stop [OPTIONS] "
                + "CONTAINER [CONTAINER...]\n\nSee 'docker stop --help' for more information\n")
        #expect(
            try docker("frob").error
                == "docker: unknown command: docker frob\n\nRun 'docker --help' for more information\n"
        )
        #expect(try docker("compose up").error.contains("has no compose"))
        #expect(
            try docker("run --rm --restart always redis").error.hasPrefix(
                "docker: conflicting options: cannot specify both --restart and --rm\n"))
        #expect(
            try docker("run -p 1:x redis").error.hasPrefix("docker: invalid containerPort: x\n"))
        #expect(try docker("kill -s FROB a").error.contains("invalid signal: FROB"))
        #expect(try docker("rm -f nosuch").status == 0)
    }

    @Test func `a container ends, starts again with its data, and goes`() throws {
        defer { withExtendedLifetime(work) {} }
        let port = try FreePorts(count: 1).first
        _ = try docker("run -d -p \(port):6379 --name a redis")
        _ = try client(port).send("SET", "key", "value")
        #expect(try docker("stop a").output == "a\n")
        #expect(try docker("ps -a --format {{.Status}}").output.hasPrefix("Exited (0)"))
        #expect(throws: LabError.self) { try client(port) }
        #expect(try docker("start a").status == 0)
        #expect(try client(port).send("GET", "key").text == "value")
        #expect(try docker("logs a").output.contains("1:M"))
        #expect(try docker("kill a").output == "a\n")
        #expect(try docker("ps -a --format {{.Status}}").output.hasPrefix("Exited (137)"))
        #expect(try docker("kill a").error.contains("is not running"))
        #expect(try docker("exec a redis-cli PING").error.contains("is not running"))
        #expect(try docker("rm a").status == 0)
        #expect(try docker("ps -aq").output.isEmpty)
        #expect(try docker("run -d --name a redis").status == 0)
        #expect(try docker("rm -f a").status == 0)
    }

    @Test func `the lab finds a container at its own address, and nobody there once it has ended`()
        throws
    {
        defer { withExtendedLifetime(work) {} }
        let cluster = try InProcessLab(hosted: work.servers).start(
            ClusterPlan(masters: 0, replicas: 0, port: try FreePorts(count: 1).first))
        defer { cluster.shutDown() }
        _ = try docker("run -d --name a redis")
        let address = NodeAddress(host: "172.17.0.2", port: 6379)
        #expect(cluster.nodes == [address])
        for limit in [Duration.seconds(1), .seconds(5)] {
            let connection = try cluster.connect(to: address, within: limit)
            #expect(try connection.send("PING") == .simpleString("PONG"))
            connection.close()
        }
        _ = try docker("stop a")
        #expect(throws: LabError.refused(address, reason: "No route to host")) {
            try cluster.connect(to: address, within: .seconds(1))
        }
        #expect(throws: StreamFailure.self) {
            try cluster.openStream(to: .tcp(host: address.host, port: address.port))
        }
        let control = try #require(cluster.control)
        let words = "\(address) is a container: docker start NAME, with its name from docker ps -a."
        #expect(throws: LabError.unsupported(words)) { try control.boot(address) }
        _ = try docker("start a")
        try cluster.connect(to: address).close()
    }

    @Test func `another cluster begins without containers, networks, volumes and servers of the last`()
        throws
    {
        defer { withExtendedLifetime(work) {} }
        let ports = try FreePorts(count: 3).first
        let networks = try docker("network ls").output
        _ = try docker("network create redis-net")
        _ = try docker(
            "run -d --restart always -p \(ports):6379 --name a --network redis-net -v data:/data redis")
        let server = try work.start(["redis-server", "--port", "\(ports + 1)", "--save", ""])
        try server.awaitOutput("Ready to accept connections")
        _ = try client(ports).send("SET", "key", "value")
        _ = try client(ports).send("SAVE")
        let cluster = try InProcessLab(hosted: work.servers).start(
            ClusterPlan(masters: 0, replicas: 0, port: ports + 2))
        defer { cluster.shutDown() }
        #expect(server.end().status == 0)
        #expect(cluster.nodes.isEmpty)
        #expect(try docker("ps -aq").output.isEmpty)
        #expect(try docker("network ls").output == networks)
        #expect(throws: LabError.self) { try client(ports + 1) }
        let again = try docker("run -d -p \(ports):6379 --name a -v data:/data redis")
        #expect(again.status == 0)
        #expect(try client(ports).send("DBSIZE") == .integer(0))
    }

    @Test func `what is frozen or has no time to end keeps nobody waiting when the lab is made new`()
        throws
    {
        defer { withExtendedLifetime(work) {} }
        let port = try FreePorts(count: 1).first
        let cluster = try InProcessLab(hosted: work.servers).start(
            ClusterPlan(masters: 0, replicas: 0, port: port))
        defer { cluster.shutDown() }
        let server = try work.start(["redis-server", "--port", "\(port)"])
        try server.awaitOutput("Ready to accept connections")
        try #require(cluster.control).freeze(NodeAddress(port: port))
        let start = ContinuousClock.now
        work.lab.reset()
        #expect(start.duration(to: .now) < .seconds(8))
        #expect(throws: LabError.self) { try client(port) }
        _ = server.end()
    }

    @Test func `a configuration that is wrong ends the container, and its log says why`() throws {
        defer { withExtendedLifetime(work) {} }
        try work.write("port 6379 # x\n", to: "redis.conf")
        _ = try docker(
            "run -d --name a -v ./redis.conf:/etc/redis.conf redis redis-server /etc/redis.conf")
        #expect(try docker("logs a").output.contains(">>> 'port 6379 # x'"))
        #expect(try docker("ps -a --format {{.Status}}").output.hasPrefix("Exited (1)"))
        let missing = try docker("run --rm redis /etc/nosuch.conf")
        #expect(missing.output.contains("can't open config file '/etc/nosuch.conf'"))
        #expect(missing.status == 1)
        #expect(try docker("ps -aq").output.split(separator: "\n").count == 1)
    }

    @Test func `without -d it is at the front until Ctrl-C`() throws {
        defer { withExtendedLifetime(work) {} }
        let running = try work.start(["docker", "run", "--rm", "--name", "a", "redis"])
        try running.awaitOutput("Ready to accept connections")
        running.signal("SIGINT")
        #expect(running.end().status == 0)
        #expect(try docker("ps -aq").output.isEmpty)
    }

    @Test func `a container that is to restart is back after SHUTDOWN, and stays down after stop`()
        throws
    {
        defer { withExtendedLifetime(work) {} }
        let port = try FreePorts(count: 1).first
        _ = try docker("run -d --restart always -p \(port):6379 --name a redis")
        #expect(throws: LabError.self) { _ = try client(port).send("SHUTDOWN") }
        try waitUntil("the container is back") {
            (try? client(port).send("PING")) == .simpleString("PONG")
        }
        _ = try docker("stop a")
        #expect(try docker("ps -a --format {{.Status}}").output.hasPrefix("Exited (0)"))
    }

    @Test func `networks are made, have addresses of their own, and go when nobody is on them`()
        throws
    {
        defer { withExtendedLifetime(work) {} }
        #expect(try docker("network create mine").output.count == 65)
        #expect(
            try docker("network create mine").error
                == "Error response from daemon: network with name mine already exists\n")
        _ = try docker("run -d --network mine --name a redis")
        let format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        #expect(
            try work.run("docker", "inspect", "-f", format, "a").output == "172.18.0.2\n")
        #expect(try docker("network rm mine").error.contains("has active endpoints"))
        _ = try docker("rm -f a")
        #expect(try docker("network rm mine").output == "mine\n")
        #expect(try docker("run --network mine redis").error.contains("network mine not found"))
    }

    @Test func `redis-cli in a container is redis-cli in its network`() throws {
        defer { withExtendedLifetime(work) {} }
        _ = try docker("run -d --name a redis")
        let outcome = try docker("exec -it a redis-cli -p 6379 CLUSTER INFO")
        #expect(outcome.program == ["redis-cli", "-p", "6379", "CLUSTER", "INFO"])
        let place = try #require(outcome.container.flatMap(ContainerPlace.init))
        let own = try #require(place.block.real("172.17.0.2"))
        let other = try #require(place.block.real("172.17.0.3"))
        #expect(place.route(to: "127.0.0.1") == .to(own, from: own))
        #expect(place.route(to: "172.17.0.3") == .to(other, from: own))
        #expect(place.route(to: "172.17.0.1") == .to(place.block.machine, from: own))
        #expect(place.route(to: "172.18.0.2") == .unreachable)
        #expect(place.hasInput && place.hasTerminal)
        let plain = try docker("exec a redis-cli PING").container.flatMap(ContainerPlace.init)
        #expect(plain?.hasInput == false && plain?.hasTerminal == false)
        // Names are for networks that were made.
        #expect(place.address(of: "a") == nil)
    }

    @Test func `from a container the machine is what listens at all of its addresses`() throws {
        defer { withExtendedLifetime(work) {} }
        let ports = try FreePorts(count: 5).first
        for line in [
            "-p 127.0.0.1:\(ports):6379 redis", "-p \(ports + 1):6379 redis",
            "--network host redis redis-server --port \(ports + 2) --bind 127.0.0.1",
            "--network host redis redis-server --port \(ports + 3) --protected-mode yes",
            "--network host redis redis-server --port \(ports + 4)", "--name guest redis",
        ] {
            #expect(try docker("run -d \(line)").status == 0)
        }
        let text = try #require(try docker("exec guest redis-cli PING").container)
        let place = try #require(ContainerPlace(text))
        let ask = { (port: Int, words: [String]) throws -> RESPValue in
            guard case .to(let real, let own) = place.route(to: "172.17.0.1") else {
                throw LabError.unsupported("no way to the machine")
            }
            let node = NodeAddress(host: "172.17.0.1", port: port)
            let connection = try testConnection(to: node) { () throws(ClientSocket.Failure) in
                try ClientSocket(host: real, port: port, from: own, timeout: .seconds(5))
            }
            return try connection.send(words.map { Array($0.utf8) })
        }
        for port in [ports, ports + 2] {
            let node = NodeAddress(host: "172.17.0.1", port: port)
            #expect(throws: LabError.refused(node, reason: "Connection refused")) {
                try ask(port, ["PING"])
            }
            #expect(try client(port).send("PING") == .simpleString("PONG"))
        }
        #expect(try ask(ports + 1, ["PING"]) == .simpleString("PONG"))
        #expect(try ask(ports + 3, ["PING"]).errorCode == "DENIED")
        #expect(try client(ports + 3).send("PING") == .simpleString("PONG"))
        let info = try ask(ports + 4, ["CLIENT", "INFO"]).text ?? ""
        #expect(info.contains(" addr=172.17.") && info.contains(" laddr=172.17.0.1:\(ports + 4) "))
    }

    @Test func `a network that was made knows its containers by name`() throws {
        defer { withExtendedLifetime(work) {} }
        _ = try docker("network create --subnet=172.20.0.0/16 mine")
        _ = try docker("run -d --network mine --ip 172.20.0.9 --network-alias first --name a redis")
        _ = try docker("run -d --network mine --name b redis")
        let place = try #require(
            try docker("run -it --rm --network mine redis redis-cli -h a").container
                .flatMap(ContainerPlace.init))
        #expect(place.address(of: "a") == "172.20.0.9")
        #expect(place.address(of: "first") == "172.20.0.9")
        let real = place.block.real
        let (b, own) = (try #require(real("172.20.0.2")), try #require(real("172.20.0.3")))
        #expect(place.route(to: "b") == .to(b, from: own))
        let machine = try #require(
            try work.run(["redis-cli"]).container.flatMap(ContainerPlace.init))
        let (a, gateway) = (try #require(real("172.20.0.9")), try #require(real("172.20.0.1")))
        #expect(machine.route(to: "172.20.0.9") == .to(a, from: gateway))
        let gate = machine.block.machine
        #expect(machine.route(to: "172.20.0.1") == .to(gate, from: gate))
        #expect(machine.route(to: "172.20.0.77") == .direct)
        #expect(
            try docker("run -d --ip 172.17.0.9 redis").error.contains(
                "user specified IP address is supported on user defined networks only"))
    }

    @Test(.enabled(if: RedisCLI.isInstalled, Comment(rawValue: RedisCLI.absence)))
    func `nodes on the machine's network make a cluster`() throws {
        defer { withExtendedLifetime(work) {} }
        let ports = try FreePorts(count: 3).first
        for port in ports..<ports + 3 {
            _ = try docker(
                "run -d --network host --name r\(port) redis redis-server --port \(port) "
                    + "--cluster-enabled yes")
        }
        try create((ports..<ports + 3).map { "127.0.0.1:\($0)" })
        #expect(
            try client(ports).send("CLUSTER", "INFO").text?.contains("cluster_known_nodes:3")
                == true)
    }

    @Test(.enabled(if: RedisCLI.isInstalled, Comment(rawValue: RedisCLI.absence)))
    func `nodes that announce the machine's address make a cluster`() throws {
        defer { withExtendedLifetime(work) {} }
        // The address by which the machine goes in the containers' network.
        let ports = try FreePorts(count: 3).first
        for port in ports..<ports + 3 {
            _ = try docker(
                "run -d -p \(port):\(port) -p \(port + 10_000):\(port + 10_000) --name r\(port) redis "
                    + "redis-server --port \(port) --cluster-enabled yes --cluster-announce-ip 172.17.0.1"
            )
        }
        for (index, port) in (ports..<ports + 3).enumerated() {
            let client = try client(port)
            let slots = ["0", "5460", "5461", "10922", "10923", "16383"]
            _ = try client.send(
                "CLUSTER", "ADDSLOTSRANGE", slots[2 * index], slots[2 * index + 1])
            _ = try client.send("CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)")
            if index > 0 { _ = try client.send("CLUSTER", "MEET", "172.17.0.1", "\(ports)") }
        }
        for port in ports..<ports + 3 {
            let client = try client(port)
            try waitUntil("cluster_state:ok") {
                try client.send("CLUSTER", "INFO").text?.hasPrefix("cluster_state:ok") == true
            }
            let nodes = try client.send("CLUSTER", "NODES").text ?? ""
            #expect(nodes.contains("172.17.0.1:\(ports)@\(ports + 10_000)"))
        }
    }

    @Test(.enabled(if: RedisCLI.isInstalled, Comment(rawValue: RedisCLI.absence)))
    func `the loop that publishes the client port alone never becomes a cluster`() throws {
        defer { withExtendedLifetime(work) {} }
        let ports = try FreePorts(count: 3).first
        for port in ports..<ports + 3 {
            _ = try docker(
                "run -d -p \(port):6379 --name redis-\(port) redis redis-server --cluster-enabled yes "
                    + "--port 6379")
        }
        let process = Process()
        let printed = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["redis-cli", "--cluster", "create"] + (ports..<ports + 3).map { "127.0.0.1:\($0)" }
            + ["--cluster-yes"]
        process.standardOutput = printed
        try process.run(within: .minutes(1))
        var text = ""
        while !text.hasSuffix("\n...") {
            let bytes = printed.fileHandleForReading.availableData
            try #require(!bytes.isEmpty, "it ended: \(text)")
            text += String(decoding: bytes, as: UTF8.self)
        }
        kill(process.processIdentifier, SIGKILL)
        #expect(text.contains("Waiting for the cluster to join"))
        for port in ports..<ports + 3 {
            // Those that it tries to meet are not there: nodes are known once they have answered.
            let nodes = try client(port).send("CLUSTER", "NODES").text ?? ""
            let known = nodes.split(separator: "\n").filter { !$0.contains("handshake") }
            #expect(known.count == 1)
        }
    }

    @Test(
        .enabled(if: ServerProgram.labPath != nil, "the clusterlab program is not built"),
        arguments: ["bridge", "mine"])
    func `containers become a cluster by addresses or names of their own`(
        _ network: String
    ) throws {
        defer { withExtendedLifetime(work) {} }
        if network == "mine" { _ = try docker("network create --subnet 172.19.0.0/16 mine") }
        for name in ["a", "b", "c"] {
            let run = "run -d --network \(network) --name \(name) redis"
            _ = try docker("\(run) redis-server --cluster-enabled yes")
        }
        let places =
            network == "mine"
            ? ["a", "b", "c"] : ["172.17.0.2", "172.17.0.3", "172.17.0.4"]
        let nodes = places.map { "\($0):6379" }.joined(separator: " ")
        let made = try printed(
            by: try docker("exec a redis-cli --cluster create \(nodes) --cluster-yes"))
        #expect(made.contains("[OK] All 16384 slots covered."), "\(made)")
        let seen = try printed(by: try docker("exec b redis-cli CLUSTER NODES"))
        #expect(seen.split(separator: "\n").count == 3)
        #expect(seen.contains(network == "mine" ? "172.19.0.2:6379" : "172.17.0.2:6379"))
        // From the machine, too, as on Linux.
        let other = try printed(
            by: try work.run(["redis-cli"]),
            ["-h", network == "mine" ? "172.19.0.4" : "172.17.0.4", "PING"])
        #expect(other == "PONG\n")
    }

    /// What redis-cli prints where a launcher becomes it.
    private func printed(
        by outcome: LabAtWork.Outcome, _ more: [String] = []
    ) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: try #require(ServerProgram.labPath))
        process.arguments = ["cli"] + outcome.program.dropFirst() + more
        process.environment = ["CLUSTERLAB_CONTAINER": try #require(outcome.container)]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run(within: .minutes(1))
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        return String(decoding: bytes, as: UTF8.self)
    }

    private func create(_ addresses: [String]) throws {
        let outcome = try RedisCLI.run(["--cluster", "create"] + addresses + ["--cluster-yes"])
        #expect(outcome.text.contains("[OK] All 16384 slots covered."))
        #expect(outcome.status == 0)
    }
}
