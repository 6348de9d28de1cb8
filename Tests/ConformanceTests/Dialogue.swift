import Lab
import LabBackends
import RESP
import Testing

/// Has both servers do what the lines say: a client's name and its command, or several with ` ; ` between them
/// that are sent at once. After each, everybody gets what there is for it.
func compareDialogue(_ text: String, _ protocolVersion: Int) throws {
    let pair = try Pair()
    defer { pair.close() }
    var clients: [(name: Substring, lab: ProbedClient, redis: ProbedClient)] = []
    for line in text.split(separator: "\n").map({ $0.trimmingPrefix { $0 == " " } }) {
        let words = line.split(separator: " ", maxSplits: 1)
        if !clients.contains(where: { $0.name == words[0] }) {
            let (lab, redis) = try pair.connect()
            clients.append((words[0], ProbedClient(lab), ProbedClient(redis)))
            guard protocolVersion == 3 else { continue }
            _ = try lab.send("HELLO", "3")
            _ = try redis.send("HELLO", "3")
        }
        let commands = words[1].split(separator: " ; ").compactMap {
            splitArguments(Array($0.utf8))
        }
        for client in clients where client.name == words[0] {
            for command in commands {
                try client.lab.write(command)
                try client.redis.write(command)
            }
        }
        for client in clients.sorted(by: { $0.name == words[0] && $1.name != words[0] }) {
            let (lab, redis) = (try client.lab.take(), try client.redis.take())
            #expect(lab == redis, "\(line): what \(client.name) gets")
        }
    }
}

/// A client that finds out what has come for it: it sends a PING, and takes everything up to the answer.
private final class ProbedClient {
    private let connection: RESPConnection
    private var number = 0

    init(_ connection: RESPConnection) {
        self.connection = connection
    }

    func write(_ command: [[UInt8]]) throws {
        try connection.write(encodeRequest(command))
    }

    /// What has come, without what differs from run to run.
    func take() throws -> [RESPValue] {
        number += 1
        let probe = Array("probe:\(number)".utf8)
        try write([Array("PING".utf8), probe])
        var values: [RESPValue] = []
        while true {
            let value = try connection.receive()
            let pong = RESPValue.array([.bulkString(Array("pong".utf8)), .bulkString(probe)])
            if value == .bulkString(probe) || value == pong { return values }
            values.append(masked(value))
        }
    }

    private func masked(_ value: RESPValue) -> RESPValue {
        guard case .simpleString(let text) = value else { return value }
        return .simpleString(
            text.replacing(/^\d+\.\d{6} \[0 127\.0\.0\.1:\d+\]/, with: "TIME [0 ADDRESS]"))
    }
}
