import CLI
import ClusterAdmin
import Foundation
import RESP
import Testing

/// Sessions against a scripted server: what is sent, where, and what is said of it.
struct CLISessionTests {
    private func pong(_ line: String) -> String? { line == "PING" ? "+PONG\r\n" : "+OK\r\n" }

    @Test func `a new connection says who it is, selects and switches before the command`() {
        let server = ScriptedServer(pong)
        let run = server.run("-n 3 -3 --user u -a p --no-auth-warning PING")
        #expect(run == .init(status: 0, output: "PONG\n"))
        #expect(server.asked == ["AUTH u p", "SELECT 3", "HELLO 3", "PING"])
    }

    @Test func `a password on the command line is warned of, one from the environment is not`() {
        let warned = ScriptedServer(pong).run("-a p PING").complaints
        #expect(warned.hasPrefix("Warning: Using a password with '-a'"))
        let quiet = ScriptedServer(pong)
        #expect(quiet.run("PING", variables: ["REDISCLI_AUTH": "p"]).complaints.isEmpty)
        #expect(quiet.asked == ["AUTH p", "PING"])
    }

    @Test func `with -c redirects are followed, and ASK is answered by ASKING`() {
        var isFirst = true
        let asking = ScriptedServer { line in
            defer { isFirst = false }
            return isFirst ? "-ASK 10 10.0.0.2:7001\r\n" : "$1\r\nv\r\n"
        }
        #expect(asking.run("-c -p 7000 GET k").output == "v\n")
        #expect(asking.asked == ["GET k", "ASKING", "GET k"])
        #expect(asking.endpoints == ["127.0.0.1:7000", "10.0.0.2:7001"])
    }

