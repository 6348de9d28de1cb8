import Lab
import RESP
import Testing

/// The writer's logic as a value: time and replies go in, commands come out.
struct ClusterWriterTests {
    private static let nodes = (0..<3).map { NodeAddress(port: 7000 + $0) }

    /// A writer that knows the owners, and what it wants next.
    private struct Driven {
        var writer: ClusterWriter
        var now = Duration.zero
        var sent: [Sent] = []
        var disconnected: [NodeAddress] = []

        struct Sent: Equatable {
            var node: NodeAddress
            var words: [String]
        }

        init(_ plan: WriterPlan = WriterPlan(pace: 10)) throws {
            writer = ClusterWriter(plan, seeds: ClusterWriterTests.nodes, at: .zero)
            pass(.zero)
            #expect(sent.map(\.words) == [["CLUSTER", "SLOTS"]])
            let asked = try #require(sent.first).node
            sent = []
            reply(ClusterWriterTests.slots, from: asked)
        }

        mutating func pass(_ duration: Duration) {
            now += duration
            take(writer.tick(at: now))
        }

        mutating func reply(_ reply: RESPValue, from node: NodeAddress) {
            take(writer.received(reply, from: node, at: now))
        }

        mutating func fail(_ node: NodeAddress, _ failure: ClusterWriter.Failure) {
            take(writer.failed(node, failure, at: now))
        }

        private mutating func take(_ actions: [ClusterWriter.Action]) {
            for action in actions {
                switch action {
                case .send(let node, let command):
                    let words = command.map { String(decoding: $0, as: UTF8.self) }
                    sent.append(Sent(node: node, words: words))
                case .disconnect(let node): disconnected.append(node)
                }
            }
        }

        /// What was sent since this was last asked.
        mutating func takeSent() -> [Sent] {
            defer { sent = [] }
            return sent
        }

        /// The write among what was sent; whoever is asked for the owners tells them.
        mutating func takeWrite() -> Sent? {
            let sent = takeSent()
            for question in sent where question.words == ["CLUSTER", "SLOTS"] {
                reply(ClusterWriterTests.slots, from: question.node)
            }
            return (sent + takeSent()).first { $0.words[0] == "SET" }
        }

        /// Not asked of the writer itself in an expectation, which would print all slots.
        var isDone: Bool { writer.isDone }

        var outcomes: [WriteRecord.Outcome] { writer.log.records.map(\.outcome) }
    }

    /// The slots in thirds.
    private static let slots: RESPValue = .array(
        [(0, 5460), (5461, 10922), (10923, 16383)].enumerated().map { place, range in
            .array([
                .integer(Int64(range.0)), .integer(Int64(range.1)),
                .array([.bulkString(Array("127.0.0.1".utf8)), .integer(Int64(7000 + place))]),
            ])
        })

    private static func slots(of owner: NodeAddress) -> RESPValue {
        .array([
            .array([
                .integer(0), .integer(16383),
                .array([.bulkString(Array(owner.host.utf8)), .integer(Int64(owner.port))]),
            ])
        ])
    }

    private static let ok = RESPValue.simpleString("OK")

    @Test func `writes go to the owners at a steady pace, with values of their own`() throws {
        var driven = try Driven()
        var values: Set<String> = []
        for _ in 0..<30 {
            driven.pass(.milliseconds(100))
            for sent in driven.takeSent() {
                #expect(sent.words.first == "SET")
                let slot = slot(ofKey: Array(sent.words[1].utf8))
                #expect(sent.node == Self.nodes[min(slot / 5461, 2)])
                values.insert(sent.words[2])
                driven.reply(Self.ok, from: sent.node)
            }
        }
        #expect((29...31).contains(driven.writer.log.records.count))
        #expect(values.count == driven.writer.log.records.count)
        #expect(driven.writer.log.acknowledged == driven.writer.log.records.count)
        // Each master had its share.
        for node in Self.nodes {
            #expect((9...11).contains(driven.writer.log.records.count { $0.node == node }))
        }
        #expect(driven.writer.log.heldBack == 0)
    }

