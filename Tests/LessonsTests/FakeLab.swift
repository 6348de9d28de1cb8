import Lab
import Lessons
import RESP

/// Three masters and three replicas that answer what a test makes them answer.
final class FakeCluster: LabCluster {
    let nodes = (7000...7005).map { NodeAddress(port: $0) }
    private let answer: @Sendable (NodeAddress, [String]) -> RESPValue?

    /// `answer` comes first; what it leaves open is answered as a healthy cluster would.
    init(answer: @escaping @Sendable (NodeAddress, [String]) -> RESPValue? = { _, _ in nil }) {
        self.answer = answer
    }

    func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        guard nodes.contains(address) else { throw .refused(address, reason: "Connection refused") }
        return FakeConnection(address: address) { [answer] words in
            answer(address, words) ?? Self.usual(address, words)
        }
    }

    func shutDown() {}

    /// 7003 copies 7000, 7004 copies 7001, 7005 copies 7002; the name's length decides its slot.
    private static func usual(_ address: NodeAddress, _ words: [String]) -> RESPValue {
        switch words.prefix(2).map({ $0.uppercased() }) {
        case ["CLUSTER", "KEYSLOT"]: .integer(Int64(words[2].utf8.count * 1000))
        case ["CLUSTER", "NODES"]: .bulkString(Array(table(seenBy: address).utf8))
        case ["CLUSTER", "INFO"]: .bulkString(Array("cluster_state:ok\r\ncluster_size:3\r\n".utf8))
        default: words[0] == "DBSIZE" ? .integer(Int64(address.port - 6990)) : .simpleString("OK")
        }
    }

    private static func table(seenBy address: NodeAddress) -> String {
        (0..<6).map { index in
            let master = index < 3
            let myself = address.port == 7000 + index ? "myself," : ""
            let slots = ["0-5460", "5461-10922", "10923-16383"]
            return "\(id(index)) 127.0.0.1:\(7000 + index)@\(17000 + index) "
                + "\(myself)\(master ? "master -" : "slave \(id(index - 3))") 0 0 "
                + "\(index % 3 + 1) connected\(master ? " \(slots[index])" : "")"
        }.joined(separator: "\n") + "\n"
    }

    static func id(_ index: Int) -> String { String(repeating: "abcdef"[index], count: 40) }
}

/// Answers by a function.
private final class FakeConnection: LabConnection {
    let address: NodeAddress
    private let answer: ([String]) -> RESPValue

    init(address: NodeAddress, answer: @escaping ([String]) -> RESPValue) {
        self.address = address
        self.answer = answer
    }

    func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
        answer(arguments.map { String(decoding: $0, as: UTF8.self) })
    }

    func close() {}
}

/// Hands out the same kind of fake again and again.
struct FakeBackend: LabBackend {
    var answer: @Sendable (NodeAddress, [String]) -> RESPValue? = { _, _ in nil }

    func start(_ plan: ClusterPlan) throws(LabError) -> any LabCluster {
        FakeCluster(answer: answer)
    }
}

extension String {
    fileprivate subscript(_ offset: Int) -> Character { self[index(startIndex, offsetBy: offset)] }
}

extension Exchange {
    /// What a learner typed at a node, and the reply.
    init(_ line: String, at port: Int = 7000, _ reply: RESPValue, answeredBy: Int? = nil) {
        let redirects = answeredBy.map {
            [Redirect(kind: .moved, slot: 1, target: NodeAddress(port: $0))]
        }
        self.init(
            address: NodeAddress(port: port),
            arguments: line.split(separator: " ").map { Array($0.utf8) },
            redirects: redirects ?? [],
            answeredBy: NodeAddress(port: answeredBy ?? port), reply: reply)
    }
}

extension Lesson {
    /// A lesson of one step, around the lines of a check block.
    static func checking(_ lines: String) throws(LessonError) -> Lesson {
        try LessonParser(path: "01-a/01-b.md", folder: "Lessons").lesson(
            """
            ---
            id: b
            title: B
            ---
            ## One
            ```check
            \(lines)
            ```
            """)
    }
}