    @Test func `without -c a redirect is an error like any other`() {
        let server = ScriptedServer { _ in "-MOVED 10 10.0.0.2:7001\r\n" }
        #expect(server.run("GET k").output == "MOVED 10 10.0.0.2:7001\n\n")
        let failing = ScriptedServer { _ in "-MOVED 10 10.0.0.2:7001\r\n" }
        #expect(
            failing.run("-e GET k")
                == .init(status: 1, output: "", complaints: "MOVED 10 10.0.0.2:7001\n"))
    }

    @Test func `a server that is not there is named once, and the exit code is 1`() {
        let run = ScriptedServer(pong).run("-p 1 PING")
        #expect(
            run
                == .init(
                    status: 1, output: "",
                    complaints: "Could not connect to Redis at 127.0.0.1:1: Connection refused\n"))
    }

    @Test func `help without a server comes from the program itself`() {
        func text(_ words: String) -> RESPValue { .bulkString(Array(words.utf8)) }
        let server = ScriptedServer { _ in nil }
        server.ownCommands = .array([
            text("get"), .array([text("summary"), text("Returns a string.")]),
        ])
        let run = server.run("-p 1", input: "help get\n")
        #expect(run.output.contains("Returns a string."))
        #expect(run.complaints == "Could not connect to Redis at 127.0.0.1:1: Connection refused\n")
        let ignorant = ScriptedServer { _ in nil }
        #expect(ignorant.run("-p 1", input: "help get\n").output == "\r\n")
    }

    @Test func `a server that goes away ends one command, but not lines from a pipe`() {
        let answer: (String) -> String? = { $0 == "DIE" ? nil : "+OK\r\n" }
        #expect(
            ScriptedServer(answer).run("DIE")
                == .init(
                    status: 1, output: "", complaints: "Error: Server closed the connection\n"))
        #expect(
            ScriptedServer(answer).run("", input: "DIE\nSET a b\n")
                == .init(
                    status: 0, output: "OK\n",
                    complaints: "Error: Server closed the connection\n"))
    }

    @Test func `after a SHUTDOWN the server's silence is no error`() {
        #expect(
            ScriptedServer { _ in nil }.run("SHUTDOWN NOSAVE") == .init(status: 0, output: ""))
    }

    @Test func `a command is repeated`() {
        let server = ScriptedServer(pong)
        #expect(server.run("-r 3 PING").output == "PONG\nPONG\nPONG\n")
        #expect(ScriptedServer(pong).run("", input: "2 PING\n").output == "PONG\nPONG\n")
    }

    @Test func `out-of-band data is dropped, or printed where it is wanted`() {
        let push = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n+OK\r\n"
        #expect(ScriptedServer { _ in push }.run("GET k").output == "OK\n")
        #expect(
            ScriptedServer { _ in push }.run("--no-raw --show-pushes yes GET k").output
                == "-> invalidate: 'k'\nOK\n")
    }

    @Test func `the last argument, or the one with the tag, comes from standard input`() {
        let server = ScriptedServer(pong)
        _ = server.run("-x SET k", input: "text")
        _ = server.run("-X here SET here v", input: "key")
        #expect(server.asked == ["SET k text", "SET key v"])
    }

    @Test func `cluster verbs go to whoever carries them out, with all that was said`() {
        let server = ScriptedServer(pong)
        let run = server.run("--user u -a p --verbose --cluster call a:1 GET k --no-auth-warning")
        #expect(run == .init(status: 0, output: ""))
        #expect(server.verb?.verb == "call")
        #expect(server.verb?.arguments == ["a:1", "GET", "k"])
        #expect(server.verb?.user == "u")
        #expect(server.verb?.password == "p")
        #expect(server.verb?.isVerbose == true)
        #expect(server.asked.isEmpty)
    }

    @Test func `a verb's argument comes from standard input, and so do passwords`() {
        let server = ScriptedServer(pong)
        _ = server.run("-x --cluster call a:1 ECHO", input: "text")
        #expect(server.verb?.words.last == Array("text".utf8))
        _ = server.run("-X tag --cluster call a:1 SET tag v", input: "key")
        #expect(server.verb?.arguments == ["a:1", "SET", "key", "v"])
        _ = server.run("--askpass --cluster info a:1", input: "secret\n")
        #expect(server.verb?.password == "secret")
        _ = server.run(
            "--askpass --cluster-from-askpass --cluster import a:1", input: "one\ntwo\n")
        #expect(server.verb?.password == "one")
        #expect(server.verb?.fromPassword == "two")
        #expect(
            ScriptedServer(pong).run("-X tag --cluster call a:1 PING", input: "x").complaints
                == "Using -X option but stdin tag not match.\n")
    }

    @Test func `the cache test is refused with what has it`() {
        #expect(ScriptedServer(pong).run("--lru-test 9").complaints.contains("real redis-cli"))
    }

    @Test(arguments: ["", "-sync-mode"])
    func `a script is debugged until its session ends`(form: String) throws {
        let path = try file("return 1")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = ScriptedServer { line in
            switch line {
            case _ where line.hasPrefix("EVAL"): "*1\r\n+* Stopped at 1\r\n"
            case "e 1  +  1": "*1\r\n+<retval> 2\r\n"
            case "c": "*1\r\n+<endsession>\r\n:1\r\n"
            case "GET k": "$1\r\nv\r\n"
            default: "+OK\r\n"
            }
        }
        let run = server.run(
            "--ldb\(form) --eval \(path)", input: "e 1  +  1\nc\nGET k\nquit\n")
        let loss = form.isEmpty ? " -- dataset changes rolled back" : ""
        #expect(
            run.output
                == "Lua debugging session started, please use:\nquit    -- End the session.\n"
                + "restart -- Restart the script in debug mode again.\n"
                + "help    -- Show Lua script debugging commands.\n\n* Stopped at 1\n<retval> 2\n\n"
                + "(integer) 1\n\n(Lua debugging session ended\(loss))\n\n\"v\"\n")
        #expect(server.asked.first == "SCRIPT DEBUG \(form.isEmpty ? "yes" : "sync")")
    }

    /// A file with that text.
    private func file(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-cli-\(UUID().uuidString).lua").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
