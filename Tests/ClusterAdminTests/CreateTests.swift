import Testing

struct CreateTests {
    @Test func `the plan is redis-cli's, to the byte`() {
        let cluster = FakeCluster(6)
        let arguments = ["--cluster", "create"] + cluster.names + ["--cluster-replicas", "1"]
        #expect(cluster.run(arguments) == 0)
        let ids = cluster.nodes.map(\.id)
        // The replicas' masters are what redis-cli's optimizer draws at this time.
        #expect(
            cluster.output.hasPrefix(
                """
                >>> Performing hash slots allocation on 6 nodes...
                Master[0] -> Slots 0 - 5460
                Master[1] -> Slots 5461 - 10922
                Master[2] -> Slots 10923 - 16383
                Adding replica 127.0.0.1:7004 to 127.0.0.1:7000
                Adding replica 127.0.0.1:7005 to 127.0.0.1:7001
                Adding replica 127.0.0.1:7003 to 127.0.0.1:7002
                >>> Trying to optimize slaves allocation for anti-affinity
                [WARNING] Some slaves are in the same host as their master
                M: \(ids[0]) 127.0.0.1:7000
                   slots:[0-5460] (5461 slots) master
                M: \(ids[1]) 127.0.0.1:7001
                   slots:[5461-10922] (5462 slots) master
                M: \(ids[2]) 127.0.0.1:7002
                   slots:[10923-16383] (5461 slots) master
                S: \(ids[3]) 127.0.0.1:7003
                   replicates
                """))
        #expect(
            cluster.output.hasSuffix("Can I set the above configuration? (type 'yes' to accept): "))
        #expect(cluster.complaints == "")
        #expect(cluster.log == [])
    }

    @Test func `hosts alternate, and no replica is on its master's host`() {
        let cluster = FakeCluster(["a", "a", "a", "b", "b", "b", "c", "c", "c"])
        #expect(
            cluster.run(
                ["--cluster", "create"] + cluster.names + ["--cluster-replicas", "2"]) == 0)
        #expect(
            cluster.output.contains(
                """
                Master[0] -> Slots 0 - 5460
                Master[1] -> Slots 5461 - 10922
                Master[2] -> Slots 10923 - 16383
                Adding replica b:7004 to a:7000
                Adding replica c:7007 to a:7000
                Adding replica a:7002 to b:7003
                Adding replica c:7008 to b:7003
                Adding replica b:7005 to c:7006
                Adding replica a:7001 to c:7006
                M: 0000
                """))
    }

    @Test func `nodes in excess become extra replicas`() {
        let cluster = FakeCluster(8)
        #expect(
            cluster.run(
                ["--cluster", "create"] + cluster.names + [
                    "--cluster-replicas", "1", "--cluster-yes",
                ])
                == 0)
        #expect(cluster.output.contains("Master[3] -> Slots 12288 - 16383\n"))
        let seven = FakeCluster(7)
        #expect(
            seven.run(["--cluster", "create"] + seven.names + ["--cluster-replicas", "1"]) == 0)
        #expect(
            seven.output.contains(
                "Adding extra replicas...\nAdding replica 127.0.0.1:7003 to 127.0.0.1:7000\n"))
    }

    @Test func `the nodes get slots, epochs and a meeting, and replicas their masters in the end`()
    {
        let cluster = FakeCluster(6)
        let arguments = ["--cluster", "create"] + cluster.names + ["--cluster-replicas", "1"]
        cluster.typed = ["yes"]
        #expect(cluster.run(arguments) == 0)
        let slots = cluster.nodes.map(\.slots.count)
        #expect(slots == [5461, 5462, 5461, 0, 0, 0])
        #expect(Set(cluster.nodes[3...].map(\.master)) == Set(cluster.nodes[..<3].map(\.id)))
        #expect(cluster.log.filter { $0.contains("epoch") }.count == 6)
        #expect(
            cluster.log.filter { $0.contains("meet") }
                == (7001...7005).map { "\($0) cluster meet 127.0.0.1 7000" })
        #expect(cluster.output.contains("Waiting for the cluster to join\n\n>>> Performing"))
        #expect(cluster.output.hasSuffix("[OK] All 16384 slots covered.\n"))
    }

    @Test func `a bus port that is not the usual one is named`() {
        let cluster = FakeCluster(3)
        cluster.nodes[0].busPort = 9000
        #expect(cluster.run(["--cluster", "create"] + cluster.names + ["--cluster-yes"]) == 0)
        #expect(cluster.log.contains("7001 cluster meet 127.0.0.1 7000 9000"))
    }

    @Test func `a join that does not come about is explained, and Ctrl-C ends it`() {
        let cluster = FakeCluster(3)
        cluster.joins = false
        cluster.patience = 8
        #expect(cluster.run(["--cluster", "create"] + cluster.names + ["--cluster-yes"]) == 130)
        #expect(
            cluster.output.hasSuffix(
                """
                Waiting for the cluster to join
                .....
                After 5 seconds the nodes have not joined:
                 - 127.0.0.1:7000 does not know any other node
                 - 127.0.0.1:7001 does not know any other node
                 - 127.0.0.1:7002 does not know any other node
                 - the bus port 17000 of 127.0.0.1 cannot be reached from here: Connection refused
                 - the bus port 17001 of 127.0.0.1 cannot be reached from here: Connection refused
                 - the bus port 17002 of 127.0.0.1 cannot be reached from here: Connection refused
                Every node must reach the bus port of every other. Still waiting; Ctrl-C ends it.
                ...
                """))
    }

    @Test func `colours follow the name of the terminal`() {
        let cluster = FakeCluster.whole()
        cluster.environment = ["TERM": "xterm-256color"]
        #expect(cluster.run("--cluster", "check", "127.0.0.1:7000") == 0)
        #expect(
            cluster.output.contains("\u{1B}[32;1m[OK] 0 keys in 3 masters.\n\u{1B}[0m0.00 keys"))
        #expect(cluster.output.contains("\u{1B}[29;1m>>> Check for open slots...\n\u{1B}[0m"))
    }
}
