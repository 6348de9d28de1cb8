import ClusterCore
import RESP
import Testing

/// A master and its replicas, apart from any cluster unless said otherwise.
@Suite struct ReplicationTests {
    /// Nodes that know nothing of one another and take REPLICAOF, on ports from 7000 on.
    private func network(
        _ count: Int, _ configure: (inout Configuration) -> Void = { _ in }
    ) -> BusNetwork {
        BusNetwork(
            BusNetwork.nodes(masters: count, replicas: 0, isEmpty: true) {
                $0.clusterEnabled = false
                $0.replDisklessSyncDelay = 0
                configure(&$0)
            })
    }

    /// Makes nodes replicas of node 0, and waits for their data.
    private func attach(_ replicas: [Int], in network: BusNetwork) {
        for replica in replicas {
            #expect(network.send("REPLICAOF 127.0.0.1 7000", to: replica) == "+OK\r\n")
        }
        #expect(network.run(for: .seconds(10)) { replicas.allSatisfy(network.isInSync) })
    }

    @Test func `the replicas of a cluster that is set up go on at once from their masters`() {
        let network = BusNetwork(masters: 2, replicas: 1)
        #expect(network.run(for: .seconds(2)) { (2..<4).allSatisfy(network.isInSync) })
        let masters = (2..<4).compactMap { network.master(of: $0) }
        for (replica, master) in zip(2..<4, masters) {
            #expect(network.info(master, "sync_full") == "0")
            #expect(network.info(master, "sync_partial_ok") == "1")
            #expect(network.info(master, "connected_slaves") == "1")
            #expect(
                network.info(master, "master_replid") == network.info(replica, "master_replid"))
        }
    }

    @Test func `a new replica gets all data, and what is written meanwhile, in order`() {
        let network = network(2)
        for number in 0..<2000 { network.send("SET key:\(number) \(number)", to: 0) }
        network.send("SET volatile 1 EX 1000", to: 0)
        network.send("REPLICAOF 127.0.0.1 7000", to: 1)
        var writes = 0
        let isInSync = network.run(for: .seconds(10)) {
            if writes < 500 {
                network.send("APPEND log .", to: 0)
                writes += 1
            }
            return writes == 500 && network.isInSync(1)
        }
        #expect(isInSync)
        #expect(network.run(for: .seconds(2)) { network.offset(1) == network.offset(0) })
        #expect(network.send("DBSIZE", to: 1) == ":2002\r\n")
        #expect(network.send("GET key:1999", to: 1) == "$4\r\n1999\r\n")
        #expect(network.send("STRLEN log", to: 1) == ":500\r\n")
        #expect(
            network.send("PEXPIRETIME volatile", to: 1)
                == network.send("PEXPIRETIME volatile", to: 0))
        #expect(network.info(0, "sync_full") == "1")
    }

    @Test func `a replica logs in with masterauth, as masteruser, and says why it cannot`() {
        let network = network(2)
        attach([1], in: network)
        let master = network.connect(to: 0)
        network.send("CONFIG SET requirepass secret", over: master)
        network.send("ACL SETUSER repl on >rp +psync +replconf +ping", over: master)
        // Who is in stays in.
        #expect(!network.run(for: .seconds(3)) { !network.isInSync(1) })
        network.send("CONFIG SET masterauth wrong", to: 1)
        network.cutStreams(of: 1)
        let refusal =
            "Unable to AUTH to MASTER: -WRONGPASS invalid username-password pair or user is disabled."
        #expect(
            network.run(for: .seconds(5)) { network.logs[1]?.contains(refusal) == true })
        #expect(network.info(1, "master_link_status") == "down")
        network.send("CONFIG SET masterauth secret", to: 1)
        #expect(network.run(for: .seconds(5)) { network.isInSync(1) })
        network.send("CONFIG SET masteruser repl masterauth rp", to: 1)
        network.cutStreams(of: 1)
        #expect(network.run(for: .seconds(5)) { !network.isInSync(1) })
        #expect(network.run(for: .seconds(5)) { network.isInSync(1) })
        #expect(network.send("CLIENT LIST", over: master).contains(" user=repl "))
    }

    @Test func `a replica without masterauth is turned away by a master with a password`() {
        let network = network(2)
        let master = network.connect(to: 0)
        network.send("CONFIG SET requirepass secret", over: master)
        network.send("REPLICAOF 127.0.0.1 7000", to: 1)
        let refusal =
            "MASTER aborted replication with an error: NOAUTH Authentication required."
        #expect(
            network.run(for: .seconds(5)) { network.logs[1]?.contains(refusal) == true })
        #expect(network.info(1, "master_link_status") == "down")
    }

    @Test func `a full sync waits for more replicas, and serves them with one snapshot`() throws {
        let network = network(3) { $0.replDisklessSyncDelay = 5 }
        network.send("SET a 1", to: 0)
        network.send("REPLICAOF 127.0.0.1 7000", to: 1)
        #expect(!network.run(for: .milliseconds(3000)) { network.isInSync(1) })
        network.send("REPLICAOF 127.0.0.1 7000", to: 2)
        #expect(network.run(for: .milliseconds(3500)) { (1...2).allSatisfy(network.isInSync) })
        let started = network.logs[0, default: []].filter { $0.hasPrefix("Starting BGSAVE") }
        #expect(started.count == 1)
        #expect(network.send("GET a", to: 2) == "$1\r\n1\r\n")
    }

    @Test func `a replica that loses its link goes on where it was, or begins again`() {
        let network = network(2) { $0.replBacklogSize = 10_000 }
        attach([1], in: network)
        network.send("SET a 1", to: 0)
        #expect(network.run(for: .seconds(2)) { network.offset(1) == network.offset(0) })

        network.cutStreams(of: 1)
        network.send("SET a 2", to: 0)
        #expect(network.run(for: .seconds(2)) { network.offset(1) == network.offset(0) })
        #expect(network.send("GET a", to: 1) == "$1\r\n2\r\n")
        #expect(network.info(0, "sync_partial_ok") == "1")

        network.cutStreams(of: 1)
        for number in 0..<1000 { network.send("SET b:\(number) 1", to: 0) }
        #expect(network.run(for: .seconds(5)) { network.offset(1) == network.offset(0) })
        #expect(network.send("DBSIZE", to: 1) == ":1001\r\n")
        #expect(network.info(0, "sync_full") == "2")
        #expect(network.info(0, "sync_partial_err") == "2")
    }

    @Test func `a replica of a replica has the same history, and survives a promotion`() {
        let network = network(4)
        attach([1], in: network)
        network.send("REPLICAOF 127.0.0.1 7001", to: 2)
        network.send("REPLICAOF 127.0.0.1 7000", to: 3)
        #expect(network.run(for: .seconds(5)) { (1...3).allSatisfy(network.isInSync) })
        network.send("SET a 1", to: 0)
        let isEverywhere = network.run(for: .seconds(2)) {
            (1...3).allSatisfy { network.offset($0) == network.offset(0) }
        }
        #expect(isEverywhere)
        #expect(network.send("GET a", to: 2) == "$1\r\n1\r\n")
        #expect(network.info(2, "master_replid") == network.info(0, "master_replid"))

        let history = network.info(0, "master_replid")
        let fullSyncs = network.info(1, "sync_full")
        network.stop(0)
        network.send("REPLICAOF NO ONE", to: 1)
        network.send("REPLICAOF 127.0.0.1 7001", to: 3)
        network.send("SET b 2", to: 1)
        #expect(
            network.run(for: .seconds(5)) {
                (2...3).allSatisfy {
                    network.isInSync($0) && network.offset($0) == network.offset(1)
                }
            })
        #expect(network.info(1, "master_replid2") == history)
        #expect(network.info(1, "master_replid") != history)
        #expect(network.info(3, "master_replid") == network.info(1, "master_replid"))
        #expect(network.info(1, "sync_full") == fullSyncs)
        #expect(network.info(1, "sync_partial_ok") == "2")
        #expect(network.send("GET b", to: 2) == "$1\r\n2\r\n")
        #expect(network.send("GET b", to: 3) == "$1\r\n2\r\n")
    }

    @Test func `a master that becomes the replica of its own replica needs no snapshot`() {
        let network = network(2)
        attach([1], in: network)
        network.send("SET a 1", to: 0)
        #expect(network.run(for: .seconds(2)) { network.offset(1) == network.offset(0) })
        network.send("REPLICAOF NO ONE", to: 1)
        network.send("REPLICAOF 127.0.0.1 7001", to: 0)
        network.send("SET a 2", to: 1)
        #expect(network.run(for: .seconds(5)) { network.isInSync(0) })
        #expect(network.send("GET a", to: 0) == "$1\r\n2\r\n")
        #expect(network.info(1, "sync_full") == "0")
    }

    @Test func `WAIT answers when enough replicas have the write, or when its time is over`() {
        let network = network(3)
        attach([1, 2], in: network)
        let client = network.connect(to: 0)
        network.send("SET a 1", over: client)
        #expect(network.send("WAIT 2 0", over: client) == "")
        // What follows waits, too.
        #expect(network.send("GET a", over: client) == "")
        #expect(network.run(for: .milliseconds(100)) { !client.received.isEmpty })
        #expect(client.take() == ":2\r\n$1\r\n1\r\n")
        // The request for acknowledgements is part of the stream, and acknowledged within a second.
        #expect(network.send("WAIT 2 0", over: client) == "")
        #expect(network.run(for: .milliseconds(1100)) { !client.received.isEmpty })
        #expect(client.take() == ":2\r\n")

        network.stop(2)
        network.send("SET a 2", over: client)
        let asked = network.now
        #expect(network.send("WAIT 2 500", over: client) == "")
        #expect(network.run(for: .seconds(2)) { !client.received.isEmpty })
        #expect(client.take() == ":1\r\n")
        #expect(asked.duration(to: network.now) >= .milliseconds(500))
        #expect(asked.duration(to: network.now) < .milliseconds(510))
        #expect(network.send("WAIT x 0", over: client).hasPrefix("-ERR value is not an integer"))
        #expect(network.send("WAIT 1 -1", over: client) == "-ERR timeout is negative\r\n")
        #expect(network.send("WAIT 1 0", to: 1).hasPrefix("-ERR WAIT cannot be used with replica"))
    }

    @Test func `what expires on the master is deleted on the replica by the master's word only`() {
        let network = network(2)
        attach([1], in: network)
        network.send("SET active 1 PX 300", to: 0)
        #expect(network.run(for: .seconds(3)) { network.offset(1) == network.offset(0) })
        #expect(network.run(for: .seconds(3)) { network.send("DBSIZE", to: 1) == ":0\r\n" })

        network.send("SET lazy 1 PX 300", to: 0)
        _ = network.run(for: .milliseconds(20))
        network.stop(0)
        _ = network.run(for: .seconds(1))
        #expect(network.send("GET lazy", to: 1) == "$-1\r\n")
        #expect(network.send("DBSIZE", to: 1) == ":1\r\n")
    }

    @Test func `writes are refused by replicas, and by masters with too few of them`() {
        let network = network(2) {
            $0.minReplicasToWrite = 1
            $0.minReplicasMaxLag = 2
        }
        let refusal = "-NOREPLICAS Not enough good replicas to write.\r\n"
        #expect(network.send("SET a 1", to: 0) == refusal)
        attach([1], in: network)
        #expect(network.send("SET a 1", to: 0) == "+OK\r\n")
        #expect(
            network.send("SET a 1", to: 1)
                == "-READONLY You can't write against a read only replica.\r\n")
        network.cutOff([1])
        #expect(network.run(for: .seconds(6)) { network.send("SET a 1", to: 0) == refusal })
        #expect(network.info(0, "min_slaves_good_slaves") == "0")
    }

    @Test func `a replica without its master serves old data unless it may not`() {
        let network = network(2)
        network.send("SET a 1", to: 0)
        attach([1], in: network)
        network.stop(0)
        _ = network.run(for: .seconds(1))
        #expect(network.send("GET a", to: 1) == "$1\r\n1\r\n")
        network.send("CONFIG SET replica-serve-stale-data no", to: 1)
        #expect(
            network.send("GET a", to: 1)
                == "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n"
        )
        #expect(network.info(1, "master_link_status") == "down")
    }

    @Test func `a silent link is given up by both sides, and made again`() {
        let network = network(2) { $0.replTimeout = 3 }
        attach([1], in: network)
        network.cutOff([1])
        #expect(network.run(for: .seconds(6)) { network.info(0, "connected_slaves") == "0" })
        #expect(network.run(for: .seconds(6)) { !network.isInSync(1) })
        network.cutOff([])
        network.send("SET a 1", to: 0)
        #expect(network.run(for: .seconds(6)) { network.send("GET a", to: 1) == "$1\r\n1\r\n" })
    }

    @Test func `a backlog without replicas is dropped, and the history gets another name`() {
        let network = network(2) { $0.replBacklogTTL = 5 }
        attach([1], in: network)
        let history = network.info(0, "master_replid")
        network.stop(1)
        #expect(network.run(for: .seconds(10)) { network.info(0, "repl_backlog_active") == "0" })
        #expect(network.info(0, "master_replid") != history)
    }

    @Test func `after a failover of the cluster the other replica goes on without a snapshot`() {
        let network = BusNetwork(masters: 3, replicas: 2)
        _ = network.run(for: .seconds(3))
        let replicas = network.nodes.indices.filter { network.master(of: $0) == 0 }
        // The slots of {a}, {b} and {c} belong to three masters.
        let tag =
            ["{a}", "{b}", "{c}"].first { network.send("GET \($0)", to: 0) == "$-1\r\n" } ?? ""
        for number in 0..<100 {
            #expect(network.send("SET \(tag)\(number) \(number)", to: 0) == "+OK\r\n")
        }
        #expect(
            network.run(for: .seconds(2)) {
                replicas.allSatisfy { network.offset($0) == network.offset(0) }
            })
        network.stop(0)
        var winner = -1
        let isReplaced = network.run(for: .seconds(20)) {
            winner = replicas.first { network.master(of: $0) == nil } ?? -1
            return winner >= 0
                && replicas.allSatisfy {
                    $0 == winner || network.master(of: $0) == winner && network.isInSync($0)
                }
        }
        #expect(isReplaced)
        let other = replicas.first { $0 != winner } ?? -1
        #expect(network.info(winner, "sync_full") == "0")
        #expect(network.info(winner, "sync_partial_ok") == "1")
        #expect(
            network.run(for: .seconds(10)) {
                network.send("SET \(tag)0 new", to: winner) == "+OK\r\n"
            })
        #expect(
            network.run(for: .seconds(2)) { network.offset(other) == network.offset(winner) })
        #expect(network.send("DBSIZE", to: other) == ":100\r\n")
    }

    @Test func `a manual failover loses no write that was acknowledged`() {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(3))
        let replica = network.nodes.indices.first { network.master(of: $0) == 0 } ?? -1
        let tag =
            ["{a}", "{b}", "{c}"].first { network.send("GET \($0)", to: 0) == "$-1\r\n" } ?? ""
        let client = network.connect(to: 0)
        var acknowledged = 0
        var isRefused = false
        #expect(network.send("CLUSTER FAILOVER", to: replica) == "+OK\r\n")
        var reply = network.send("INCR \(tag)", over: client)
        let isOver = network.run(for: .seconds(10)) {
            if reply.isEmpty { reply = client.take() }
            if reply.hasPrefix(":") {
                acknowledged += 1
                reply = network.send("INCR \(tag)", over: client)
            }
            isRefused = isRefused || reply.hasPrefix("-MOVED")
            return isRefused && network.master(of: replica) == nil
        }
        #expect(isOver)
        let count = "\(acknowledged)"
        #expect(
            network.send("GET \(tag)", to: replica) == "$\(count.utf8.count)\r\n\(count)\r\n")
        #expect(network.run(for: .seconds(5)) { network.isInSync(0) })
        #expect(network.info(replica, "sync_full") == "0")
    }

    @Test func `SHUTDOWN waits for replicas that lag behind, and can be aborted`() {
        let network = network(2)
        attach([1], in: network)
        network.cutOff([1])
        network.send("SET a 1", to: 0)
        let client = network.connect(to: 0)
        #expect(network.send("SHUTDOWN ABORT", to: 0) == "-ERR No shutdown in progress.\r\n")
        #expect(network.send("SHUTDOWN NOSAVE", over: client) == "")
        let writer = network.connect(to: 0)
        #expect(network.send("SET a 2", over: writer) == "")
        #expect(network.send("SHUTDOWN ABORT", to: 0) == "+OK\r\n")
        #expect(client.take() == "-ERR Errors trying to SHUTDOWN. Check logs.\r\n")
        #expect(writer.take() == "+OK\r\n")

        #expect(network.send("SHUTDOWN NOSAVE", over: client) == "")
        #expect(!network.run(for: .seconds(8)) { network.ended.contains(0) })
        #expect(network.run(for: .seconds(3)) { network.ended.contains(0) })
    }

    @Test func `SHUTDOWN ends at once when the replicas have everything`() {
        let network = network(2)
        attach([1], in: network)
        #expect(
            network.run(for: .seconds(3)) { network.acknowledgedOffset(0) == network.offset(0) })
        network.send("SHUTDOWN NOSAVE", over: network.connect(to: 0))
        #expect(network.ended.contains(0))
    }

    @Test func `SHUTDOWN ends when the replicas have caught up`() {
        let network = network(2)
        attach([1], in: network)
        network.send("SET a 1", to: 0)
        network.send("SHUTDOWN NOSAVE", over: network.connect(to: 0))
        #expect(!network.ended.contains(0))
        #expect(network.run(for: .milliseconds(1300)) { network.ended.contains(0) })
        #expect(network.send("GET a", to: 1) == "$1\r\n1\r\n")
    }
}

extension BusNetwork {
    /// A field of INFO; empty where it is missing.
    func info(_ node: Int, _ field: String) -> String {
        send("INFO", to: node).split(separator: "\r\n").first { $0.hasPrefix("\(field):") }
            .map { String($0.dropFirst(field.utf8.count + 1)) } ?? ""
    }

    func isInSync(_ node: Int) -> Bool { info(node, "master_link_status") == "up" }

    func offset(_ node: Int) -> String { info(node, "master_repl_offset") }

    /// What the first replica has said to have processed.
    func acknowledgedOffset(_ node: Int) -> String {
        info(node, "slave0").split(separator: ",").first { $0.hasPrefix("offset=") }
            .map { String($0.dropFirst(7)) } ?? ""
    }
}
