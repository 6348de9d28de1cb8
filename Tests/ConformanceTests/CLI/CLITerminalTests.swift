import Foundation
import Lab
import TestSupport
import Testing

/// Both programs at a terminal, with someone who types.
@Suite(
    .serialized,
    .enabled(if: RedisCLI.isInstalled, Comment(rawValue: RedisCLI.absence)),
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)),
    .enabled(if: ServerProgram.labPath != nil, "the clusterlab program is not built"))
struct CLITerminalTests {
    private static let lines = [
        "PING", "SET k v", "get k", "multi", "get k", "exec", "select 2", "get k", "2 PING",
        "nosuch", "help get", "hello 3", "config get maxmemory", "reset", ":set nohints",
        "AUTH secret", "get k",
    ]

    /// A dumb terminal has no editing: every byte is the same then.
    @Test(.timeLimit(.minutes(1)))
    func `a session at a terminal without editing`() throws {
        let server = try RedisServer(inCluster: false)
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var screens: [String] = []
        var histories: [String] = []
        for program in RedisCLI.Program.allCases {
            let terminal = try Self.start(program, server, type: "dumb", home: folder)
            var screen = try terminal.readToPrompt()
            for line in Self.lines {
                terminal.type(line + "\n")
                screen += try terminal.readToPrompt()
            }
            terminal.type("subscribe ch\n")
            screen += try terminal.read(to: "3) (integer) 1\r\n")
            terminal.interrupt()
            screen += try terminal.readToPrompt()
            terminal.type("quit\n")
            let end = terminal.end()
            #expect(end.status == 0)
            screens.append((screen + end.text).replacing(#/"id" => \(integer\) \d+/#, with: "id"))
            let history = folder.appending(path: ".rediscli_history")
            histories.append(try String(contentsOf: history, encoding: .utf8))
            try FileManager.default.removeItem(at: history)
        }
        #expect(screens[1] == screens[0])
        #expect(histories[1] == histories[0])
        #expect(!histories[1].contains("secret"))
    }

    @Test(.timeLimit(.minutes(1)), arguments: RedisCLI.Program.allCases)
    func `hints stand behind the cursor, and Tab completes`(_ program: RedisCLI.Program) throws {
        let server = try RedisServer(inCluster: false)
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let terminal = try Self.start(program, server, type: "xterm", home: folder)
        _ = try terminal.readToPrompt()
        terminal.type("get ")
        _ = try terminal.read(to: "\u{1B}[0;90;49mkey\u{1B}[0m")
        terminal.type("k\r")
        _ = try terminal.read(to: "(nil)")
        _ = try terminal.readToPrompt()
        terminal.type("cluster keys\t")
        _ = try terminal.read(to: "KEYSLOT")
        terminal.type(" k\r")
        _ = try terminal.read(to: "(error) ERR This instance has cluster support disabled")
        _ = try terminal.readToPrompt()
        terminal.interrupt()
        #expect(terminal.end().status == 0)
    }

    @Test(.timeLimit(.minutes(1)), arguments: RedisCLI.Program.allCases)
    func `Ctrl-D takes a letter away, and on an empty line ends the session without a mark`(
        _ program: RedisCLI.Program
    ) throws {
        let server = try RedisServer(inCluster: false)
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let terminal = try Self.start(program, server, type: "xterm", home: folder)
        _ = try terminal.readToPrompt()
        terminal.type("xecho word\u{1}\u{4}\r")
        _ = try terminal.read(to: "\"word\"")
        _ = try terminal.readToPrompt()
        terminal.type("\u{4}")
        let end = terminal.end()
        #expect(end.status == 0)
        #expect(!end.text.contains("^D"))
    }

    private static func start(
        _ program: RedisCLI.Program, _ server: RedisServer, type: String, home: URL
    ) throws -> PseudoTerminal {
        try PseudoTerminal(
            program.path ?? "redis-cli",
            program.firstArguments + ["-p", "\(server.address.port)"], type: type, home: home.path)
    }

    private static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
