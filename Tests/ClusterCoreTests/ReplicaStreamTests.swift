import ClusterCore
import RESP
import Testing

/// A master and its replica, seen from the wire between them.
@Suite struct ReplicaStreamTests {
    private let network = BusNetwork(
        BusNetwork.nodes(masters: 2, replicas: 0, isEmpty: true) {
            $0.clusterEnabled = false
            $0.replDisklessSyncDelay = 0
        })

    /// The replica's side of a handshake with node 0, played by the test.
    private func replica(_ lines: String...) -> BusNetwork.Connection {
        let connection = network.connect(to: 0)
        for line in lines { #expect(network.send(line, over: connection) == "+OK\r\n") }
        return connection
    }

    // MARK: What a replica makes of the stream

    @Test func `a replica executes a transaction when it is whole, or not at all`() throws {
        let link = try followFakeMaster()
        let open = ["MULTI", "SET a 1", "SET b 1"].map(\.asRequest).joined()
        let whole = Array("SET before 1".asRequest + open + "EXEC".asRequest)
        let start = "SET before 1".asRequest.count
        for (index, byte) in whole.enumerated() {
            network.deliver([byte], of: link, to: 1)
            let processed = index + 1 < start ? 0 : index + 1 < whole.count ? start : whole.count
            #expect(network.offset(1) == "\(processed)")
            let reply = processed == whole.count ? ":2\r\n" : ":0\r\n"
            #expect(network.send("EXISTS a b", to: 1) == reply)
        }
    }

    @Test func `what a later master says of HINCRBYFLOAT is understood, and nothing else that is new`() throws {
        let link = try followFakeMaster()
        let stream = [
            "HSET h f 1 g x", "HSETEX h KEEPTTL FIELDS 1 f 2.5", "HSETEX h EX 100 FIELDS 1 g y",
            "HSETEX h KEEPTTL FIELDS 2 f 7", "HPEXPIREAT h 4000000000000 FIELDS 1 g",
        ].map(\.asRequest).joined()
        network.deliver(Array(stream), of: link, to: 1)
        #expect(network.send("HGETALL h", to: 1) == "*4\r\n$1\r\nf\r\n$3\r\n2.5\r\n$1\r\ng\r\n$1\r\nx\r\n")
        #expect(network.offset(1) == "\(stream.count)")
        let errors = network.logs[1]?.filter { $0.hasPrefix("== CRITICAL ==") } ?? []
        #expect(errors.count == 3)
        #expect(errors.first?.contains("'ERR unknown command 'HSETEX''") == true)
    }

    @Test func `half a transaction is forgotten when the replica becomes a master`() throws {
        let link = try followFakeMaster()
        let open = ["SET a 0", "MULTI", "SET a 1", "SET b 1"].map(\.asRequest).joined()
        network.deliver(Array(open), of: link, to: 1)
        network.send("REPLICAOF NO ONE", to: 1)
        #expect(network.send("GET a", to: 1) == "$1\r\n0\r\n")
        #expect(network.send("EXISTS b", to: 1) == ":0\r\n")
        let second = Int64("SET a 0".asRequest.count) + 1
        #expect(network.info(1, "second_repl_offset") == "\(second)")
    }

    @Test(arguments: [false, true])
    func `the stream waits for a script that takes long, and nobody can kill it`(
        isInTransaction: Bool
    ) throws {
        let link = try followFakeMaster()
        network.send("CONFIG SET busy-reply-threshold 20", to: 1)
        let script = "for i = 1, 2e7 do end return redis.call('incr', KEYS[1])"
        let call = ["EVAL", script, "1", "k"].map { Array($0.utf8) }.request
        let middle =
            isInTransaction
            ? "MULTI".asRequest + call + "INCR k".asRequest + call + "INCR k".asRequest
                + "EXEC".asRequest : call + "INCR k".asRequest
        let stream = "SET a 1".asRequest + middle + "RENAME k l".asRequest
        network.deliver(stream, of: link, to: 1)
        network.deliver("SET m 1".asRequest, of: link, to: 1)
        #expect(network.run(for: .seconds(1)) { network.send("GET a", to: 1).hasPrefix("-BUSY") })
        #expect(
            network.send("SCRIPT KILL", to: 1)
                == "-UNKILLABLE The busy script was sent by a master instance in the context of "
                + "replication and cannot be killed.\r\n")
        #expect(network.run(for: .seconds(2)) { network.send("GET m", to: 1) == "$1\r\n1\r\n" })
        #expect(network.send("GET l", to: 1) == "$1\r\n\(isInTransaction ? 4 : 2)\r\n")
        #expect(network.offset(1) == "\(stream.count + "SET m 1".asRequest.count)")
    }