    @Test func `MOVED is followed, remembered, and one write`() throws {
        var driven = try Driven()
        driven.pass(.zero)
        let sent = try #require(driven.takeSent().first)
        let slot = slot(ofKey: Array(sent.words[1].utf8))
        let target = NodeAddress(port: 7005)
        driven.reply(.error("MOVED \(slot) 127.0.0.1:7005"), from: sent.node)
        #expect(driven.takeSent() == [.init(node: target, words: sent.words)])
        #expect(driven.writer.map?[slot] == target)
        driven.reply(Self.ok, from: target)
        #expect(driven.outcomes == [.acknowledged])
        #expect(driven.writer.log.records[0].node == target)
        // And the owners are asked for anew.
        driven.pass(.milliseconds(100))
        #expect(driven.takeSent().contains { $0.words == ["CLUSTER", "SLOTS"] })
    }

    @Test func `ASK is followed behind ASKING, and not remembered`() throws {
        var driven = try Driven()
        driven.pass(.zero)
        let sent = try #require(driven.takeSent().first)
        let slot = slot(ofKey: Array(sent.words[1].utf8))
        let target = NodeAddress(port: 7005)
        driven.reply(.error("ASK \(slot) 127.0.0.1:7005"), from: sent.node)
        #expect(driven.takeSent() == [.init(node: target, words: ["ASKING"])])
        driven.reply(Self.ok, from: target)
        #expect(driven.takeSent() == [.init(node: target, words: sent.words)])
        driven.reply(Self.ok, from: target)
        #expect(driven.outcomes == [.acknowledged])
        #expect(driven.writer.map?[slot] == sent.node)
    }

    @Test func `nodes that point at each other end in a refusal`() throws {
        var driven = try Driven()
        driven.pass(.zero)
        var hops = 0
        while driven.outcomes == [.underWay], hops < 100 {
            let sent = try #require(driven.takeSent().first)
            let slot = slot(ofKey: Array(sent.words[1].utf8))
            let other = sent.node.port == 7000 ? 7001 : 7000
            driven.reply(.error("MOVED \(slot) 127.0.0.1:\(other)"), from: sent.node)
            hops += 1
        }
        #expect(driven.outcomes == [.refused("MOVED")])
        #expect(hops == CommandSession.redirectLimit + 1)
    }

