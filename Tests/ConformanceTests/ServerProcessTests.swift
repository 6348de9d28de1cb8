import ClusterCore
import Foundation
import Lab
import LabBackends
import NodeServer
import RESP
import TestSupport
import Testing

/// `clusterlab server` as a process, next to redis-server.
@Suite(
    .enabled(if: ServerProgram.labPath != nil, "the program is not built"), .timeLimit(.minutes(2)),
    .serialized)
struct ServerProcessTests {
    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
    func `a wrong configuration is refused in redis-server's words`() throws {
        let folder = try Folder()
        try folder.write("\n  bad directive here\n", to: "included.conf")
        for text in Self.wrong {
            try folder.write(text, to: "redis.conf")
            let theirs = try ServerProgram(.redis, ["redis.conf"], in: folder.path)
            let ours = try ServerProgram(.lab, ["redis.conf"], in: folder.path)
            #expect(ours.outputToEnd() == theirs.outputToEnd(), "\(text)")
            #expect(ours.status == theirs.status && ours.status == 1, "\(text)")
        }
    }

    private static let wrong = [
        "port 7000  # Unique port per node\n", "# ok\n\nprt 1\n", "port\n", "port abc\n",
        "port 70000\n", "cluster-enabled maybe\n", "requirepass \"abc\n", "maxmemory 12zb\n",
        "maxmemory-policy often\n", "save 10\n", "save 0 1\n", "dir /nonexistent\n",
        "include included.conf\n", "loglevel loud\n", "logfile /nonexistent/log\n",
        "cluster-enabled yes\nreplicaof 127.0.0.1 1\n", "replicaof 127.0.0.1 abc\n",
        "sentinel monitor a\n", "cluster-announce-hostname a_b\n", "dbfilename a/b\n",
        "appendfilename \"\"\n", "repl-timeout 0\n", "databases 0\n", "hz x\n",
        "client-output-buffer-limit foo 1 2 3\n", "daemonize 1\n",
    ]

    @Test func `a node saves on SIGTERM, and is the same one when it comes again`() throws {
        let folder = try Folder()
        let port = try FreePorts(count: 1).first
        let arguments = ["--port", "\(port)", "--cluster-enabled", "yes"]
        let first = try ServerProgram(.lab, arguments, in: folder.path)
        let id = try fill(first, port)
        #expect(first.end(by: SIGTERM) == 0)
        let second = try ServerProgram(.lab, arguments, in: folder.path)
        let client = try second.connect(port: port)
        #expect(try client.send("CLUSTER", "MYID").text == id)
        try awaitOK(client)
        #expect(try client.send("GET", "key").text == "value")
        // Killed at once, it has what it had on the disk.
        second.end(by: SIGKILL)
        let third = try ServerProgram(.lab, arguments, in: folder.path)
        let again = try third.connect(port: port)
        #expect(try again.send("CLUSTER", "MYID").text == id)
        #expect(try again.send("DBSIZE") == .integer(1))
    }

