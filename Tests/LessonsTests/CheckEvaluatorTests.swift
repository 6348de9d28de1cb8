import Lab
import Lessons
import RESP
import Testing

struct CheckEvaluatorTests {
    private let cluster = FakeCluster()

    /// How one condition stands after what the learner did.
    private func holds(
        _ condition: String, answer: String? = nil, _ exchanges: [Exchange] = [],
        on cluster: FakeCluster? = nil
    ) throws -> Bool {
        try report("Label\n    \(condition)", answer: answer, exchanges, on: cluster).isDone
    }

    private func report(
        _ lines: String, answer: String? = nil, _ exchanges: [Exchange] = [],
        on cluster: FakeCluster? = nil
    ) throws -> StepReport {
        var journal = Journal(currentNode: NodeAddress(port: 7001))
        journal.answer = answer
        for exchange in exchanges { journal.record(exchange, currentNode: NodeAddress(port: 7001)) }
        let observer = ClusterObserver(cluster: cluster ?? self.cluster)
        return try CheckEvaluator(observer: observer, journal: journal)
            .report(on: try Lesson.checking(lines).steps[0])
    }

    @Test func `a deed may have to come after another`() throws {
        func exchange(_ line: String) -> Exchange {
            let node = NodeAddress(port: 7000)
            return Exchange(
                address: node, arguments: line.split(separator: " ").map { Array($0.utf8) },
                answeredBy: node, reply: .integer(1))
        }
        let look = exchange("CLUSTER INFO")
        let change = exchange("cluster delslotsrange 1 2")
        let condition = "ran CLUSTER INFO at @7000 giving value after CLUSTER DELSLOTS* ..."
        #expect(try !holds(condition, [look]))
        #expect(try !holds(condition, [look, change]))
        #expect(try holds(condition, [look, change, look]))
    }

    // In the fake cluster the slot of a name is a thousand times its length.
    @Test(arguments: [
        "slot(abc) = 3000", "owner(abc) = 7000", "owner(abcdefg) = 7001",
        "owner-of-slot(16383) = 7002", "master(7004) = 7001", "replicas(7002) = 7005",
        "role(7004) = replica", "epoch(7002) = 3", "slots(7001) = 5462", "here = 7001",
        "@7001 DBSIZE = 11", "sum @masters DBSIZE = 33", "max @all DBSIZE = 15",
        "count @replicas = 3", "@all CLUSTER INFO | cluster_state = ok",
        "@any CLUSTER INFO | cluster_size >= 3", "@owner(abcdefg) DBSIZE = 11",
        "@replicas(7001) DBSIZE = 14", "@master(7003) DBSIZE = 10", "id(7000) matches aaa*",
        "not @masters DBSIZE = 10", "slot(abc) = 3 or slot(abc) = 3000",
        "slot(abc) = 3000 and slot(ab) = 2000", "@any PING contains O",
    ])
    func `a condition over the live cluster holds`(condition: String) throws {
        #expect(try holds(condition))
    }

    @Test(arguments: [
        "slot(abc) = 3001", "owner(abc) != 7000", "@masters DBSIZE = 10",
        "slot(abc) = 3000 and slot(a) = 3",
        "@all CLUSTER INFO | no_such_field = ok", "answer = 3", "answer != 3", "slot($answer) = 0",
        "@7009 DBSIZE != 5",
    ])
    func `a condition that is false or not to be known does not hold`(condition: String) throws {
        #expect(try !holds(condition))
    }

    @Test(arguments: [
        "7001", "127.0.0.1:7001", ":7001", "bbbbbb", String(repeating: "b", count: 40), "BBBBBBBB",
    ])
    func `a node is known by port, address, id or the beginning of its id`(answer: String) throws {
        #expect(try holds("answer = owner(abcdefg)", answer: answer))
    }

    @Test(arguments: ["7000", "bbbbb", "", "b", "cccccc", "7001 7002"])
    func `another name is not that node`(answer: String) throws {
        #expect(try !holds("answer = owner(abcdefg)", answer: answer))
    }

    @Test func `a set may be handed in in any order`() throws {
        #expect(try holds("answer = @masters", answer: "7002, 7000 7001"))
        #expect(try !holds("answer = @masters", answer: "7002 7000"))
        #expect(try !holds("answer = @masters", answer: "7002 7000 7000"))
    }

    @Test func `an answer may be an argument`() throws {
        #expect(try holds("slot($answer) = slot(xyz)", answer: "abc"))
        #expect(try !holds("slot($answer) = slot(xyz)", answer: "abcd"))
    }

