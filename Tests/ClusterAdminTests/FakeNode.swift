import Lab
import RESP

/// A node that knows as much of a cluster as the verbs ask for. What one node is told, all know at once.
final class FakeNode {
    let address: NodeAddress
    let id: String
    var busPort: Int
    var slots: Set<Int> = []
    var keys: [Int: [String]] = [:]
    var master: String?
    /// The ids of those that it knows, itself included.
    var known: Set<String>
    /// Slots that it imports or migrates, as CLUSTER NODES writes them.
    var open: [Int: String] = [:]
    /// The reply to a command in place of the usual one, by the command's first words.
    var replies: [String: RESPValue] = [:]
    private var queue: [[String]]?

    init(_ address: NodeAddress, number: Int) {
        self.address = address
        id =
            String(repeating: "0123456789abcdef"[number % 16], count: 8)
            + String(repeating: "0", count: 32)
        busPort = address.port + 10_000
        known = [id]
    }

    /// The reply to a command.
    func reply(to words: [String], in cluster: FakeCluster) -> RESPValue {
        let line = words.joined(separator: " ")
        if let canned = replies.first(where: { line.hasPrefix($0.key) }) { return canned.value }
        if words == ["MULTI"] {
            queue = []
            return Self.done
        }
        if words == ["EXEC"], let commands = queue {
            queue = nil
            return .array(commands.map { run($0, in: cluster) })
        }
        guard queue == nil else {
            queue?.append(words)
            return .simpleString("QUEUED")
        }
        return run(words, in: cluster)
    }

    private func run(_ words: [String], in cluster: FakeCluster) -> RESPValue {
        switch words[0].uppercased() {
        case "INFO":
            let count = keys.values.joined().count
            return text(
                "cluster_enabled:1\r\n" + (count > 0 ? "db0:keys=\(count)\r\n" : ""))
        case "DBSIZE": return .integer(Int64(keys.values.joined().count))
        case "MIGRATE": return cluster.migrate(words, from: self)
        case "CLUSTER": return runCluster(words.dropFirst().map { $0 }, in: cluster)
        default: return Self.done
        }
    }

    private func runCluster(_ words: [String], in cluster: FakeCluster) -> RESPValue {
        let slot = words.count > 1 ? Int(words[1]) ?? -1 : -1
        switch words[0].uppercased() {
        case "NODES": return text(cluster.lines(for: self))
        case "INFO": return text("cluster_known_nodes:\(known.count)\r\n")
        case "SLOTS": return cluster.slotReply()
        case "ADDSLOTS": slots.formUnion(words.dropFirst().compactMap { Int($0) })
        case "DELSLOTS": slots.remove(slot)
        case "REPLICATE":
            guard known.contains(words[1]) else {
                return .error("ERR Unknown node \(words[1])")
            }
            master = words[1]
        case "MEET": cluster.meet(self, port: Int(words[2]) ?? 0)
        case "COUNTKEYSINSLOT": return .integer(Int64(keys[slot, default: []].count))
        case "GETKEYSINSLOT":
            let found = keys[slot, default: []].prefix(Int(words[2]) ?? 0)
            return .array(found.map { text($0) })
        case "SETSLOT": cluster.setSlot(slot, on: self, Array(words.dropFirst(2)))
        default: break
        }
        return Self.done
    }

    private func text(_ text: String) -> RESPValue { .bulkString(Array(text.utf8)) }

    private static let done = RESPValue.simpleString("OK")
}

extension String {
    fileprivate subscript(offset: Int) -> Character { self[index(startIndex, offsetBy: offset)] }
}
