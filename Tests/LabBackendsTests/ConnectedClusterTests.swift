import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Clusters that the lab only visits.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ConnectedClusterTests {
    private func host(
        spares: Int = 0, _ body: (any LabCluster, NodeAddress) throws -> Void
    ) throws {
        var plan = ClusterPlan(spares: spares)
        plan.port = try FreePorts(count: plan.nodeCount).first
        let cluster = try InProcessLab().start(plan)
        defer { cluster.shutDown() }
        try body(cluster, cluster.nodes[4])
    }

    private func send(_ words: String..., to node: NodeAddress, of cluster: any LabCluster) throws
        -> RESPValue
    {
        let connection = try cluster.connectInTest(to: node)
        defer { connection.close() }
        return try connection.send(words.map { Array($0.utf8) })
    }

    @Test func `all nodes are found from one, and the first that answers is asked`() throws {
        try host { cluster, node in
            let nobody = NodeAddress(port: try FreePorts(count: 1).first)
            let visited = try ConnectedLab(.init(seeds: [nobody, node])).connect()
            #expect(visited.nodes == cluster.nodes)
            #expect(visited.entrance == node)
            #expect(visited.unreachable().isEmpty)
            #expect(visited.control == nil)
            #expect(visited.lacks == Set(LabAbility.allCases))
        }
    }

    @Test func `what would change something is refused until it is allowed`() throws {
        try host { cluster, node in
            var settings = ConnectedLab.Settings(seeds: [node])
            let visited = try ConnectedLab(settings).connect()
            // Slot 3300 is the first master's.
            let owner = cluster.nodes[0]
            let refusal =
                "ERR SET may change this cluster, which is not the lab's: --allow-changes lets it"
            #expect(try send("SET", "b", "1", to: owner, of: visited) == .error(refusal))
            #expect(
                try send("CONFIG", "SET", "save", "", to: owner, of: visited).errorCode == "ERR")
            #expect(try send("CLUSTER", "FAILOVER", to: node, of: visited).errorCode == "ERR")
            #expect(try send("NOSUCHCOMMAND", to: node, of: visited).errorCode == "ERR")
            #expect(try send("GET", "b", to: owner, of: visited) == .null)
            #expect(try send("CONFIG", "GET", "save", to: owner, of: visited).elements?.count == 2)
            settings.allowsChanges = true
            let guest = try ConnectedLab(settings).connect()
            #expect(try send("SET", "b", "1", to: owner, of: guest) == .simpleString("OK"))
        }
    }

    @Test func `a stream answers what is refused in its place`() throws {
        try host { cluster, node in
            let visited = try ConnectedLab(.init(seeds: [node])).connect()
            let stream = try visited.openStream(
                to: .tcp(host: node.host, port: node.port))
            defer { stream.close() }
            var text = ""
            for words in [["SET", "b", "1"], ["PING"]] {
                var request = encodeRequest(words.map { Array($0.utf8) })[...]
                while !request.isEmpty { request = request.dropFirst(try stream.send(request)) }
                _ = try stream.wait(for: .readable, timeout: .seconds(5))
                text += String(decoding: try stream.receive(atMost: 1000) ?? [], as: UTF8.self)
            }
            #expect(text.hasPrefix("-ERR SET may change"))
            #expect(text.hasSuffix("\r\n+PONG\r\n"))
        }
    }

    @Test func `a node that is announced elsewhere is reached where the map says`() throws {
        try host { cluster, node in
            let elsewhere = NodeAddress(host: "203.0.113.9", port: cluster.nodes[0].port)
            var settings = ConnectedLab.Settings(seeds: [node])
            let rules = [
                "\(elsewhere)=\(cluster.nodes[0])", "203.0.113.10=127.0.0.1", "203.0.113.9:1", "a:1=b",
            ]
            let taken = rules.map { settings.map.add($0) }
            #expect(taken == [true, true, false, false])
            let visited = try ConnectedLab(settings).connect()
            #expect(try send("PING", to: elsewhere, of: visited) == .simpleString("PONG"))
            let other = NodeAddress(host: "203.0.113.10", port: node.port)
            #expect(try send("PING", to: other, of: visited) == .simpleString("PONG"))
        }
    }

    @Test func `nodes that join later are found, also when the first one is gone`() throws {
        try host(spares: 2) { cluster, node in
            let visited = TestedCluster(try ConnectedLab(.init(seeds: [node])).connect())
            #expect(visited.lab.nodes == Array(cluster.nodes.prefix(6)))
            for spare in [6, 7] {
                let port = "\(cluster.nodes[spare].port)"
                _ = try send(
                    "CLUSTER", "MEET", "127.0.0.1", port, to: cluster.nodes[0], of: cluster)
                try visited.await("\(spare) is found") {
                    visited.lab.nodes == Array(cluster.nodes.prefix(spare + 1))
                }
                // The one that was asked up to now.
                if spare == 6 { try cluster.control?.crash(node) }
            }
        }
    }

    @Test func `nodes that were forgotten are none of the cluster's any more`() throws {
        try host(spares: 1) { cluster, node in
            let members = Array(cluster.nodes.prefix(6))
            let spare = cluster.nodes[6]
            let id = try send("CLUSTER", "MYID", to: spare, of: cluster).text ?? ""
            _ = try send(
                "CLUSTER", "MEET", "127.0.0.1", "\(node.port)", to: spare, of: cluster)
            let visited = TestedCluster(try ConnectedLab(.init(seeds: [node])).connect())
            try visited.await("it has joined") { visited.lab.nodes == cluster.nodes }
            for member in members {
                try visited.await("\(member) knows it, and forgets it") {
                    try send("CLUSTER", "FORGET", id, to: member, of: cluster)
                        == .simpleString("OK")
                }
            }
            _ = try send("CLUSTER", "RESET", "HARD", to: spare, of: cluster)
            try visited.await("it is gone") { visited.lab.nodes == members }
            // The node that was asked up to now leaves: the others go on to tell who they are.
            _ = try send("CLUSTER", "RESET", "HARD", to: node, of: cluster)
            // Long enough for the next look.
            try visited.lab.pass(.milliseconds(1200))
            #expect(visited.lab.nodes.count >= 5)
        }
    }

    @Test func `where clients are sent to hostnames, a node is one by both of its addresses`()
        throws
    {
        try host { cluster, node in
            for member in cluster.nodes {
                let settings = [
                    ("cluster-announce-hostname", "localhost"),
                    ("cluster-preferred-endpoint-type", "hostname"),
                ]
                for (name, value) in settings {
                    _ = try send("CONFIG", "SET", name, value, to: member, of: cluster)
                }
            }
            var settings = ConnectedLab.Settings(seeds: [node])
            let ports = cluster.nodes.map(\.port)
            let isTaken = settings.map.add("localhost:\(ports[0])=127.0.0.1:\(ports[1])")
            #expect(isTaken)
            let visited = TestedCluster(try ConnectedLab(settings).connect())
            let named = ports.map { NodeAddress(host: "localhost", port: $0) }
            try visited.await("all names have got round") { visited.lab.nodes == named }
            #expect(cluster.nodes.map(visited.lab.place) == named)
            let id = try send("CLUSTER", "MYID", to: cluster.nodes[1], of: cluster)
            for address in [named[0], cluster.nodes[0], named[1], cluster.nodes[1]] {
                #expect(try send("CLUSTER", "MYID", to: address, of: visited.lab) == id)
            }
        }
    }

    @Test func `a password is asked for in the server's words`() throws {
        try host { cluster, node in
            for member in cluster.nodes {
                _ = try send("CONFIG", "SET", "requirepass", "secret", to: member, of: cluster)
            }
            var settings = ConnectedLab.Settings(seeds: [node])
            #expect(throws: LabError.self) { try ConnectedLab(settings).connect() }
            settings.password = "wrong"
            #expect(throws: LabError.self) { try ConnectedLab(settings).connect() }
            settings.password = "secret"
            settings.user = "default"
            let visited = try ConnectedLab(settings).connect()
            #expect(visited.nodes == cluster.nodes)
            #expect(try send("PING", to: node, of: visited) == .simpleString("PONG"))
        }
    }

    @Test func `a visitor starts no cluster and ends none`() throws {
        try host { cluster, node in
            let lab = ConnectedLab(.init(seeds: [node]))
            let visited = try lab.connect()
            #expect(throws: LabError.self) { _ = try lab.start(ClusterPlan()) }
            visited.shutDown()
            #expect(try send("PING", to: node, of: cluster) == .simpleString("PONG"))
        }
    }
}