    /// Makes node 1 the replica of a master that is the test.
    /// - Returns: the stream of the link between the two.
    private func followFakeMaster() throws -> StreamID {
        var link: StreamID?
        network.onOpen = { link = $0 }
        network.send("REPLICAOF 127.0.0.1 9999", to: 1)
        let stream = try #require(link)
        let id = String(repeating: "a", count: 40)
        let empty: [UInt8] = [
            0x52, 0x45, 0x44, 0x49, 0x53, 0x30, 0x30, 0x31, 0x30, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0,
        ]
        network.step(.streamUp(stream), of: 1)
        network.deliver(Array("+PONG\r\n+OK\r\n+OK\r\n".utf8), of: stream, to: 1)
        network.deliver(Array("+FULLRESYNC \(id) 0\r\n$18\r\n".utf8) + empty, of: stream, to: 1)
        #expect(network.isInSync(1))
        return stream
    }

    // MARK: What a master makes of its replicas

    @Test func `an announced snapshot comes in parts, and no keep-alive gets between them`() {
        network.send("CONFIG SET repl-diskless-sync no", to: 0)
        let value = String((0..<500_000).map { Character(UnicodeScalar(UInt8(33 + $0 % 89))) })
        network.send([Array("SET".utf8), Array("a".utf8), Array(value.utf8)], to: 0)
        network.send([Array("SETRANGE".utf8), Array("z".utf8), Array("9".utf8), [1]], to: 0)
        let slow = replica("REPLCONF listening-port 9999")
        network.send("PSYNC ? -1", over: slow)
        #expect(network.run(for: .seconds(1)) { slow.received.contains(UInt8(ascii: "$")) })
        #expect(network.snapshotReceivers(of: 0) == [slow.client])
        // Whoever does not take a part holds up the next one: so does the driver with the timer.
        network.heldTimers = [.snapshot]
        _ = network.run(for: .seconds(3))
        network.heldTimers = []
        _ = network.run(for: .seconds(1))
        let text = slow.received
        let header = text.firstIndex(of: UInt8(ascii: "$")) ?? 0
        let end = text[header...].firstIndex(of: 10) ?? 0
        let length = Int(String(decoding: text[header + 1..<end - 1], as: UTF8.self)) ?? -1
        #expect(text[(end + 1)...].starts(with: "REDIS0010".utf8))
        #expect(text.count - end - 1 >= length && length > 1000)
        #expect(text[end + length - 8] == 0xFF, "the end of the dump, in front of its checksum")
    }

