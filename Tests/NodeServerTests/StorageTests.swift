import ClusterCore
import Foundation
import Lab
import LabBackends
import NodeServer
import RESP
import TestSupport
import Testing

/// A node that is gone and comes back has what its settings promise.
@Suite(.serialized)
struct StorageTests {
    @Test(.timeLimit(.minutes(1)))
    func `what was acknowledged under always is there after a kill, to the last write`() throws {
        let folder = try TemporaryFolder()
        let settings = StoredNode.Settings(appendonly: true, appendfsync: "always")
        var served: StoredNode? = try StoredNode(folder, settings)
        let id = try served?.send("CLUSTER", "MYID")
        for number in 0..<500 { _ = try served?.send("SET", "key:\(number)", "\(number)") }
        _ = try served?.send("SET", "gone", "x", "PX", "1")
        _ = try served?.send("SET", "later", "x", "EX", "1000")
        let acknowledged = try folder.contents("appendonlydir/appendonly.aof.1.incr.aof")
        #expect(String(decoding: acknowledged, as: UTF8.self).contains("key:499"))
        // What the disk has while the node still runs is what a kill leaves.
        let copy = try folder.copy()
        served = nil
        let again = try StoredNode(copy, settings)
        #expect(try again.send("CLUSTER", "MYID") == id)
        #expect(try again.send("GET", "key:499") == .bulkString(Array("499".utf8)))
        #expect(try again.send("GET", "gone") == .null)
        #expect(try again.send("DBSIZE") == .integer(501))
        #expect(try again.send("TTL", "later").integer ?? 0 > 990)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a dump brings back the last save, and SHUTDOWN saves where it should`() throws {
        let folder = try TemporaryFolder()
        var served: StoredNode? = try StoredNode(folder)
        _ = try served?.send("SET", "a", "1")
        #expect(try served?.send("SAVE") == .simpleString("OK"))
        _ = try served?.send("SET", "b", "1")
        served = nil
        served = try StoredNode(folder)
        #expect(try served?.send("GET", "a").text == "1")
        #expect(try served?.send("GET", "b") == .null, "it was not saved")
        _ = try served?.send("SET", "c", "1")
        #expect(throws: LabError.self) { try served?.send("SHUTDOWN", "SAVE") }
        served?.waitForEnd()
        served = nil
        served = try StoredNode(folder)
        #expect(try served?.send("GET", "c").text == "1")
        _ = try served?.send("SET", "d", "1")
        #expect(throws: LabError.self) { try served?.send("SHUTDOWN") }
        served?.waitForEnd()
        served = nil
        served = try StoredNode(folder)
        #expect(try served?.send("GET", "d") == .null, "there are no save points")
    }

    @Test(.timeLimit(.minutes(1)))
    func `FLUSHALL empties the dump where there are save points, FLUSHDB does not`() throws {
        let folder = try TemporaryFolder()
        var served: StoredNode? = try StoredNode(folder)
        for (line, kept) in [("FLUSHDB", "1"), ("FLUSHALL", nil)] {
            _ = try served?.send("CONFIG", "SET", "save", "3600 1")
            _ = try served?.send("SET", "a", "1")
            #expect(try served?.send("SAVE") == .simpleString("OK"))
            #expect(try served?.send(line) == .simpleString("OK"))
            served = nil
            served = try StoredNode(folder)
            #expect(try served?.send("GET", "a").text == kept, "\(line)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `BGSAVE and BGREWRITEAOF keep what they began with, under writes`() throws {
        let folder = try TemporaryFolder()
        let settings = StoredNode.Settings(appendonly: true, appendfsync: "no")
        var served: StoredNode? = try StoredNode(folder, settings)
        for number in 0..<2000 {
            _ = try served?.send("SET", "key:\(number)", String(repeating: "x", count: number))
            if number == 1000 {
                let started = try served?.send("BGREWRITEAOF").text
                #expect(started == "Background append only file rewriting started")
            }
        }
        try served?.poll("aof_rewrite_in_progress:0")
        _ = try served?.send("SET", "last", "1")
        #expect(
            try folder.names("appendonlydir") == [
                "appendonly.aof.2.base.rdb", "appendonly.aof.2.incr.aof", "appendonly.aof.manifest",
            ])
        served = nil
        served = try StoredNode(folder, settings)
        #expect(try served?.send("DBSIZE") == .integer(2001))
        #expect(try served?.send("STRLEN", "key:1999") == .integer(1999))
        #expect(try served?.send("BGSAVE").text == "Background saving started")
        try served?.poll("rdb_bgsave_in_progress:0")
        served = nil
        served = try StoredNode(folder)
        #expect(try served?.send("DBSIZE") == .integer(2001))
    }

