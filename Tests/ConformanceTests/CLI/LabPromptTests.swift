import Foundation
import Lab
import LabBackends
import Shell
import TestSupport
import Testing

/// The lab's prompt beside redis-cli, at a real server.
@Suite(
    .serialized,
    .enabled(if: RedisCLI.isInstalled, Comment(rawValue: RedisCLI.absence)),
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct LabPromptTests {
    private static let lines = [
        "PING", "--raw PING", "--no-raw GET k", "--csv LRANGE list 0 -1", "--json LRANGE list 0 -1",
        "--quoted-json GET k", "-3 HELLO", "-2 LRANGE list 0 -1", "-d | --raw LRANGE list 0 -1",
        "-r 3 PING", "-r 2 -i 0.01 PING", "-n 1 DBSIZE", "-n 99 DBSIZE", "-a pw PING",
        "-a pw --no-auth-warning PING", "--user u --pass pw PING", "-e GET list", "-e NOSUCH",
        "NOSUCH a", "GET list", "INFO nosuch", "help GET", "help @hyperloglog", "--nosuch", "-p",
        "-2 -3 PING", "--show-pushes q PING", "-u foo PING", "--quoted-input GET '\"k\"'",
        "-h localhost GET k", "-p 1 PING", "-s /nonexistent PING", "--help", "--version",
        "DEBUG PROTOCOL bignum", "-3 DEBUG PROTOCOL push", "-c GET k",
    ]

    @Test(.timeLimit(.minutes(2)), arguments: lines)
    func `one command prints what redis-cli prints`(_ line: String) throws {
        let server = try RedisServer(inCluster: false)
        let connection = try server.connect()
        for words in [["SET", "k", "v\u{7F}\u{FC}"], ["RPUSH", "list", "a", "b"]] {
            _ = try connection.send(words.map { Array($0.utf8) })
        }
        let port = "-p \(server.address.port) "
        var screen = ""
        var shell = ShellSession(
            cluster: Outside(server.address), lines: NoLines(), terminal: Terminal { screen += $0 })
        shell.run("redis-cli \(port)\(line)")
        let words = (port + line).replacing("'", with: "").split(separator: " ").map(String.init)
        let theirs = try RedisCLI.run(words, terminal: true).text
        #expect(Self.comparable(screen) == Self.comparable(theirs))
    }

    @Test(
        .timeLimit(.minutes(1)),
        .enabled(if: ServerProgram.labPath != nil, "the clusterlab program is not built"))
    func `what never ends streams until Ctrl-C, and hints are the server's own`() throws {
        let server = try RedisServer(inCluster: false)
        let connection = try server.connect()
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-prompt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let terminal = try PseudoTerminal(
            ServerProgram.labPath ?? "clusterlab",
            [
                "play", "--masters", "0", "--port", "\(try FreePorts(count: 1).first)",
                "--workspace", folder.appending(path: "workspace").path,
            ], type: "xterm", home: folder.path)
        _ = try terminal.read(to: "not connected> ")
        terminal.type("redis-cli -p \(server.address.port)\r")
        _ = try terminal.readToPrompt()
        for (command, message) in [("subscribe ch", "ch"), ("psubscribe c*", "c*")] {
            terminal.type(command + "\r")
            _ = try terminal.read(to: "Reading messages... (press Ctrl-C to quit)")
            _ = try terminal.read(to: "3) (integer) 1\r\n")
            _ = try connection.send("PUBLISH", "ch", "to \(message)")
            _ = try terminal.read(to: "\"to \(message)\"\r\n")
            terminal.interrupt()
            _ = try terminal.readToPrompt()
        }
        terminal.type("monitor\r")
        _ = try terminal.read(to: "OK\r\n")
        _ = try connection.send("SET", "a", "b")
        _ = try terminal.read(to: "\"SET\" \"a\" \"b\"\r\n")
        terminal.interrupt()
        _ = try terminal.readToPrompt()
        terminal.type("get ")
        _ = try terminal.read(to: "\u{1B}[0;90;49mkey\u{1B}[0m")
        terminal.type("a\r")
        _ = try terminal.read(to: "\"b\"\r\n")
        _ = try terminal.readToPrompt()
        terminal.type("quit\r")
        #expect(terminal.end().status == 0)
    }

    /// Without what differs from connection to connection.
    private static func comparable(_ screen: String) -> String {
        screen.replacing(#/("id"\W*(?:\d\) )?(?:=> )?\(integer\) )\d+/#) { "\($0.1)N" }
    }

    /// A server that is no part of a lab.
    private final class Outside: LabCluster {
        let nodes: [NodeAddress]

        init(_ address: NodeAddress) { nodes = [address] }

        func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
            try testConnection(to: address)
        }

        func openStream(to endpoint: StreamEndpoint) throws(StreamFailure) -> any ByteStream {
            try SocketStream(endpoint)
        }

        func shutDown() {}
    }

    private final class NoLines: LineSource {
        var isInteractive: Bool { false }
        func remember(_ line: String) {}
        func read(prompt: String, aid: LineAid) -> LineInput { .end }
    }
}