    @Test func `a replica that takes nothing of its snapshot is given up after a time`() {
        network.send("CONFIG SET repl-timeout 5", to: 0)
        let stuck = replica("REPLCONF capa eof")
        network.send("PSYNC ? -1", over: stuck)
        network.heldTimers = [.snapshot]
        #expect(!network.run(for: .seconds(4)) { network.info(0, "connected_slaves") == "0" })
        #expect(network.run(for: .seconds(4)) { network.info(0, "connected_slaves") == "0" })
        #expect(
            network.logs[0]?.contains {
                $0.hasPrefix("Disconnecting timedout replica (full sync): ")
            } == true)
    }

    @Test func `a replica that loads for long says so with empty lines`() {
        network.send("CONFIG SET repl-timeout 5", to: 0)
        let loading = replica("REPLCONF capa eof")
        network.send("PSYNC ? -1", over: loading)
        for _ in 0..<4 {
            _ = network.run(for: .seconds(3))
            network.send([10], over: loading)
            #expect(network.info(0, "connected_slaves") == "1")
        }
        #expect(network.run(for: .seconds(8)) { network.info(0, "connected_slaves") == "0" })
    }

    @Test func `a snapshot waits for so many replicas, and not for more`() {
        network.send("CONFIG SET repl-diskless-sync-delay 60", to: 0)
        network.send("CONFIG SET repl-diskless-sync-max-replicas 2", to: 0)
        let first = replica("REPLCONF capa eof")
        network.send("PSYNC ? -1", over: first)
        _ = network.run(for: .seconds(3))
        #expect(!String(decoding: first.received, as: UTF8.self).contains("+FULLRESYNC"))
        let second = replica("REPLCONF capa eof")
        network.send("PSYNC ? -1", over: second)
        _ = network.run(for: .seconds(2))
        for replica in [first, second] { #expect(replica.take().contains("+FULLRESYNC")) }
    }

    @Test func `what a replica leaves waiting is limited as told`() {
        let setting = "CONFIG SET client-output-buffer-limit"
        #expect(network.send("\(setting) \"replica 1mb 64kb 3\"", to: 0) == "+OK\r\n")
        #expect(
            network.send("CONFIG GET client-output-buffer-limit", to: 0).contains(
                "normal 0 0 0 slave 1048576 65536 3 pubsub 33554432 8388608 60"))
        for (value, reason) in [
            ("replica 1mb", "Wrong number of arguments in buffer limit configuration."),
            ("other 1 1 1", "Invalid client class specified in buffer limit configuration."),
            ("replica 1 x 1", "Error in hard, soft or soft_seconds setting in buffer limit "),
        ] {
            #expect(network.send("\(setting) \"\(value)\"", to: 0).contains(reason))
        }
        for count in [100_000, 2_000_000] {
            let loading = replica("REPLCONF capa eof")
            network.send("PSYNC ? -1", over: loading)
            _ = network.run(for: .milliseconds(1500))
            network.send("SETRANGE a \(count) x", to: 0)
            let value = [UInt8](repeating: 97, count: count)
            network.send([Array("SET".utf8), Array("a".utf8), value], to: 0)
            let isGone = network.run(for: .milliseconds(1500)) {
                network.info(0, "connected_slaves") == "0"
            }
            #expect(isGone == (count > 1 << 20), "the hard limit holds at once")
            #expect(network.run(for: .seconds(5)) { network.info(0, "connected_slaves") == "0" })
        }
    }

    @Test func `a master that hands its role over makes its replica the master`() {
        network.send("REPLICAOF 127.0.0.1 7000", to: 1)
        #expect(network.run(for: .seconds(5)) { network.isInSync(1) })
        network.send("SET a 1", to: 0)
        #expect(network.run(for: .seconds(2)) { network.offset(1) == network.offset(0) })
        let id = network.info(0, "master_replid")
        let offset = (Int(network.offset(0)) ?? 0) + 1
        let old = network.connect(to: 1)
        #expect(
            network.send("PSYNC \(String(repeating: "b", count: 40)) 1 FAILOVER", over: old)
                == "-ERR PSYNC FAILOVER replid must match my replid.\r\n")
        network.send("PSYNC \(id) \(offset) FAILOVER", over: old)
        #expect(network.info(1, "role") == "master")
        #expect(network.info(1, "master_replid2") == id)
        #expect(network.info(1, "sync_partial_ok") == "1")
        #expect(
            network.send("PSYNC ? -1 FAILOVER", to: 0)
                == "-ERR PSYNC FAILOVER can't be sent to a master.\r\n")
    }

    @Test func `a backlog is never smaller than 16 kB`() {
        network.send("CONFIG SET repl-backlog-size 10", to: 0)
        #expect(network.info(0, "repl_backlog_size") == "16384")
    }
}
