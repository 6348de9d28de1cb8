import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Publish and subscribe between nodes of the lab and real servers in one cluster.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(
        if: RedisCLI.isInstalled && RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)
    ))
struct MixedPubSubTests {
    @Test func `messages reach the subscribers of either kind, and slots take theirs along`() throws
    {
        let lab = try (1...3).map {
            try LabNodes(1, seed: UInt64(40 + $0), nodeTimeout: .seconds(15))
        }
        // Nobody fails here, and a link that is renewed after half of the node timeout loses what is on its way.
        let real = try (1...3).map { _ in
            try RedisServer(ownsSlots: false, arguments: ["--cluster-node-timeout", "15000"])
        }
        defer {
            for node in lab { node.kill() }
            for server in real { server.kill() }
        }
        let (l1, l2, l3) = (lab[0].addresses[0], lab[1].addresses[0], lab[2].addresses[0])
        let (r1, r2, r3) = (real[0].address, real[1].address, real[2].address)
        // Masters are the first three; each gets a replica of the other kind.
        let all = [l1, r1, l2, r2, l3, r3]
        try clusterCLI(["create"] + all.map(\.name) + ["--cluster-replicas", "1", "--cluster-yes"])
        let pairs = [(replica: r2, master: l1), (l3, r1), (r3, l2)]
        #expect(try eventually { try all.allSatisfy { try replicaCount($0) == 3 } })
        for (replica, master) in pairs {
            let reply = try replica.send("CLUSTER", "REPLICATE", try master.id())
            #expect(reply == .simpleString("OK"))
        }
        #expect(
            try eventually {
                try pairs.allSatisfy { replica, master in
                    try all.allSatisfy { try knows($0, replica, replicates: master) }
                }
            })
        #expect(try eventually { try isSound(l1) && isSound(r1) })

        let listeners = try all.map { try testConnection(to: $0) }
        for listener in listeners {
            #expect(try listener.send("SUBSCRIBE", "news") == pushed("subscribe", "news", count: 1))
        }
        for (number, node) in all.enumerated() {
            #expect(try node.send("PUBLISH", "news", "from \(number)") == .integer(1))
            for listener in listeners {
                #expect(try listener.receive() == pushed("message", "news", "from \(number)"))
            }
        }
        try shareChannels(pairs)
        try moveSlot(from: (l1, r2), to: r1, of: all)
        try moveSlot(from: (r1, l3), to: l2, of: all)
    }

    /// A message in a shard comes to both of its nodes, whichever publishes it.
    private func shareChannels(_ pairs: [(replica: NodeAddress, master: NodeAddress)]) throws {
        for (replica, master) in pairs {
            let channel = try channel(of: master)
            let nodes = [replica, master]
            let listeners = try nodes.map { try testConnection(to: $0) }
            for listener in listeners {
                let reply = try listener.send("SSUBSCRIBE", channel)
                #expect(reply == pushed("ssubscribe", channel, count: 1))
            }
            for node in nodes {
                #expect(try node.send("SPUBLISH", channel, node.name) == .integer(1))
                for listener in listeners {
                    #expect(try listener.receive() == pushed("smessage", channel, node.name))
                }
            }
        }
    }

    /// A slot that moves away ends the subscriptions to its channels, at the master and at its replica.
    private func moveSlot(
        from source: (master: NodeAddress, replica: NodeAddress), to target: NodeAddress,
        of all: [NodeAddress]
    ) throws {
        let channel = try channel(of: source.master)
        let slot = "\(try source.master.send("CLUSTER", "KEYSLOT", channel).integer ?? -1)"
        let listeners = try [source.master, source.replica].map { try testConnection(to: $0) }
        for listener in listeners {
            // The replica may not have heard yet that its master has got the slot.
            let isSubscribed = try eventually {
                try listener.send("SSUBSCRIBE", channel) == pushed("ssubscribe", channel, count: 1)
            }
            try #require(isSubscribed)
        }
        let (targetID, sourceID) = (try target.id(), try source.master.id())
        _ = try target.send("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceID)
        _ = try source.master.send("CLUSTER", "SETSLOT", slot, "MIGRATING", targetID)
        for node in [target, source.master] {
            #expect(
                try node.send("CLUSTER", "SETSLOT", slot, "NODE", targetID) == .simpleString("OK"))
        }
        for listener in listeners {
            #expect(try listener.receive() == pushed("sunsubscribe", channel, count: 0))
        }
        let reply = try source.master.send("SSUBSCRIBE", channel)
        #expect(reply == .error("MOVED \(slot) \(target.name)"))
        // Who takes a slot before it has heard of the last epoch may take that one too, and then not be believed.
        #expect(try eventually { try Set(all.map(currentEpoch)).count == 1 })
    }

    private func currentEpoch(of node: NodeAddress) throws -> Substring? {
        try node.send("CLUSTER", "INFO").text?.split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix("cluster_current_epoch:") }
    }

    /// A channel in a slot of that master.
    private func channel(of master: NodeAddress) throws -> String {
        let channel = try (0..<1000).map { "channel:\($0)" }.first { channel in
            // Not SPUBLISH: what it sends on would come to the replica's subscribers later.
            if case .error = try master.send("GET", channel) { return false }
            return true
        }
        return try #require(channel)
    }

    private func pushed(_ words: String..., count: Int64? = nil) -> RESPValue {
        .array(
            words.map { .bulkString(Array($0.utf8)) } + (count.map { [.integer($0)] } ?? []))
    }
}