    @Test func `what the learner ran is matched by shape, place and kind of reply`() throws {
        let moved = Exchange("get user:1", at: 7004, .error("MOVED 10778 127.0.0.1:7001"))
        #expect(try holds("ran GET user:*", [moved]))
        #expect(try holds("ran GET user:1 at @replicas giving MOVED", [moved]))
        #expect(try holds("ran GET ... giving error", [moved]))
        #expect(try holds("saw MOVED", [moved]))
        #expect(try !holds("ran GET", [moved]))
        #expect(try !holds("ran GET user:1 at @masters", [moved]))
        #expect(try !holds("ran GET user:1 giving value", [moved]))
        #expect(try !holds("saw redirect", [moved]))
        let followed = Exchange("GET user:1", at: 7004, .null, answeredBy: 7001)
        #expect(try holds("ran GET user:1 at @7001 giving redirect", [followed]))
        #expect(try holds("saw nil", [followed]))
        #expect(try !holds("saw MOVED", [followed]))
    }

    @Test func `two errors of one kind are told apart by their texts`() throws {
        let refused = Exchange(
            "CLUSTER REPLICATE x", at: 7001,
            .error("ERR To set a master the node must be empty and without assigned slots."))
        let unknown = Exchange("CLUSTER REPLICATE y", at: 7001, .error("ERR Unknown node y"))
        let condition = "ran CLUSTER REPLICATE * at @7001 giving \"ERR To set a master*\""
        #expect(try holds(condition, [unknown, refused]))
        #expect(try !holds(condition, [unknown]))
        #expect(try holds("saw \"ERR Unknown node y\"", [unknown]))
        #expect(try !holds("saw \"ERR Unknown node\"", [unknown]))
        #expect(throws: LessonError.self) { try holds("saw \"EER Unknown*\"", []) }
    }

