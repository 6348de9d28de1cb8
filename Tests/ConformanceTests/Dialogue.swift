import Lab
import LabBackends
import RESP
import Testing

/// Has both servers do what the lines say: a client's name and its command, or several with ` ; ` between them
/// that are sent at once. After each, everybody gets what there is for it. `$name` stands for the id of that client;
/// after QUIT the client is gone.
/// - Parameter awaitsReplies: every command is answered, and what follows the answers at the end of the server's
///   round is to be seen as well.
func compareDialogue(
    _ text: String, _ protocolVersion: Int, awaitsReplies: Bool = false
) throws {
    let pair = try Pair()
    defer { pair.close() }
    var clients: [DialogueClient] = []
    /// Those that have left, whose names stay.
    var departed: [DialogueClient] = []
    for line in text.split(separator: "\n").map({ $0.trimmingPrefix { $0 == " " } }) {
        let words = line.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { continue }
        let speaker =
            try clients.first { $0.name == words[0] }
            ?? DialogueClient(words[0], pair, protocolVersion)
        if !clients.contains(where: { $0 === speaker }) { clients.append(speaker) }
        let count = try speaker.speak(words[1], among: clients)
        if words[1] == "QUIT" {
            speaker.leave()
            clients.removeAll { $0 === speaker }
            departed.append(speaker)
        }
        for client in clients.sorted(by: { $0 === speaker && $1 !== speaker }) {
            let awaited = awaitsReplies && client === speaker ? count : 0
            let (lab, redis) = client.take(
                after: awaited, among: clients + departed)
            #expect(lab == redis, "\(line): what \(client.name) gets")
        }
    }
}

/// A client of each server, who do the same.
private final class DialogueClient {
    let name: Substring
    private let lab: ProbedClient
    private let redis: ProbedClient

    init(_ name: Substring, _ pair: Pair, _ protocolVersion: Int) throws {
        self.name = name
        let (lab, redis) = try pair.connect()
        self.lab = try ProbedClient(lab)
        self.redis = try ProbedClient(redis)
        guard protocolVersion == 3 else { return }
        try self.lab.greet()
        try self.redis.greet()
    }

    /// Sends the commands of a line.
    /// - Returns: how many there are.
    func speak(_ line: Substring, among clients: [DialogueClient]) throws -> Int {
        let commands = line.split(separator: " ; ").compactMap {
            splitArguments(Array($0.utf8))
        }
        let (labNames, redisNames) = Self.names(clients)
        try lab.write(commands.map { Self.named($0, labNames) })
        try redis.write(commands.map { Self.named($0, redisNames) })
        return commands.count
    }

    /// Waits for the end of both connections.
    func leave() {
        lab.waitForEnd()
        redis.waitForEnd()
    }

    /// What both have got. One whose connection has ended gets nothing more.
    func take(
        after count: Int, among clients: [DialogueClient]
    ) -> (lab: [RESPValue], redis: [RESPValue]) {
        let (labNames, redisNames) = Self.names(clients)
        return (
            lab.take(after: count).map { $0.masked(labNames) },
            redis.take(after: count).map { $0.masked(redisNames) }
        )
    }

    /// What each server calls the clients.
    private static func names(
        _ clients: [DialogueClient]
    ) -> (lab: [(Substring, Int64)], redis: [(Substring, Int64)]) {
        (clients.map { ($0.name, $0.lab.number) }, clients.map { ($0.name, $0.redis.number) })
    }

    private static func named(
        _ command: [[UInt8]], _ numbers: [(Substring, Int64)]
    ) -> [[UInt8]] {
        command.map { argument in
            let number = numbers.first { Array("$\($0.0)".utf8) == argument }
            return number.map { Array("\($0.1)".utf8) } ?? argument
        }
    }
}

/// A client that finds out what has come for it: it sends a PING, and takes everything up to the answer.
private final class ProbedClient {
    private let connection: RESPConnection
    /// The server's number of this client.
    let number: Int64
    private var probes = 0
    private var hasEnded = false

    init(_ connection: RESPConnection) throws {
        self.connection = connection
        number = try #require(try connection.send("CLIENT", "ID").integer)
    }

