import CLI
import ClusterAdmin
import Lab
import RESP

/// Nodes in memory, a terminal that keeps what is printed, a clock that stands still, and what was sent to whom.
final class FakeCluster {
    private(set) var nodes: [FakeNode] = []
    /// Whether MEET leads to anything.
    var joins = true
    var typed: [String] = []
    var environment: [String: String] = [:]
    var time: UInt32 = 1_700_000_000
    /// How many seconds may pass before Ctrl-C.
    var patience = 1000
    private(set) var output = ""
    private(set) var complaints = ""
    /// `PORT COMMAND` for each command that changes something.
    private(set) var log: [String] = []

    /// Nodes by their hosts; the ports count up from 7000.
    init(_ hosts: [String]) {
        for (number, host) in hosts.enumerated() {
            nodes.append(FakeNode(NodeAddress(host: host, port: 7000 + number), number: number))
        }
    }

    convenience init(_ count: Int) {
        self.init(Array(repeating: "127.0.0.1", count: count))
    }

    /// Three masters that share the slots, and a replica of each.
    static func whole() -> FakeCluster {
        let cluster = FakeCluster(6)
        let ids = Set(cluster.nodes.map(\.id))
        for (number, slots) in [0...5460, 5461...10922, 10923...16383].enumerated() {
            cluster.nodes[number].slots = Set(slots)
            cluster.nodes[number + 3].master = cluster.nodes[number].id
        }
        for node in cluster.nodes { node.known = ids }
        return cluster
    }

    /// Runs a verb on it.
    func run(_ arguments: String...) -> Int32 { run(arguments) }

    /// The same with the arguments in an array.
    func run(_ arguments: [String]) -> Int32 {
        let system = CLISystem(
            connect: { _ throws(StreamFailure) in throw StreamFailure(reason: "no network") },
            variable: { self.environment[$0] }, isInputTerminal: false, isOutputTerminal: false,
            readInput: { _ throws(StreamFailure) in [] }, pause: { _ in },
            runCluster: { verb, _ in self.run(verb: verb) })
        return CLISession.run(
            arguments.map { Array($0.utf8) }, on: system,
            output: CLIOutput(
                isTerminal: true, write: { self.output += String(decoding: $0, as: UTF8.self) },
                writeError: { self.complaints += String(decoding: $0, as: UTF8.self) }))
    }

    private func run(verb options: VerbOptions) -> Int32 {
        ClusterManager.run(
            options,
            in: Surroundings(
                connect: { address throws(LabError) in try self.connect(to: address) },
                obstacle: { _ throws(LabError) in "Connection refused" }, resolve: { $0 },
                standardOutput: { self.output += String(decoding: $0, as: UTF8.self) },
                standardError: { self.complaints += String(decoding: $0, as: UTF8.self) },
                readLine: { () throws(LabError) in
                    self.typed.isEmpty ? nil : self.typed.removeFirst()
                },
                sleep: { _ throws(LabError) in
                    self.patience -= 1
                    if self.patience < 0 { throw LabError.interrupted }
                },
                unixTime: { self.time }, environment: { self.environment[$0] }))
    }

    /// The addresses as arguments.
    var names: [String] { nodes.map(\.address.description) }

    private func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        let node = nodes.first { $0.address == address }
        guard let node else { throw .refused(address, reason: "Connection refused") }
        return Connection(node, self)
    }

    private final class Connection: LabConnection {
        let node: FakeNode
        let cluster: FakeCluster
        var address: NodeAddress { node.address }

        init(_ node: FakeNode, _ cluster: FakeCluster) {
            self.node = node
            self.cluster = cluster
        }

        func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
            let words = arguments.map { String(decoding: $0, as: UTF8.self) }
            cluster.note(words, to: node)
            return node.reply(to: words, in: cluster)
        }

        func close() {}
    }

    private func note(_ words: [String], to node: FakeNode) {
        let asks = [
            "INFO", "DBSIZE", "CLUSTER NODES", "CLUSTER INFO", "CLUSTER SLOTS",
            "CLUSTER COUNTKEYSINSLOT",
        ]
        let line = words.joined(separator: " ")
        if !asks.contains(where: { line.hasPrefix($0) }) {
            log.append("\(node.address.port) \(line)")
        }
    }
}

// What nodes do to each other.
extension FakeCluster {
    /// CLUSTER NODES, oneself first.
    func lines(for viewer: FakeNode) -> String {
        let others = nodes.filter { $0 !== viewer && viewer.known.contains($0.id) }
        return ([viewer] + others).map { node in
            let role = node.master == nil ? "master" : "slave"
            let flags = node === viewer ? "myself,\(role)" : role
            let slots = node.slots.sorted().ranges.map {
                $0.lowerBound == $0.upperBound
                    ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
            }
            let open = node === viewer ? node.open.sorted { $0.key < $1.key }.map(\.value) : []
            return [
                node.id, "\(node.address)@\(node.busPort)", flags, node.master ?? "-", "0", "0",
                "1", "connected",
            ].joined(separator: " ") + (slots + open).map { " \($0)" }.joined() + "\n"
        }.joined()
    }

    func slotReply() -> RESPValue {
        .array(
            nodes.flatMap { node in
                node.slots.sorted().ranges.map { range in
                    .array([
                        .integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound)),
                        .array([
                            .simpleString(node.address.host), .integer(Int64(node.address.port)),
                            .simpleString(node.id),
                        ]),
                    ])
                }
            })
    }

    func meet(_ node: FakeNode, port: Int) {
        guard joins, let other = nodes.first(where: { $0.address.port == port }) else { return }
        let all = node.known.union(other.known)
        for member in nodes where all.contains(member.id) { member.known = all }
    }

    func setSlot(_ slot: Int, on node: FakeNode, _ words: [String]) {
        switch words[0].uppercased() {
        case "IMPORTING": node.open[slot] = "[\(slot)-<-\(words[1])]"
        case "MIGRATING": node.open[slot] = "[\(slot)->-\(words[1])]"
        case "NODE":
            node.open[slot] = nil
            for other in nodes {
                if other.id == words[1] {
                    other.slots.insert(slot)
                } else {
                    other.slots.remove(slot)
                }
            }
        default: node.open[slot] = nil
        }
    }

    func migrate(_ words: [String], from source: FakeNode) -> RESPValue {
        guard let target = nodes.first(where: { "\($0.address.port)" == words[2] }),
            let start = words.firstIndex(of: "KEYS")
        else { return .error("ERR syntax error") }
        let isReplacing = words.contains("REPLACE")
        for key in words[(start + 1)...] {
            guard let slot = source.keys.first(where: { $0.value.contains(key) })?.key else {
                continue
            }
            if target.keys[slot, default: []].contains(key) {
                guard isReplacing else { return .error("BUSYKEY Target key name already exists.") }
            } else {
                target.keys[slot, default: []].append(key)
            }
            source.keys[slot]?.removeAll { $0 == key }
        }
        return .simpleString("OK")
    }
}

extension [Int] {
    /// Sorted numbers as ranges.
    fileprivate var ranges: [ClosedRange<Int>] {
        reduce(into: []) { ranges, number in
            if let last = ranges.last, last.upperBound == number - 1 {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
    }
}