    @Test func `a node of another host is told with its host`() throws {
        let cluster = FakeCluster { _, words in
            guard words.prefix(2) == ["CLUSTER", "NODES"] else { return nil }
            return .bulkString(
                Array(
                    "aaaaaaaa 127.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-99\nbbbbbbbb 172.17.0.3:6379@16379 master - 0 0 2 connected 100-16383\n"
                        .utf8))
        }
        let report = try report(
            "A\n    owner(abc) = x\nB\n    owner-of-slot(5) = x", on: cluster)
        #expect(
            report.requirements.map(\.now) == [" (now: 172.17.0.3:6379)", " (now: 7000)"])
    }

    @Test func `a line that the lab refused was not typed, and what it said was printed`() throws {
        var journal = Journal(currentNode: NodeAddress(port: 7000))
        func holds(_ condition: String) throws -> Bool {
            try CheckEvaluator(observer: ClusterObserver(cluster: cluster), journal: journal)
                .report(on: try Lesson.checking("A\n    \(condition)").steps[0]).isDone
        }
        journal.note("lag 7000 rest 600", printed: "lag wants a time", isRefused: true)
        #expect(try !holds("typed lag ..."))
        journal.note("lag 7000 rest 600ms", printed: "late")
        #expect(try holds("typed lag ..."))
    }

    @Test func `the sentence about the last line comes before one about an earlier line`() throws {
        var journal = Journal(currentNode: NodeAddress(port: 7000))
        let check = "A\n    @7000 DBSIZE = 1\n    wrong saw CROSSSLOT: Two.\n    wrong saw MOVED: Elsewhere."
        func item() throws -> StepReport.Item {
            try CheckEvaluator(observer: ClusterObserver(cluster: cluster), journal: journal)
                .report(on: try Lesson.checking(check).steps[0]).requirements[0]
        }
        let node = NodeAddress(port: 7000)
        journal.beginLine()
        journal.record(Exchange("MGET a b", .error("CROSSSLOT Keys")), currentNode: node)
        #expect(try item().remark == "Two.")
        journal.beginLine()
        journal.record(Exchange("GET a", .error("MOVED 1 127.0.0.1:7001")), currentNode: node)
        #expect(try item().remark == "Elsewhere.")
        #expect(try !item().isStale)
        journal.beginLine()
        #expect(try item().remark == "Two.")
        #expect(try item().isStale)
    }

    @Test func `a sentence is of the last line where that did what it is about`() throws {
        var journal = Journal(currentNode: NodeAddress(port: 7000))
        func isOfLastLine(_ condition: String) throws -> Bool? {
            let check = "A\n    @7000 DBSIZE = 1\n    wrong \(condition): So."
            let item = try CheckEvaluator(observer: ClusterObserver(cluster: cluster), journal: journal)
                .report(on: try Lesson.checking(check).steps[0]).requirements[0]
            return item.remark.map { _ in item.isOfLastLine }
        }
        journal.beginLine()
        journal.record(Exchange("GET a", .null), currentNode: NodeAddress(port: 7000))
        #expect(try isOfLastLine("ran GET a and @7000 DBSIZE = 10") == true)
        #expect(try isOfLastLine("@7000 DBSIZE = 10") == false)
        #expect(try isOfLastLine("ran GET b") == nil)
        journal.beginLine()
        journal.note("map", printed: "slots")
        #expect(try isOfLastLine("ran GET a and @7000 DBSIZE = 10") == false)
        #expect(try isOfLastLine("typed map and ran GET a") == true)
    }

    @Test func `a transaction is asked for as a whole`() throws {
        func session(_ lines: [(String, RESPValue)]) -> [Exchange] {
            lines.map { Exchange($0.0, at: 7001, $0.1) }
        }
        let queued = RESPValue.simpleString("QUEUED")
        let ok = RESPValue.simpleString("OK")
        let both = session([
            ("MULTI", ok), ("INCRBY {c}:items 1", queued), ("INCRBY {c}:total 5", queued),
            ("EXEC", .array([.integer(1), .integer(5)])),
        ])
        let apart = session([
            ("INCRBY {c}:items 1", .integer(1)), ("MULTI", ok), ("INCRBY {c}:total 5", queued),
            ("EXEC", .array([.integer(5)])),
        ])
        let dropped = session([
            ("MULTI", ok), ("INCRBY {c}:items 1", queued), ("DISCARD", ok), ("MULTI", ok),
            ("INCRBY {c}:total 5", queued), ("EXEC", .array([.integer(5)])),
        ])
        let condition = "ran EXEC with INCRBY {c}:items * with INCRBY {c}:total * giving value"
        #expect(try holds(condition, both))
        #expect(try !holds(condition, apart))
        #expect(try !holds(condition, dropped))
        #expect(try holds("ran INCRBY {c}:items * giving queued", both))
        #expect(try !holds("ran INCRBY {c}:items * giving value", both))
        #expect(try holds("saw queued", both))
        #expect(try holds("ran INCRBY {c}:items * giving value", apart))
    }

    @Test func `what a requirement lacks is told by what was seen instead`() throws {
        let lines = """
            A
                ran GET x giving value
            B
                saw MOVED
            C
                event failed 7000
            D
                ran GET a or ran GET b
            """
        let typed = [
            Exchange("PING", .simpleString("PONG")), Exchange("GET y", at: 7001, .null),
            Exchange("get x", at: 7002, .error("CROSSSLOT no")),
        ]
        let seen = try report(lines, typed).requirements.map(\.now)
        #expect(
            seen == [
                " (now: GET y at 7001: nil; get x at 7002: CROSSSLOT)",
                " (now: answered; nil; CROSSSLOT)", " (now: these nodes tell no events)",
                " (now: GET y at 7001: nil; get x at 7002: CROSSSLOT)",
            ])
        #expect(try report("A\n    ran GET x").requirements.map(\.now) == [""])
    }

    @Test func `values of the beginning stay what they were`() throws {
        let isOver = Counter()
        let changing = FakeCluster { address, words in
            guard words.prefix(2) == ["CLUSTER", "NODES"], isOver.next() > 1 else { return nil }
            return .bulkString(
                Array(
                    "\(FakeCluster.id(0)) 127.0.0.1:7000@17000 myself,slave \(FakeCluster.id(4)) 0 0 9 connected\n\(FakeCluster.id(4)) 127.0.0.1:7004@17004 master - 0 0 9 connected 0-16383\n"
                        .utf8))
        }
        let observer = ClusterObserver(cluster: changing)
        let journal = Journal(currentNode: NodeAddress(port: 7000), since: observer.begin)
        let evaluator = CheckEvaluator(observer: observer, journal: journal)
        func holds(_ condition: String) throws -> Bool {
            try evaluator.reportNow(on: try Lesson.checking("A\n    \(condition)").steps[0]).isDone
        }
        #expect(try holds("owner(abcdefg) = 7004 and start owner(abcdefg) = 7001"))
        #expect(try holds("start replicas(7001) = 7004 and start role(7004) = replica"))
        #expect(try holds("role(7004) = master"))
        #expect(throws: LessonError.self) { try holds("start slot(abc) = 3000") }
    }

    @Test func `an answer under a name may be an argument`() throws {
        #expect(try holds("slot($answer(key)) = slot(xyz)", answer: "key abc"))
        #expect(try !holds("slot($answer(key)) = slot(xyz)", answer: "key abcd"))
        #expect(try !holds("slot($answer(key)) = slot(xyz)", answer: "other abc"))
    }

    @Test func `live values go into sentences as whoever shows them wants`() throws {
        let check = "A\n    slot(abc) = 1\n    wrong slot(abc) > 1: At ${slot(abc)}."
        let step = try Lesson.checking(check).steps[0]
        var evaluator = CheckEvaluator(
            observer: ClusterObserver(cluster: cluster),
            journal: Journal(currentNode: NodeAddress(port: 7000)))
        evaluator.mark = { "<\($0)>" }
        let report = try evaluator.report(on: step)
        #expect(report.sentences == ["At <3000>."])
        #expect(report.requirements[0].verdict == .open(now: "<3000>"))
    }

    @Test func `every requirement has its own tick, live value and sentence`() throws {
        let lines = """
            Ten keys on 7000
                @7000 DBSIZE = 10
                proven: ${@7000 DBSIZE} keys
            Ten keys everywhere
                @masters DBSIZE = 10
                wrong @7001 DBSIZE = 11: 7001 has ${@7001 DBSIZE}.
            A new slot
                slot(abc) = 1
                lost slot(abc) = 3000: It was ${slot(abc)} from the start.
            """
        let report = try report(lines)
        #expect(
            report.requirements.map(\.label) == [
                "Ten keys on 7000", "Ten keys everywhere", "A new slot",
            ])
        #expect(
            report.requirements.map(\.verdict) == [
                .holds, .open(now: "7000: 10, 7001: 11, 7002: 12"),
                .lost("It was 3000 from the start."),
            ])
        #expect(report.requirements.map(\.remark) == [nil, "7001 has 11.", nil])
        #expect(report.proven.isEmpty)
        #expect(
            report.sentences == [
                "7001 has 11.", "It was 3000 from the start. Type `restart step`.",
            ])
    }

    @Test func `what was proven is not told where its value is not known`() throws {
        let lines = """
            The slot
                slot(abc) > 1
                proven: It is ${slot(abc)}.
            Quickly
                slot(abc) > 1
                proven: It took ${elapsed ended 7000 to promoted} ms.
            """
        #expect(try report(lines).proven == ["It is 3000."])
    }

    @Test func `the values of many nodes are said shortly`() throws {
        let cluster = FakeCluster { node, words in
            words == ["ROLE"] ? .simpleString(node.port == 7003 ? "slave" : "master") : nil
        }
        let report = try report("One\n    @all ROLE = x\nTwo\n    @all PING = x", on: cluster)
        #expect(
            report.requirements.map(\.verdict) == [
                .open(now: "7003: slave, the others: master"), .open(now: "OK"),
            ])
    }

    @Test func `what was proven is said with live values`() throws {
        let report = try report(
            "Keys\n    @7000 DBSIZE = 10\n    proven: ${sum @masters DBSIZE} keys")
        #expect(report.proven == ["33 keys"])
    }

    @Test func `a patient condition is waited for once all else holds`() throws {
        let asked = Counter()
        let slow = FakeCluster { _, words in
            words == ["ROLE"] ? .simpleString(asked.next() < 3 ? "slave" : "master") : nil
        }
        let lines = """
            Asked
                slot(abc) = 3000
            Promoted
                within 10s: @7003 ROLE = master
            """
        #expect(try report(lines, on: slow).isDone)
    }

    @Test func `a patient condition is not waited for while something else is open`() throws {
        let asked = Counter()
        let slow = FakeCluster { _, words in
            words == ["ROLE"] ? .simpleString(asked.next() < 3 ? "slave" : "master") : nil
        }
        let lines = """
            Asked
                answer = 5
            Promoted
                within 10s: @7003 ROLE = master
            """
        let report = try report(lines, on: slow)
        #expect(report.requirements[1].verdict == .waiting(now: "slave"))
    }

    @Test func `what takes its time is not waited for where something beside it is lacking`() throws {
        let lines = "Promoted\n    within 10s: @7003 ROLE = master\n    slot(abc) = 1"
        #expect(try report(lines).requirements[0].verdict == .open(now: "3000"))
    }

    @Test func `a node that is down is a missing value, not the end of the check`() throws {
        let report = try report("Down\n    @7009 DBSIZE = 1")
        #expect(report.requirements[0].verdict == .open(now: "7009 does not answer"))
    }
}