    @Test(.timeLimit(.minutes(1)))
    func `the append-only file can be turned on and off while the node runs`() throws {
        let folder = try TemporaryFolder()
        var served: StoredNode? = try StoredNode(folder)
        _ = try served?.send("SET", "before", "1")
        _ = try served?.send("CONFIG", "SET", "appendonly", "yes")
        _ = try served?.send("SET", "during", "1")
        try served?.poll("aof_rewrite_in_progress:0")
        _ = try served?.send("SET", "with", "1")
        _ = try served?.send("CONFIG", "SET", "appendonly", "no")
        _ = try served?.send("SET", "without", "1")
        served = nil
        served = try StoredNode(folder, .init(appendonly: true))
        #expect(try served?.send("EXISTS", "{x}") == .integer(0))
        for (key, value) in [("before", "1"), ("during", "1"), ("with", "1")] {
            #expect(try served?.send("GET", key).text == value)
        }
        #expect(try served?.send("GET", "without") == .null)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a write that was not finished is cut off, and the next one follows in its place`() throws
    {
        let folder = try TemporaryFolder()
        let settings = StoredNode.Settings(appendonly: true)
        var served: StoredNode? = try StoredNode(folder, settings)
        _ = try served?.send("SET", "a", "1")
        served = nil
        let path = "appendonlydir/appendonly.aof.1.incr.aof"
        let whole = try folder.contents(path)
        try folder.write(whole + Array("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r".utf8), to: path)
        served = try StoredNode(folder, settings)
        #expect(try folder.contents(path) == whole)
        _ = try served?.send("INCR", "a")
        served = nil
        served = try StoredNode(folder, settings)
        #expect(try served?.send("GET", "a").text == "2")
    }

    @Test(.timeLimit(.minutes(1)))
    func `a node does not start on data that it cannot load`() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("REDIS0010 and nothing else".utf8), to: "dump.rdb")
        #expect(throws: ClusterServer.Failure.self) { try StoredNode(folder) }
        let other = try TemporaryFolder()
        try other.write(
            Array("file gone.rdb seq 1 type b\n".utf8), to: "appendonlydir/appendonly.aof.manifest")
        #expect(throws: ClusterServer.Failure.self) {
            try StoredNode(other, .init(appendonly: true))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["always", "everysec"])
    func `a full disk ends a node that promised always, and makes others refuse writes`(
        policy: String
    ) throws {
        let folder = try TemporaryFolder()
        try folder.write(
            Array("file full seq 1 type i\n".utf8), to: "appendonlydir/appendonly.aof.manifest")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/appendonlydir/full", withDestinationPath: "/dev/full")
        let served = try StoredNode(folder, .init(appendonly: true, appendfsync: policy))
        if policy == "always" {
            #expect(throws: LabError.self, "no reply: nothing was kept") {
                try served.send("SET", "a", "1")
            }
            served.waitForEnd()
        } else {
            #expect(try served.send("SET", "a", "1") == .simpleString("OK"))
            let refusal = "MISCONF Errors writing to the AOF file: No space left on device"
            #expect(try served.send("SET", "a", "2") == .error(refusal))
            #expect(try served.send("GET", "a").text == "1")
            try served.poll("aof_last_write_status:err")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a node that the system ends saves at its save points' word`() throws {
        let folder = try TemporaryFolder()
        for (points, value) in [(Configuration.SavePoint.standard, "1"), ([], "1")] {
            let served = try StoredNode(folder, .init(savePoints: points))
            _ = try served.send("INCR", "a")
            served.terminate()
            #expect(try StoredNode(folder).send("GET", "a").text == value)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `the one append-only file of an older Redis becomes the base`() throws {
        let folder = try TemporaryFolder()
        try folder.write(request("SELECT", "0") + request("SET", "a", "7"), to: "appendonly.aof")
        for value in ["8", "9"] {
            let served = try StoredNode(folder, .init(appendonly: true))
            #expect(try served.send("INCR", "a").integer == Int64(value))
        }
        #expect(
            String(
                decoding: try folder.contents("appendonlydir/appendonly.aof.manifest"),
                as: UTF8.self)
                    == """
                    file appendonly.aof seq 1 type b
                    file appendonly.aof.1.incr.aof seq 1 type i

                    """)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a node that was killed before it could move that file moves it later`() throws {
        let folder = try TemporaryFolder()
        try folder.write(request("SELECT", "0") + request("SET", "a", "7"), to: "appendonly.aof")
        try folder.write(
            Array("file appendonly.aof seq 1 type b\n".utf8),
            to: "appendonlydir/appendonly.aof.manifest")
        let served = try StoredNode(folder, .init(appendonly: true))
        #expect(try served.send("GET", "a").text == "7")
        #expect(try folder.names("appendonlydir").contains("appendonly.aof"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `DEBUG RELOAD leaves everything as it was, and tells nobody`() throws {
        let folder = try TemporaryFolder()
        let served = try StoredNode(folder, .init(appendonly: true))
        for number in 0..<100 { _ = try served.send("SET", "key:\(number)", "v", "EX", "1000") }
        let file = "appendonlydir/appendonly.aof.1.incr.aof"
        let before = try folder.contents(file)
        #expect(try served.send("DEBUG", "RELOAD") == .simpleString("OK"))
        #expect(try served.send("DBSIZE") == .integer(100))
        #expect(try served.send("TTL", "key:7").integer ?? 0 > 990)
        #expect(try folder.contents(file) == before)
    }

    // MARK: - With a real redis-server

    @Test(
        .timeLimit(.minutes(1)),
        .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
    func `redis-server goes on with a folder of ours, and we with one of its`() throws {
        let folder = try TemporaryFolder()
        let settings = StoredNode.Settings(appendonly: true, appendfsync: "always")
        var served: StoredNode? = try StoredNode(folder, settings)
        for number in 0..<200 { _ = try served?.send("SET", "key:\(number)", "\(number)") }
        _ = try served?.send("BGREWRITEAOF")
        try served?.poll("aof_rewrite_in_progress:0")
        for number in 0..<200 { _ = try served?.send("APPEND", "key:\(number)", "!") }
        _ = try served?.send("SET", "t", "v", "PXAT", "4102444800000")
        served = nil

        let server = try RedisServer(
            inCluster: false, files: try folder.all(),
            arguments: ["--appendonly", "yes", "--appendfsync", "always"])
        let redis = try server.connect()
        #expect(try redis.send("DBSIZE") == .integer(201))
        #expect(try redis.send("GET", "key:123").text == "123!")
        #expect(try redis.send("PEXPIRETIME", "t") == .integer(4_102_444_800_000))
        for number in 0..<200 { _ = try redis.send("APPEND", "key:\(number)", "?") }
        _ = try redis.send("BGREWRITEAOF")
        try waitUntil("the end of the rewriting") {
            try redis.send("INFO", "persistence").text?.contains("aof_rewrite_in_progress:0") == true
        }
        _ = try redis.send("INCRBYFLOAT", "f", "1.5")
        _ = try redis.send("SETEX", "e", "1000", "v")
        server.kill()

        let ours = try TemporaryFolder()
        for name in try server.fileNames("appendonlydir") {
            try ours.write(try server.file("appendonlydir/\(name)"), to: "appendonlydir/\(name)")
        }
        let again = try StoredNode(ours, settings)
        #expect(try again.send("DBSIZE") == .integer(203))
        #expect(try again.send("GET", "key:123").text == "123!?")
        #expect(try again.send("GET", "f").text == "1.5")
        #expect(try again.send("TTL", "e").integer ?? 0 > 990)
        _ = try again.send("INCR", "n")
        #expect(try again.send("GET", "n").text == "1")
    }
}

private func request(_ words: String...) -> [UInt8] {
    words.reduce(into: Array("*\(words.count)\r\n".utf8)) { bytes, word in
        bytes += "$\(word.utf8.count)\r\n\(word)\r\n".utf8
    }
}