    func greet() throws {
        _ = try connection.send("HELLO", "3")
    }

    /// Sends commands at once.
    func write(_ commands: [[[UInt8]]]) throws {
        try connection.write(commands.flatMap { encodeRequest($0) })
    }

    /// What has come after so many answers; at the end of the connection what is left, and that it has ended.
    func take(after count: Int) -> [RESPValue] {
        guard !hasEnded else { return [] }
        var values: [RESPValue] = []
        do {
            try takeAll(after: count, into: &values)
        } catch {
            hasEnded = true
            values.append(.error("the connection has ended"))
        }
        return values
    }

    private func takeAll(after count: Int, into values: inout [RESPValue]) throws {
        var answers = 0
        while answers < count {
            values.append(try connection.receive())
            if !values[values.count - 1].isMessage { answers += 1 }
        }
        probes += 1
        let probe = Array("probe:\(probes)".utf8)
        let pong = RESPValue.array([.bulkString(Array("pong".utf8)), .bulkString(probe)])
        try write([[Array("PING".utf8), probe]])
        while true {
            let value = try connection.receive()
            if value == .bulkString(probe) || value == pong { return }
            values.append(value)
        }
    }

    /// Takes what comes until the server closes.
    func waitForEnd() {
        var isOpen = true
        while isOpen { isOpen = (try? connection.receive()) != nil }
    }
}

extension RESPValue {
    /// Whether it is sent unasked. What answers SUBSCRIBE is a push as well.
    fileprivate var isMessage: Bool {
        guard case .push(let elements) = self, let kind = elements.first?.text else { return false }
        return ["invalidate", "tracking-redir-broken", "message", "pmessage", "smessage"]
            .contains(kind)
    }

    /// The value without what differs from run to run; clients by their names.
    fileprivate func masked(_ names: [(Substring, Int64)]) -> RESPValue {
        switch self {
        case .simpleString(let text):
            return .simpleString(
                text.replacing(/^\d+\.\d{6} \[0 127\.0\.0\.1:\d+\]/, with: "TIME [0 ADDRESS]"))
        case .push(let elements): return .push(Self.masked(elements, names))
        case .array(let elements): return .array(Self.masked(elements, names))
        case .map(let elements): return .map(Self.masked(elements, names))
        case .bulkString, .verbatimString:
            return text.flatMap { Self.maskedText($0, names) } ?? self
        case .integer, .error, .null, .set, .double, .boolean, .bigNumber: return self
        }
    }

    /// Numbers of clients are those that follow certain words: in HELLO, CLIENT TRACKINGINFO, and what tells that a
    /// redirection is broken.
    private static func masked(
        _ elements: [RESPValue], _ names: [(Substring, Int64)]
    ) -> [RESPValue] {
        elements.enumerated().map { index, element in
            guard case .integer(let number) = element, index > 0,
                ["id", "redirect", "tracking-redir-broken"].contains(elements[index - 1].text)
            else { return element.masked(names) }
            return .simpleString(
                names.first { $0.1 == number }.map { "client \($0.0)" } ?? "\(number)")
        }
    }

    /// Of a line of CLIENT LIST what does not depend on the machine; of INFO what is about tracking and eviction. nil for
    /// other texts.
    private static func maskedText(
        _ text: String, _ names: [(Substring, Int64)]
    ) -> RESPValue? {
        if text.hasPrefix("id=") {
            let fields = text.split(separator: " ").filter {
                ["flags", "redir", "resp", "sub"].contains($0.prefix { $0 != "=" })
            }
            return .array(
                fields.map { field in
                    let number = field.hasPrefix("redir=") ? Int64(field.dropFirst(6)) : nil
                    let name = number.flatMap { number in names.first { $0.1 == number } }
                    return .simpleString(name.map { "redir=client \($0.0)" } ?? String(field))
                })
        }
        guard text.hasPrefix("# ") else { return nil }
        let lines = text.split(separator: "\r\n").filter {
            $0.contains("tracking") || $0.hasPrefix("evicted")
        }
        return .array(lines.map { .simpleString(String($0)) })
    }
}
