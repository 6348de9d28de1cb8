import Testing

struct FixTests {
    private let cluster = FakeCluster.whole()
    private var ids: [String] { cluster.nodes.map(\.id) }

    @Test func `case 1 finishes a move`() {
        cluster.nodes[0].open[7] = "[7->-\(ids[1])]"
        cluster.nodes[1].open[7] = "[7-<-\(ids[0])]"
        cluster.nodes[0].keys[7] = ["a"]
        #expect(fix() == 0)
        #expect(cluster.nodes[1].slots.contains(7) && cluster.nodes[1].keys[7] == ["a"])
        #expect(
            cluster.output.contains(
                """
                [WARNING] The following slots are open: 7.
                >>> Fixing open slot 7
                Set as migrating in: 127.0.0.1:7000
                Set as importing in: 127.0.0.1:7001
                >>> Case 1: Moving slot 7 from 127.0.0.1:7000 to 127.0.0.1:7001
                Moving slot 7 from 127.0.0.1:7000 to 127.0.0.1:7001: .
                >>> Check slots coverage...
                """))
    }

    @Test func `case 2 gives keys back to the owner`() {
        cluster.nodes[1].open[7] = "[7-<-\(ids[0])]"
        cluster.nodes[1].keys[7] = ["a"]
        cluster.nodes[0].keys[7] = ["b"]
        #expect(fix() == 0)
        #expect(cluster.nodes[0].keys[7]?.sorted() == ["a", "b"])
        #expect(
            cluster.output.contains(
                "*** Found keys about slot 7 in non-owner node 127.0.0.1:7001!\n"))
    }

    @Test func `case 3 closes importers without keys`() {
        cluster.nodes[0].open[7] = "[7->-\(ids[1])]"
        cluster.nodes[1].open[7] = "[7-<-\(ids[0])]"
        cluster.nodes[2].open[7] = "[7-<-\(ids[0])]"
        #expect(fix() == 0)
        #expect(cluster.nodes.allSatisfy { $0.open.isEmpty })
        #expect(cluster.nodes[1].slots.contains(7))
        #expect(
            cluster.output.contains(
                ">>> Case 3: Moving slot 7 from 127.0.0.1:7000 to 127.0.0.1:7001 "
                    + "and closing it on all the other importing nodes.\n"))
    }

    @Test func `case 4 closes a move that never began`() {
        cluster.nodes[0].open[7] = "[7->-\(ids[1])]"
        #expect(fix() == 0)
        #expect(cluster.output.contains(">>> Case 4: Closing slot 7 on 127.0.0.1:7000\n"))
        #expect(cluster.log == ["7000 CLUSTER SETSLOT 7 STABLE"])
    }

    @Test func `slots without an owner go where their keys are, if that is wished`() {
        for slot in [7, 8, 9] { cluster.nodes[0].slots.remove(slot) }
        cluster.nodes[1].keys[8] = ["a"]
        (cluster.nodes[1].keys[9], cluster.nodes[2].keys[9]) = (["b"], ["c", "d"])
        cluster.typed = ["no", "yes", "yes"]
        #expect(fix() == 0)
        #expect(
            cluster.output.contains(
                """
                The following uncovered slots have no keys across the cluster:
                [7]
                Fix these slots by covering with a random node? (type 'yes' to accept): The following uncovered slots have keys in just one node:
                [8]
                Fix these slots by covering with those nodes? (type 'yes' to accept): >>> Covering slot 8 with 127.0.0.1:7001
                The following uncovered slots have keys in multiple nodes:
                [9]
                Fix these slots by moving keys into a single node? (type 'yes' to accept): >>> Covering slot 9 moving keys to 127.0.0.1:7002
                Moving slot 9 from 127.0.0.1:7001 to 127.0.0.1:7002: .

                """))
        #expect(cluster.nodes[1].slots.contains(8))
        #expect(cluster.nodes[2].keys[9]?.sorted() == ["b", "c", "d"])
        #expect(!cluster.nodes.contains { $0.slots.contains(7) })
    }

    @Test func `a slot of two owners is left with one`() {
        cluster.nodes[1].slots.insert(7)
        cluster.nodes[1].keys[7] = ["a"]
        #expect(fix("--cluster-search-multiple-owners") == 0)
        #expect(
            cluster.output.contains(
                """
                [WARNING] Slot 7 has 2 owners:
                    127.0.0.1:7000
                    127.0.0.1:7001
                >>> Fixing multiple owners for slot 7...
                >>> Setting slot 7 owner: 127.0.0.1:7001
                [OK] No multiple owners found.
                """))
        #expect(!cluster.nodes[0].slots.contains(7))
    }

    @Test func `a check only tells, and fails`() {
        cluster.nodes[0].slots.remove(7)
        #expect(cluster.run("--cluster", "check", "127.0.0.1:7000") == 1)
        #expect(cluster.output.hasSuffix("[ERR] Not all 16384 slots are covered by nodes.\n\n"))
        #expect(cluster.log == [])
    }

    private func fix(_ options: String...) -> Int32 {
        cluster.run(["--cluster", "fix", "127.0.0.1:7000"] + options)
    }
}