    @Test func `what is refused, and what gets no reply, is not sent again`() throws {
        var driven = try Driven()
        driven.pass(.zero)
        let first = try #require(driven.takeSent().first)
        driven.reply(.error("CLUSTERDOWN The cluster is down"), from: first.node)
        driven.pass(.milliseconds(100))
        let secondSent = driven.takeWrite()
        let second = try #require(secondSent)
        driven.fail(second.node, .noReply("connection lost"))
        driven.pass(.milliseconds(100))
        let thirdSent = driven.takeWrite()
        let third = try #require(thirdSent)
        driven.fail(third.node, .refused("Connection refused"))
        #expect(
            driven.outcomes.prefix(3) == [
                .refused("CLUSTERDOWN"), .unknown("connection lost"),
                .refused("Connection refused"),
            ])
        let keys = [first, second, third].map { $0.words[1] }
        #expect(!driven.takeSent().contains { $0.words.count > 1 && keys.contains($0.words[1]) })
        #expect(driven.writer.log.refusals.map(\.count) == [1, 1])
    }

    @Test func `what a node out of the cluster refuses goes to the owner of today`() throws {
        var driven = try Driven()
        driven.pass(.zero)
        let sent = try #require(driven.takeSent().first)
        driven.reply(.error("CLUSTERDOWN Hash slot not served"), from: sent.node)
        driven.pass(.milliseconds(100))
        let firstQuestion = try #require(driven.takeSent().first { $0.words[0] == "CLUSTER" })
        // It happens to be the node that was taken out, which knows nobody.
        driven.reply(.array([]), from: firstQuestion.node)
        #expect(driven.outcomes.first == .underWay)
        driven.pass(.milliseconds(100))
        let secondQuestion = try #require(driven.takeSent().first { $0.words[0] == "CLUSTER" })
        let owner = NodeAddress(port: 7005)
        driven.reply(Self.slots(of: owner), from: secondQuestion.node)
        #expect(driven.takeSent().contains(.init(node: owner, words: sent.words)))
        driven.reply(Self.ok, from: owner)
        #expect(driven.outcomes.first == .acknowledged)
    }

    @Test func `a refused write whose owner nobody tells ends as refused`() throws {
        var driven = try Driven()
        driven.pass(.zero)
        let sent = try #require(driven.takeSent().first)
        driven.reply(.error("CLUSTERDOWN Hash slot not served"), from: sent.node)
        var questions = 0
        while driven.outcomes.first == .underWay, questions < 100 {
            driven.pass(.milliseconds(100))
            for question in driven.takeSent() where question.words[0] == "CLUSTER" {
                driven.reply(.array([]), from: question.node)
                questions += 1
            }
        }
        #expect(driven.outcomes.first == .refused("CLUSTERDOWN"))
        #expect(questions == 3)
    }

    @Test func `a node that does not answer holds up nobody else's writes`() throws {
        var driven = try Driven(WriterPlan(pace: 30))
        let frozen = Self.nodes[0]
        for _ in 0..<90 {
            driven.pass(.milliseconds(34))
            for sent in driven.takeSent() where sent.node != frozen {
                driven.reply(
                    sent.words == ["CLUSTER", "SLOTS"] ? Self.slots : Self.ok, from: sent.node)
            }
        }
        let acknowledged = driven.writer.log.acknowledged
        #expect((56...64).contains(acknowledged))
        #expect(driven.outcomes.contains(.unknown("no reply in time")))
        #expect(driven.disconnected.contains(frozen))
        #expect(driven.writer.log.heldBack > 0)
        // One command at a time: the node's queue is no pile of writes of unknown fate.
        #expect(driven.outcomes.count { $0 == .underWay } <= 1)
    }

    @Test(arguments: [(1, WriteRecord.Outcome.acknowledged), (0, .unconfirmed(replicas: 0))])
    func `with wait a write counts once so many replicas have it`(
        count: Int, outcome: WriteRecord.Outcome
    ) throws {
        var driven = try Driven(WriterPlan(pace: 10, replicas: 1))
        driven.pass(.zero)
        let sent = try #require(driven.takeSent().first)
        driven.reply(Self.ok, from: sent.node)
        #expect(driven.outcomes == [.underWay])
        #expect(driven.takeSent() == [.init(node: sent.node, words: ["WAIT", "1", "1000"])])
        driven.reply(.integer(Int64(count)), from: sent.node)
        #expect(driven.outcomes == [outcome])
    }

    @Test func `a write whose WAIT gets no reply is unknown`() throws {
        var driven = try Driven(WriterPlan(pace: 10, replicas: 1))
        driven.pass(.zero)
        let sent = try #require(driven.takeSent().first)
        driven.reply(Self.ok, from: sent.node)
        driven.fail(sent.node, .noReply("connection lost"))
        #expect(driven.outcomes == [.unknown("connection lost")])
    }

    @Test func `stopping waits for what is under way and sends nothing more`() throws {
        var driven = try Driven()
        driven.pass(.zero)
        let sent = try #require(driven.takeSent().first)
        driven.writer.stop(at: driven.now)
        #expect(!driven.isDone)
        driven.pass(.milliseconds(500))
        #expect(driven.takeSent().isEmpty)
        driven.reply(Self.ok, from: sent.node)
        #expect(driven.isDone)
        #expect(driven.outcomes == [.acknowledged])
    }

    @Test func `when the cluster is rewound, later writes have never been`() throws {
        var driven = try Driven()
        for _ in 0..<10 {
            driven.pass(.milliseconds(100))
            for sent in driven.takeSent() { driven.reply(Self.ok, from: sent.node) }
        }
        let count = driven.writer.log.records.count
        driven.now = .milliseconds(550)
        driven.pass(.zero)
        #expect(driven.writer.log.records.count < count)
        #expect(driven.writer.log.records.allSatisfy { $0.sent <= driven.now })
        #expect(!driven.disconnected.isEmpty)
        let serials = Set(driven.writer.log.records.map(\.serial))
        driven.pass(.milliseconds(100))
        let sent = try #require(driven.takeSent().first { $0.words[0] == "SET" })
        let serial = driven.writer.log.serial(of: Array(sent.words[2].utf8))
        #expect(try !serials.contains(#require(serial)))
        #expect(try #require(serial) > count)
    }

    @Test func `owners are read from CLUSTER SLOTS, also where a node does not know its host`()
        throws
    {
        let asked = NodeAddress(host: "10.0.0.1", port: 7000)
        let reply = RESPValue.array([
            .array([.integer(5), .integer(7), .array([.null, .integer(7001)])])
        ])
        let map = try #require(SlotMap(reply, from: asked))
        #expect(map.ranges == [SlotRange(5...7, owner: NodeAddress(host: "10.0.0.1", port: 7001))])
        #expect(map[4] == nil)
        #expect(
            SlotMap(.error("ERR This instance has cluster support disabled"), from: asked) == nil)
        #expect(SlotMap(.array([.integer(1)]), from: asked) == nil)
    }
}
