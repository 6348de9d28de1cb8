import Lab
import RESP
import TestSupport
import Testing

/// What happens in a cluster is the same on every backend.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ClusterScenarioTests {
    @Test(arguments: TestedLab.withMixed)
    func `strangers become a cluster by MEET, ADDSLOTS and REPLICATE`(_ lab: TestedLab) throws {
        let cluster = try lab.start(masters: 4, replicas: 0, isEmpty: true)
        for node in 1...3 {
            try #expect(
                cluster.send("CLUSTER MEET 127.0.0.1 \(cluster[node].port)")
                    == .simpleString("OK"))
        }
        try cluster.await("everybody knows everybody") {
            (0...3).allSatisfy {
                cluster.field("cluster_known_nodes", of: "CLUSTER INFO", at: $0) == "4"
            }
        }
        try cluster.send("CLUSTER ADDSLOTSRANGE 0 5460", to: 0)
        try cluster.send("CLUSTER ADDSLOTSRANGE 5461 10922", to: 1)
        try cluster.send("CLUSTER ADDSLOTSRANGE 10923 16383", to: 2)
        let master = try cluster.id(of: 0)
        try cluster.await("the replica takes its master") {
            try cluster.send("CLUSTER REPLICATE \(master)", to: 3) == .simpleString("OK")
        }
        try cluster.await("the cluster is ok") { (0...3).allSatisfy(cluster.isOK) }
        try cluster.send("SET {b} here", to: 0)
        try cluster.await("the replica has the key") {
            cluster.field("master_link_status", of: "INFO replication", at: 3) == "up"
        }
        try #expect(cluster.send("DBSIZE", to: 3) == .integer(1))
    }

    /// Real servers name a replica once gossip has told of its offset: their beginning is not the lab's.
    @Test(arguments: [TestedLab.simulated, .inProcess])
    func `clients are told of the replicas from the first moment on`(_ lab: TestedLab) throws {
        let cluster = try lab.start()
        for node in 0...5 {
            let shards = try cluster.send("CLUSTER SLOTS", to: node).elements ?? []
            // A range is two numbers, the master and its replica.
            #expect(shards.map { $0.elements?.count } == [4, 4, 4])
        }
    }

    @Test(arguments: TestedLab.allCases.filter { $0 != .simulated })
    func `a master whose script never ends says that it is busy, and stays a master`(
        _ lab: TestedLab
    ) throws {
        let cluster = try lab.start()
        try cluster.send("CONFIG SET busy-reply-threshold 100", to: 0)
        let caller = try cluster.lab.connectInTest(to: cluster[0])
        let script = ["EVAL", "while true do end", "0"].map { Array($0.utf8) }
        #expect(throws: LabError.self) { try caller.send(script, within: .milliseconds(20)) }
        try cluster.await("it says that it is busy") {
            guard case .error(let text) = try cluster.send("PING", to: 0) else { return false }
            return text.hasPrefix("BUSY ")
        }
        // Three times the time after which a silent node has failed.
        try cluster.lab.pass(.milliseconds(1500))
        for node in 1...5 { try #expect(cluster.flags(of: 0, seenBy: node) == ["master"]) }
        try #expect(cluster.send("SCRIPT KILL", to: 0) == .simpleString("OK"))
        try cluster.await("it serves again") {
            try cluster.send("PING", to: 0) == .simpleString("PONG")
        }
        #expect(cluster.role(of: 0) == "master")
    }

    @Test(arguments: TestedLab.withMixed)
    func `a replica takes over from a master that is gone`(_ lab: TestedLab) throws {
        let cluster = try lab.start()
        let replica = try cluster.replica(of: 0)
        #expect(throws: LabError.connectionLost(cluster[0])) {
            try cluster.send("SHUTDOWN NOSAVE NOW", to: 0)
        }
        try cluster.await("the replica is a master") { cluster.role(of: replica) == "master" }
        try cluster.await("all is well") { (1...5).allSatisfy(cluster.isOK) }
        try #expect(cluster.flags(of: 0, seenBy: 1).contains("fail"))
        #expect(throws: LabError.refused(cluster[0], reason: "Connection refused")) {
            try cluster.send("PING", to: 0)
        }
    }

    @Test(arguments: TestedLab.allCases)
    func `CLUSTER FAILOVER swaps the roles and loses nothing`(_ lab: TestedLab) throws {
        let cluster = try lab.start()
        let replica = try cluster.replica(of: 2)
        try cluster.send("SET {a}:1 one", to: 2)
        try #expect(cluster.send("WAIT 1 5000", to: 2) == .integer(1))
        try cluster.await("the replica has a link to its master") {
            try cluster.send("CLUSTER FAILOVER", to: replica) == .simpleString("OK")
        }
        try cluster.await("the roles are swapped") {
            cluster.role(of: replica) == "master" && cluster.role(of: 2) == "slave"
        }
        try #expect(cluster.send("GET {a}:1", to: replica) == .bulk("one"))
        try #expect(cluster.send("GET {a}:1", to: 2).errorCode == "MOVED")
    }

    @Test(arguments: TestedLab.withMixed)
    func `a slot moves with its keys, and clients are redirected`(_ lab: TestedLab) throws {
        let cluster = try lab.start()
        let slot = try #require(cluster.send("CLUSTER KEYSLOT {a}").integer)
        let (source, target) = (2, 0)
        for key in 1...3 { try cluster.send("SET {a}:\(key) value\(key)", to: source) }
        let (from, to) = (try cluster.id(of: source), try cluster.id(of: target))
        try cluster.send("CLUSTER SETSLOT \(slot) IMPORTING \(from)", to: target)
        try cluster.send("CLUSTER SETSLOT \(slot) MIGRATING \(to)", to: source)
        let address = "127.0.0.1:\(cluster[target].port)"
        try #expect(
            cluster.send("GET {a}:9", to: source) == .error("ASK \(slot) \(address)"))
        for key in 1...3 {
            try #expect(
                cluster.send(
                    "MIGRATE 127.0.0.1 \(cluster[target].port) {a}:\(key) 0 5000", to: source)
                    == .simpleString("OK"))
        }
        try cluster.send("CLUSTER SETSLOT \(slot) NODE \(to)", to: target)
        try cluster.send("CLUSTER SETSLOT \(slot) NODE \(to)", to: source)
        try #expect(
            cluster.send("GET {a}:2", to: source) == .error("MOVED \(slot) \(address)"))
        try #expect(cluster.send("GET {a}:2", to: target) == .bulk("value2"))
    }

    @Test(arguments: TestedLab.allCases)
    func `WAIT ends at its timeout where replicas are missing`(_ lab: TestedLab) throws {
        let cluster = try lab.start()
        let before = cluster.lab.time
        try cluster.send("SET {a}:1 one", to: 2)
        try #expect(cluster.send("WAIT 2 300", to: 2) == .integer(1))
        #expect(cluster.lab.time - before >= .milliseconds(300))
    }

    // MARK: - With a hand in the cluster

    @Test(arguments: TestedLab.allCases)
    func `a crashed master comes back as a replica of its successor`(_ lab: TestedLab) throws {
        let cluster = try lab.start()
        guard let control = cluster.lab.control else { return }
        let replica = try cluster.replica(of: 0)
        let name = try cluster.id(of: 0)
        try control.crash(cluster[0])
        #expect(control.state(of: cluster[0]) == .down)
        try cluster.await("the replica is a master") { cluster.role(of: replica) == "master" }
        try control.boot(cluster[0])
        cluster.reconnect()
        #expect(control.state(of: cluster[0]) == .running)
        try #expect(cluster.id(of: 0) == name)
        try cluster.await("it is a replica, and in sync") {
            cluster.field("master_link_status", of: "INFO replication", at: 0) == "up"
        }
        try cluster.await("all is well") { (0...5).allSatisfy(cluster.isOK) }
    }

    @Test(arguments: TestedLab.allCases)
    func `a frozen master is replaced, and learns of it when it goes on`(_ lab: TestedLab) throws {
        let cluster = try lab.start()
        guard let control = cluster.lab.control else { return }
        let replica = try cluster.replica(of: 1)
        try control.freeze(cluster[1])
        #expect(control.state(of: cluster[1]) == .frozen)
        try cluster.await("the replica is a master") { cluster.role(of: replica) == "master" }
        try control.thaw(cluster[1])
        try cluster.await("the former master knows") { cluster.role(of: 1) == "slave" }
    }

    @Test(arguments: TestedLab.allCases)
    func `a master in a minority stops, and joins again after the heal`(_ lab: TestedLab) throws {
        let cluster = try lab.start()
        guard let control = cluster.lab.control, !control.lacks.contains(.networkFaults) else {
            return
        }
        let replica = try cluster.replica(of: 0)
        let others = (1...5).map { NetworkFaults.Party.node(cluster[$0]) }
        var faults = NetworkFaults()
        faults.partition([[.node(cluster[0])], Set(others)])
        try control.setNetwork(faults)
        try cluster.await("the majority goes on with the replica") {
            cluster.role(of: replica) == "master" && cluster.isOK(1)
        }
        // Its client is on no side, and so reaches it.
        #expect(!cluster.isOK(0))
        try #expect(cluster.send("GET {x}", to: 0).errorCode == "CLUSTERDOWN")
        try control.setNetwork(NetworkFaults())
        try cluster.await("it is a replica") { cluster.role(of: 0) == "slave" }
        try cluster.await("all is well") { (0...5).allSatisfy(cluster.isOK) }
    }

    @Test(arguments: TestedLab.allCases)
    func `without replication a replica lags behind, and catches up later`(_ lab: TestedLab) throws
    {
        let cluster = try lab.start()
        guard let control = cluster.lab.control, !control.lacks.contains(.networkFaults) else {
            return
        }
        let replica = try cluster.replica(of: 2)
        let ends: Set<NetworkFaults.Party> = [.node(cluster[2]), .node(cluster[replica])]
        var faults = NetworkFaults()
        faults.add(
            NetworkFaults.Rule(from: ends, to: ends, traffic: [.replication], effect: .blocked))
        try control.setNetwork(faults)
        try cluster.send("SET {a}:1 one", to: 2)
        try #expect(cluster.send("WAIT 1 200", to: 2) == .integer(0))
        try control.setNetwork(NetworkFaults())
        try #expect(cluster.send("WAIT 1 5000", to: 2) == .integer(1))
    }

    @Test(arguments: TestedLab.allCases)
    func `a stopped node says farewell and keeps who it is`(_ lab: TestedLab) throws {
        let cluster = try lab.start(masters: 3, replicas: 0, nodeTimeout: .seconds(5))
        guard let control = cluster.lab.control else { return }
        let names = try (0...2).map { try cluster.id(of: $0) }
        for node in 0...2 { try control.stop(cluster[node]) }
        for node in 0...2 { #expect(control.state(of: cluster[node]) == .down) }
        for node in 0...2 { try control.boot(cluster[node]) }
        cluster.reconnect()
        try #expect((0...2).map { try cluster.id(of: $0) } == names)
        try cluster.await("all is well again") { (0...2).allSatisfy(cluster.isOK) }
    }
}