    @Test func `two nodes do not share a nodes.conf`() throws {
        let folder = try Folder()
        let ports = try FreePorts(count: 2).first
        let first = try ServerProgram(
            .lab, ["--port", "\(ports)", "--cluster-enabled", "yes"], in: folder.path)
        // By then the file has been written anew, and is locked still.
        _ = try fill(first, ports)
        let second = try ServerProgram(
            .lab, ["--port", "\(ports + 1)", "--cluster-enabled", "yes"], in: folder.path)
        #expect(
            second.outputToEnd().contains(
                "nodes.conf is already used by a different Redis Cluster node. Please make sure that "
                    + "different nodes use different cluster configuration files."))
        #expect(second.status == 1)
    }

    @Test func `the log has Redis' form`() throws {
        let folder = try Folder()
        let port = try FreePorts(count: 1).first
        let server = try ServerProgram(
            .lab, ["--port", "\(port)", "--hz", "20"], in: folder.path)
        _ = try server.connect(port: port).send("PING")
        server.end(by: SIGINT)
        let lines = server.outputToEnd().split(separator: "\n")
        let form = /\d+:[CM] \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} [-.*#] .+/
        #expect(lines.allSatisfy { $0.wholeMatch(of: form) != nil })
        for part in [
            "Ready to accept connections", "These directives change nothing here: hz",
            "Received SIGINT scheduling shutdown...", "bye bye...",
        ] {
            #expect(lines.contains { $0.contains(part) }, "\(part)")
        }
    }

    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
    func `CONFIG shows what the process was told, as redis-server's does`() throws {
        var replies: [RESPValue] = []
        for kind in [ServerProgram.Kind.lab, .redis] {
            let folder = try Folder()
            let port = try FreePorts(count: 1).first
            let server = try ServerProgram(
                kind,
                [
                    "--port", "\(port)", "--loglevel", "Warning", "--logfile", "log", "--pidfile",
                    "pid", "--shutdown-on-sigterm", "now", "nosave", "--save", "900", "1",
                    "--latency-tracking-info-percentiles", "50", "99.95", "--maxmemory-clients",
                    "5%", "--rdbcompression", "no",
                ], in: folder.path)
            let client = try server.connect(port: port)
            let names = [
                "log*", "pidfile", "daemonize", "shutdown-on-*", "save", "latency-tracking-info*",
                "maxmemory-clients", "rdbcompression", "replicaof",
            ]
            let reply = try client.send((["CONFIG", "GET"] + names).map { Array($0.utf8) })
            replies.append(.array(Self.sortedPairs(reply)))
            // It may be written after the first client is taken.
            try waitUntil("the file of the process' number") {
                (try? String(contentsOfFile: "\(folder.path)/pid", encoding: .utf8))?
                    .hasSuffix("\n") == true
            }
            _ = try client.send("SET", "key", "value")
            // A child of a test has SIGTERM blocked, which redis-server leaves so.
            guard kind == .lab else { continue }
            #expect(server.end(by: SIGTERM) == 0)
            #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/dump.rdb"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/pid"))
        }
        #expect(replies[0] == replies[1])
    }

    /// The pairs of CONFIG GET by their names.
    private static func sortedPairs(_ reply: RESPValue) -> [RESPValue] {
        let elements = reply.elements ?? []
        let pairs = stride(from: 0, to: elements.count - 1, by: 2).map {
            RESPValue.array([elements[$0], elements[$0 + 1]])
        }
        return pairs.sorted { "\($0)" < "\($1)" }
    }

    @Test func `loglevel is followed while the process runs`() throws {
        let folder = try Folder()
        let port = try FreePorts(count: 1).first
        let server = try ServerProgram(
            .lab, ["--port", "\(port)", "--logfile", "log", "--enable-debug-command", "yes"],
            in: folder.path)
        let client = try server.connect(port: port)
        _ = try client.send("CONFIG", "SET", "loglevel", "warning", "save", "")
        _ = try client.send("REPLICAOF", "NO", "ONE")
        _ = try client.send("BGREWRITEAOF")
        _ = try client.send("DEBUG", "LOG", "a warning")
        server.end(by: SIGTERM)
        let log = try String(contentsOfFile: "\(folder.path)/log", encoding: .utf8)
        #expect(log.contains(" # DEBUG LOG: a warning"))
        #expect(!log.contains("Background append only file rewriting started"))
    }

    @Test func `a port in use ends the process`() throws {
        let folder = try Folder()
        let listener = try BusListener()
        for (port, kind) in [(listener.port, "TCP"), (listener.port - 10_000, "cluster")] {
            let server = try ServerProgram(
                .lab, ["--port", "\(port)", "--cluster-enabled", "yes"], in: folder.path)
            let output = server.outputToEnd()
            #expect(
                output.contains("Failed listening on port \(listener.port) (\(kind)), aborting."))
            #expect(server.status == 1)
        }
    }

    @Test func `three processes make a cluster, and one that was killed comes back to it`() throws {
        let folder = try Folder()
        let port = try FreePorts(count: 3).first
        func start(_ index: Int) throws -> ServerProgram {
            try folder.make("\(index)")
            return try ServerProgram(
                .lab,
                [
                    "--port", "\(port + index)", "--cluster-enabled", "yes", "--dir", "\(index)",
                    "--cluster-node-timeout", "2000", "--logfile", "log",
                ], in: folder.path)
        }
        var servers = try (0..<3).map(start)
        let slots = ["0", "5460", "5461", "10922", "10923", "16383"]
        for index in 0..<3 {
            let client = try servers[index].connect(port: port + index)
            #expect(
                try client.send(
                    "CLUSTER", "ADDSLOTSRANGE", slots[2 * index], slots[2 * index + 1])
                    == .simpleString("OK"))
            if index > 0 {
                _ = try client.send("CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)")
                _ = try client.send("CLUSTER", "MEET", "127.0.0.1", "\(port)")
            }
        }
        for index in 0..<3 { try awaitOK(servers[index].connect(port: port + index)) }
        servers[1].end(by: SIGKILL)
        servers[1] = try start(1)
        try awaitOK(servers[1].connect(port: port + 1))
        let nodes = try servers[1].connect(port: port + 1).send("CLUSTER", "NODES").text ?? ""
        #expect(nodes.split(separator: "\n").count == 3)
    }

    /// Gives the node all slots and a key.
    /// - Returns: its name.
    private func fill(_ server: ServerProgram, _ port: Int) throws -> String? {
        let client = try server.connect(port: port)
        _ = try client.send("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        try awaitOK(client)
        #expect(try client.send("SET", "key", "value") == .simpleString("OK"))
        return try client.send("CLUSTER", "MYID").text
    }

    private func awaitOK(_ client: RESPConnection) throws {
        try waitUntil("cluster_state:ok") {
            try client.send("CLUSTER", "INFO").text?.hasPrefix("cluster_state:ok") == true
        }
    }
}

/// A folder that lasts as long as this value.
private final class Folder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-server-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    }

    func make(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    }
}
