import RESP
import Testing

struct MovingTests {
    private let cluster = FakeCluster.whole()
    private var ids: [String] { cluster.nodes.map(\.id) }

    @Test func `a slot moves in redis-cli's order, ten keys at a time`() {
        cluster.nodes[0].keys[0] = (0..<12).map { "k\($0)" }
        let status = cluster.run(
            "--cluster", "reshard", "127.0.0.1:7000", "--cluster-from", ids[0], "--cluster-to",
            ids[1], "--cluster-slots", "1", "--cluster-yes")
        #expect(status == 0)
        #expect(
            cluster.log == [
                "7001 CLUSTER SETSLOT 0 importing \(ids[0])",
                "7000 CLUSTER SETSLOT 0 migrating \(ids[1])",
                "7000 CLUSTER GETKEYSINSLOT 0 10",
                "7000 MIGRATE 127.0.0.1 7001  0 60000 KEYS k0 k1 k2 k3 k4 k5 k6 k7 k8 k9",
                "7000 CLUSTER GETKEYSINSLOT 0 10",
                "7000 MIGRATE 127.0.0.1 7001  0 60000 KEYS k10 k11",
                "7000 CLUSTER GETKEYSINSLOT 0 10",
                "7001 CLUSTER SETSLOT 0 node \(ids[1])",
                "7000 CLUSTER SETSLOT 0 node \(ids[1])",
                "7002 CLUSTER SETSLOT 0 node \(ids[1])",
            ])
        #expect(
            cluster.output.hasSuffix(
                "Moving slot 0 from 127.0.0.1:7000 to 127.0.0.1:7001: ............\n"))
    }

    @Test func `the questions of a reshard`() {
        cluster.typed = ["0", "2", "", ids[1], ids[1], ids[0], "done", "yes"]
        #expect(cluster.run("--cluster", "reshard", "127.0.0.1:7000") == 0)
        #expect(
            cluster.output.contains(
                """
                [OK] All 16384 slots covered.
                How many slots do you want to move (from 1 to 16384)? How many slots do you want to move (from 1 to 16384)? What is the receiving node ID? What is the receiving node ID? Please enter all the source node IDs.
                  Type 'all' to use all the nodes as source nodes for the hash slots.
                  Type 'done' once you entered all the source nodes IDs.
                Source node #1: *** It is not possible to use the target node as source node.
                Source node #1: Source node #2: 
                Ready to move 2 slots.
                  Source nodes:
                    M: \(ids[0]) 127.0.0.1:7000
                       slots:[0-5460] (5461 slots) master
                       1 additional replica(s)
                  Destination node:
                    M: \(ids[1]) 127.0.0.1:7001
                       slots:[5461-10922] (5462 slots) master
                       1 additional replica(s)
                  Resharding plan:
                    Moving slot 0 from \(ids[0])
                    Moving slot 1 from \(ids[0])
                Do you want to proceed with the proposed reshard plan (yes/no)? Moving slot 0 from
                """))
    }

    @Test func `keys that the target has already are replaced if they are equal`() {
        (cluster.nodes[0].keys[0], cluster.nodes[1].keys[0]) = (["k"], ["k"])
        let digest = RESPValue.array([.simpleString("1f")])
        for node in cluster.nodes { node.replies["DEBUG DIGEST-VALUE"] = digest }
        #expect(move() == 0)
        #expect(
            cluster.output.hasSuffix(
                """
                127.0.0.1:7001: 
                *** Target key exists
                *** Checking key values on both nodes...
                *** Replacing target keys...
                .

                """))
        #expect(cluster.log.contains("7000 MIGRATE 127.0.0.1 7001  0 60000 REPLACE KEYS k"))
    }

    @Test func `keys with other values stop the move, unless the option says otherwise`() {
        (cluster.nodes[0].keys[0], cluster.nodes[1].keys[0]) = (["k"], ["k"])
        for (node, digest) in zip(cluster.nodes, ["1f", "2f"]) {
            node.replies["DEBUG DIGEST-VALUE"] = .array([.simpleString(digest)])
        }
        #expect(move() == 1)
        #expect(
            cluster.output.hasSuffix(
                """
                *** Found 1 key(s) in both source node and target node having different values.
                    Source node: 127.0.0.1:7000
                    Target node: 127.0.0.1:7001
                    Keys(s):
                    - k
                Please fix the above key(s) manually and try again or relaunch the command 
                with --cluster-replace option to force key overriding.


                """))
        #expect(cluster.nodes[0].keys[0] == ["k"])
    }

    @Test func `a refused MIGRATE ends the reshard with its reason`() {
        cluster.nodes[0].keys[0] = ["k"]
        cluster.nodes[0].replies["MIGRATE"] = .error(
            "IOERR error or timeout writing to target instance")
        #expect(move() == 1)
        #expect(
            cluster.output.hasSuffix(
                """
                127.0.0.1:7001: 
                Node 127.0.0.1:7000 replied with error:
                IOERR error or timeout writing to target instance

                clusterManagerMoveSlot failed: IOERR error or timeout writing to target instance

                """))
    }

    /// Weights, and the moves that they lead to.
    struct Balance: CustomTestStringConvertible {
        var weights: [String]
        var moves: String

        var testDescription: String { weights.joined(separator: " ") }
    }

    @Test(arguments: [
        Balance(
            weights: ["0=2"],
            moves: """
                >>> Rebalancing across 3 nodes. Total weight = 4.00
                127.0.0.1:7000 balance is -2731 slots
                127.0.0.1:7002 balance is 1365 slots
                127.0.0.1:7001 balance is 1366 slots
                Moving 1366 slots from 127.0.0.1:7001 to 127.0.0.1:7000
                Moving 1365 slots from 127.0.0.1:7002 to 127.0.0.1:7000

                """),
        Balance(
            weights: ["2=0"],
            moves: """
                >>> Rebalancing across 3 nodes. Total weight = 2.00
                127.0.0.1:7000 balance is -2731 slots
                127.0.0.1:7001 balance is -2730 slots
                127.0.0.1:7002 balance is 5461 slots
                Moving 2731 slots from 127.0.0.1:7002 to 127.0.0.1:7000
                Moving 2730 slots from 127.0.0.1:7002 to 127.0.0.1:7001

                """),
        Balance(
            weights: [],
            moves: "*** No rebalancing needed! All nodes are within the 2.00% threshold.\n"),
    ])
    func `weights decide who gives how many`(_ balance: Balance) {
        let status = cluster.run(
            ["--cluster", "rebalance", "127.0.0.1:7000", "--cluster-simulate", "--verbose"]
                + (balance.weights.isEmpty ? [] : ["--cluster-weight"] + balance.weights))
        #expect(status == 0)
        let lines = cluster.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect((lines.joined(separator: "\n") + "\n").hasSuffix("covered.\n" + balance.moves))
    }

    private func move() -> Int32 {
        cluster.run(
            "--cluster", "reshard", "127.0.0.1:7000", "--cluster-from", ids[0], "--cluster-to",
            ids[1], "--cluster-slots", "1", "--cluster-yes")
    }
}
