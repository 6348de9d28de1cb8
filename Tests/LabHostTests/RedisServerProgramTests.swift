import Foundation
import Lab
import LabBackends
import LabHost
import RESP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)), .serialized)
struct RedisServerProgramTests {
    @Test func `in the foreground it logs until Ctrl-C`() throws {
        let work = try LabAtWork()
        defer { withExtendedLifetime(work) {} }
        let port = try FreePorts(count: 1).first
        let server = try work.start(["redis-server", "--port", "\(port)"])
        try server.awaitOutput("4242:M")
        try server.awaitOutput("Ready to accept connections")
        let client = try testConnection(to: NodeAddress(port: port))
        #expect(try client.send("PING") == .simpleString("PONG"))
        #expect(work.servers.addresses == [NodeAddress(port: port)])
        server.signal("SIGINT")
        let outcome = server.end()
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("Received SIGINT scheduling shutdown..."))
        #expect(outcome.output.contains("bye bye..."))
        #expect(throws: LabError.self) { try testConnection(to: NodeAddress(port: port)) }
    }

    @Test func `what ran beside the lab's ports is looked for no more when it has ended`() throws {
        let work = try LabAtWork()
        defer { withExtendedLifetime(work) {} }
        let port = try FreePorts(count: 1).first
        let stray = [NodeAddress(port: port)]
        let server = try work.start(["redis-server", "--port", "\(port)"])
        try server.awaitOutput("Ready to accept connections")
        // It listens a moment before the lab has written it down.
        try waitUntil("the lab knows of it") { !work.servers.addresses.isEmpty }
        #expect(work.servers.addresses(aroundPort: port + 1) == stray)
        server.signal("SIGINT")
        _ = server.end()
        #expect(work.servers.addresses(aroundPort: port + 1) == [])
        // A lesson may ask whether one of its own is there.
        #expect(work.servers.addresses(aroundPort: port - 19) == stray)
    }

    @Test func `with daemonize it returns at once, and keeps its files in its directory`() throws {
        let work = try LabAtWork()
        defer { withExtendedLifetime(work) {} }
        let port = try FreePorts(count: 1).first
        try work.write(
            """
            port \(port)
            cluster-enabled yes
            dir node
            logfile node.log
            daemonize yes
            include more.conf

            """, to: "conf/redis.conf")
        try work.write("pidfile node.pid\n", to: "more.conf")
        try work.write("", to: "node/empty")
        // `include` is read where the directive `dir` has led.
        try work.write("pidfile node.pid\n", to: "node/more.conf")
        let outcome = try work.run("redis-server", "conf/redis.conf")
        #expect(outcome == LabAtWork.Outcome(status: 0))
        let client = try testConnection(to: NodeAddress(port: port))
        #expect(try client.send("SET", "a", "1").errorCode == "CLUSTERDOWN")
        #expect(try work.read("node/nodes.conf").contains("myself"))
        #expect(try work.read("node/node.log").contains("Ready to accept connections"))
        #expect(try work.read("node/node.pid") == "4242\n")
        #expect(throws: LabError.self) { _ = try client.send("SHUTDOWN") }
    }

    @Test func `who kills the launcher kills the server`() throws {
        let work = try LabAtWork()
        defer { withExtendedLifetime(work) {} }
        let port = try FreePorts(count: 1).first
        var request = ControlRequest()
        request.arguments = ["redis-server", "--port", "\(port)"]
        request.folder = "\(work.folder)/workspace"
        var client: ControlClient? = try ControlClient(
            path: work.lab.place.socket, request: request)
        try waitUntil("the server listens") {
            (try? testConnection(to: NodeAddress(port: port))) != nil
        }
        #expect(client != nil)
        client = nil
        try waitUntil("the server is gone") {
            (try? testConnection(to: NodeAddress(port: port))) == nil
        }
    }

    @Test func `two nodes do not share a nodes.conf, nor a port`() throws {
        let work = try LabAtWork()
        defer { withExtendedLifetime(work) {} }
        let port = try FreePorts(count: 2).first
        let options = ["--cluster-enabled", "yes", "--daemonize", "yes"]
        _ = try work.run(["redis-server", "--port", "\(port)"] + options)
        let second = try work.run(
            "redis-server", "--port", "\(port + 1)", "--cluster-enabled", "yes")
        #expect(second.status == 1)
        #expect(
            second.output.contains(
                "Sorry, the cluster configuration file nodes.conf is already used by a different "
                    + "Redis Cluster node. Please make sure that different nodes use different cluster "
                    + "configuration files."))
        let third = try work.run("redis-server", "--port", "\(port)")
        #expect(third.status == 1)
        #expect(third.output.contains("Failed listening on port \(port) (TCP), aborting."))
        // The parent of a daemon has left when the child fails.
        #expect(try work.run(["redis-server", "--port", "\(port)"] + options).status == 0)
    }

    @Test(arguments: ["--test-memory 4", "--check-system", "redis.conf --sentinel"])
    func `what no cluster needs is refused by its name`(_ line: String) throws {
        let work = try LabAtWork()
        defer { withExtendedLifetime(work) {} }
        let words = line.split(separator: " ").map(String.init)
        let outcome = try work.run(["redis-server"] + words)
        let option = words.first { $0.hasPrefix("--") } ?? ""
        #expect(outcome.error.hasPrefix("clusterlab: \(option) is not here: "))
        #expect(outcome.status == 1)
    }

    struct Mistake: CustomTestStringConvertible {
        var arguments: [String]
        var conf = ""
        var testDescription: String { arguments.joined(separator: " ") + conf }
    }

    @Test(
        .enabled(if: ServerProgram.labPath != nil, "the program has not been built"),
        arguments: [
            Mistake(arguments: ["redis.conf"], conf: "port 7000  # Unique port per node\n"),
            Mistake(arguments: ["redis.conf"], conf: "\n\nbogus 1\n"),
            Mistake(arguments: ["redis.conf"], conf: "dir nosuch\n"),
            Mistake(arguments: ["redis.conf"], conf: "include nosuch.conf\n"),
            Mistake(arguments: ["--port", "x"]), Mistake(arguments: ["--save", "1"]),
        ])
    func `what is wrong is told as a process of its own tells it`(_ mistake: Mistake) throws {
        let work = try LabAtWork()
        defer { withExtendedLifetime(work) {} }
        if !mistake.conf.isEmpty { try work.write(mistake.conf, to: "redis.conf") }
        let outcome = try work.run(["redis-server"] + mistake.arguments)
        let program = try ServerProgram(.lab, mistake.arguments, in: "\(work.folder)/workspace")
        let expected = program.outputToEnd()
        #expect(expected.contains("FATAL CONFIG FILE ERROR") || expected.contains("Fatal error"))
        // A line of the log begins with the process and the time.
        let told = (outcome.error + outcome.output).replacing(#/^\d+:C .{24} /#, with: "")
        #expect(told == expected.replacing(#/^\d+:C .{24} /#, with: ""))
        #expect(outcome.status == program.status)
    }

    @Test func `standard input is read where it is asked for`() throws {
        let work = try LabAtWork()
        defer { withExtendedLifetime(work) {} }
        let port = try FreePorts(count: 1).first
        let outcome = try work.run(
            ["redis-server", "-"], input: "port \(port)\ndaemonize yes\nmaxmemory 1mb\n")
        #expect(outcome.status == 0)
        let client = try testConnection(to: NodeAddress(port: port))
        #expect(try client.send("CONFIG", "GET", "maxmemory").elements?.last?.text == "1048576")
    }

    @Test func `the lab says what it has not`() throws {
        let work = try LabAtWork()
        defer { withExtendedLifetime(work) {} }
        #expect(try work.run("frob").status == 127)
        #expect(try work.run("redis-server", "--version").output.hasPrefix("Redis server v=7.0.15"))
    }
}
