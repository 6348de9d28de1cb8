import ClusterCore
import Keyspace
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Bitmaps and HyperLogLogs between a lab node and a real redis-server 7.0.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct BitConformanceTests {
    @Test(.timeLimit(.minutes(2)), arguments: [1, 2, 3, 4] as [UInt64])
    func `random commands on bits get the replies of redis-server`(seed: UInt64) throws {
        let pair = try Pair(protocolVersion: seed.isMultiple(of: 2) ? 3 : 2)
        defer { pair.close() }
        if seed < 3 { _ = try pair.send("CONFIG SET hll-sparse-max-bytes 200") }
        var generator = RandomCommands(seed: seed, kind: .bits)
        for number in 0..<6000 {
            let command = generator.next()
            let (lab, redis) = try pair.send(words: command)
            try #require(lab == redis, "seed \(seed), command \(number): \(command)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a HyperLogLog of many elements is the one of redis-server, sparse and dense`() throws {
        let pair = try Pair()
        defer { pair.close() }
        for start in stride(from: 0, to: 20_000, by: 250) {
            let elements = (start..<start + 250).map { "element:\($0)" }
            let added = try pair.send(words: ["PFADD", "h"] + elements)
            #expect(added.lab == added.redis)
            for line in ["GET h", "PFCOUNT h", "PFDEBUG ENCODING h", "GET h"] {
                let (lab, redis) = try pair.send(line)
                try #require(lab == redis, "\(line) after \(start)")
            }
        }
        #expect(try pair.send("PFDEBUG ENCODING h").lab == .simpleString("dense"))
        #expect(try pair.send("PFDEBUG GETREG h").lab == pair.send("PFDEBUG GETREG h").redis)
        #expect(try pair.send("PFSELFTEST").lab == .simpleString("OK"))
    }

    @Test(.timeLimit(.minutes(2)), arguments: [true, false])
    func `a replica has the bits of its master, whichever is real`(isMasterReal: Bool) throws {
        let server = try LabServer { $0.replDisklessSyncDelay = 0 }
        let real = try RedisServer(
            inCluster: false, arguments: ["--repl-diskless-sync-delay", "0"])
        let (lab, redis) = (try server.connect(), try real.connect())
        let (master, replica) = isMasterReal ? (redis, lab) : (lab, redis)
        let port = isMasterReal ? real.address.port : server.address.port
        var generator = RandomCommands(seed: isMasterReal ? 31 : 32, kind: .bits)
        for _ in 0..<500 { _ = try master.send(generator.next().map { Array($0.utf8) }) }
        _ = try replica.send("REPLICAOF", "127.0.0.1", "\(port)")
        try waitUntil("the replica's link") {
            try replica.send("INFO", "replication").text?.contains("master_link_status:up") == true
        }
        for _ in 0..<3000 { _ = try master.send(generator.next().map { Array($0.utf8) }) }
        try waitUntil("the replica has it all") {
            try master.send("WAIT", "1", "1000") == .integer(1)
        }
        for key in ["b1", "b2", "b3", "b4", "h1", "h2", "h3", "h4"] {
            #expect(try master.send("DUMP", "{t}" + key) == replica.send("DUMP", "{t}" + key))
        }
        withExtendedLifetime((server, real)) {}
    }
}
