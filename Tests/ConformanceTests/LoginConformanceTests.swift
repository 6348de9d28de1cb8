import ClusterCore
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Servers that log in to one another, a lab node and a real redis-server 7.0: replicas to their masters, and the
/// source of a MIGRATE to its target.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct LoginConformanceTests {
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `a replica gets in with masteruser and masterauth only, whichever is real`(
        isMasterReal: Bool
    ) throws {
        let server = try LabServer { $0.replDisklessSyncDelay = 0 }
        let real = try RedisServer(
            inCluster: false, arguments: ["--repl-diskless-sync-delay", "0"])
        let (lab, redis) = (try server.connect(), try real.connect())
        let (master, replica) = isMasterReal ? (redis, lab) : (lab, redis)
        let port = isMasterReal ? real.address.port : server.address.port
        _ = try master.send("ACL", "SETUSER", "repl", "on", ">pw", "+psync", "+replconf", "+ping")
        _ = try master.send("CONFIG", "SET", "requirepass", "secret")
        _ = try master.send("SET", "k", "v")
        _ = try replica.send("CONFIG", "SET", "masteruser", "repl", "masterauth", "wrong")
        _ = try replica.send("REPLICAOF", "127.0.0.1", "\(port)")
        // Each attempt that fails is an entry of the master's log.
        try waitUntil("a failed attempt") {
            try master.send("ACL", "LOG").elements?.isEmpty == false
        }
        #expect(try linkStatus(replica) == "down")
        _ = try replica.send("CONFIG", "SET", "masterauth", "pw")
        try waitUntil("the link") { try linkStatus(replica) == "up" }
        #expect(try replica.send("GET", "k").text == "v")
        let clients = try master.send("CLIENT", "LIST").text ?? ""
        #expect(clients.split(separator: "\n").contains { $0.contains("user=repl") })
        withExtendedLifetime((server, real)) {}
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `MIGRATE logs in with AUTH and AUTH2, whichever is real`(isTargetReal: Bool) throws {
        let server = try LabServer()
        let real = try RedisServer(inCluster: false)
        let (lab, redis) = (try server.connect(), try real.connect())
        let (source, target) = isTargetReal ? (lab, redis) : (redis, lab)
        let port = "\(isTargetReal ? real.address.port : server.address.port)"
        _ = try target.send("ACL", "SETUSER", "mover", "on", ">pw", "~a*", "+restore", "+select")
        _ = try target.send("CONFIG", "SET", "requirepass", "secret")
        let move = { (key: String, login: [String]) throws -> RESPValue in
            _ = try source.send("SET", key, "v")
            let words = ["MIGRATE", "127.0.0.1", port, key, "0", "5000"] + login
            return try source.send(words.map { Array($0.utf8) })
        }
        let failure = "ERR Target instance replied with error: "
        #expect(try move("a1", []) == .error(failure + "NOAUTH Authentication required."))
        #expect(try move("a2", ["AUTH", "secret"]) == .simpleString("OK"))
        #expect(
            try move("a3", ["AUTH2", "mover", "no"])
                == .error(
                    failure + "WRONGPASS invalid username-password pair or user is disabled."))
        #expect(try move("a4", ["AUTH2", "mover", "pw"]) == .simpleString("OK"))
        #expect(
            try move("b", ["AUTH2", "mover", "pw"])
                == .error(
                    failure + "NOPERM this user has no permissions to access one of the keys used "
                        + "as arguments"))
        #expect(try target.send("MGET", "a2", "a4").elements?.count == 2)
        #expect(try source.send("EXISTS", "a1", "a2", "a3", "a4", "b") == .integer(3))
        withExtendedLifetime((server, real)) {}
    }

    private func linkStatus(_ replica: RESPConnection) throws -> String? {
        let lines = try replica.send("INFO", "replication").text?.split(separator: "\r\n") ?? []
        return lines.first { $0.hasPrefix("master_link_status:") }
            .map { String($0.dropFirst("master_link_status:".count)) }
    }
}
