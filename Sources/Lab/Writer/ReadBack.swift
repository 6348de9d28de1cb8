import RESP

/// Reads the writer's keys from those who own them now.
struct ReadBack {
    private let cluster: any LabCluster
    /// The one key of the run; nil where every slot has one.
    private let key: String?
    /// When waiting for nodes that cannot answer yet is over, on the cluster's clock.
    private let deadline: Duration
    private(set) var found: [Int: Found] = [:]
    private(set) var owners = SlotMap()
    /// Nodes that take connections and give no reply: asking them once is enough.
    private var silent: Set<NodeAddress> = []

    /// What a key holds.
    enum Found: Hashable {
        case value([UInt8])
        case missing
        /// Nobody could tell, and why.
        case unread(String)

        fileprivate var isRead: Bool {
            if case .unread = self { false } else { true }
        }
    }

    /// So long in everybody's time a node may owe a reply.
    private static let patience = Duration.seconds(1)
    /// So many questions go out at once.
    private static let batch = 256
    private static let pause = Duration.milliseconds(100)

    /// - Parameters:
    ///   - key: the one key of the run; nil where every slot has one.
    ///   - patience: how long the cluster may take to be able to answer; zero looks once.
    init(_ cluster: any LabCluster, key: String?, patience: Duration) {
        self.cluster = cluster
        self.key = key
        deadline = cluster.time + patience
    }

    /// Reads the keys of these slots. First all nodes that answer have to be in agreement that the cluster is well, for
    /// a node that does not know yet that it was replaced still tells what it has.
    mutating func read(_ slots: [Int], onWait: () -> Void) throws(LabError) {
        for slot in slots { found[slot] = .unread("no node answers") }
        var hasWaited = false
        while true {
            let isLast = cluster.time >= deadline
            if try findOwners() || isLast {
                for (node, group) in grouped(slots) { try read(group, at: node) }
                if isLast || slots.allSatisfy({ found[$0]?.isRead == true }) { return }
            }
            if !hasWaited { onWait() }
            hasWaited = true
            guard try waits() else { return try lookOnceMore(slots) }
        }
    }

    private mutating func lookOnceMore(_ slots: [Int]) throws(LabError) {
        _ = try findOwners()
        for (node, group) in grouped(slots) { try read(group, at: node) }
    }

    /// False where time stands still: nothing will be otherwise, however long one waits.
    private func waits() throws(LabError) -> Bool {
        do throws(LabError) {
            try cluster.pass(Self.pause)
            return true
        } catch .unsupported {
            return false
        }
    }

    /// The slots that are still to be read, by their owners.
    private func grouped(_ slots: [Int]) -> [(node: NodeAddress, slots: [Int])] {
        var groups: [NodeAddress: [Int]] = [:]
        for slot in slots where found[slot]?.isRead != true {
            if let owner = owners[slot] { groups[owner, default: []].append(slot) }
        }
        return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    // MARK: - Owners

    /// Asks every node how it is, and the one with the greatest epoch for the owners: that one has seen the last
    /// election.
    /// - Returns: whether all that answer are well.
    private mutating func findOwners() throws(LabError) -> Bool {
        var best: (node: NodeAddress, isOK: Bool, epoch: Int)?
        var areAllOK = true
        for node in cluster.nodes where !silent.contains(node) {
            guard let info = try ask(node, ["CLUSTER", "INFO"])?.text else { continue }
            let isOK = info.hasPrefix("cluster_state:ok")
            let epoch = Self.epoch(in: info)
            areAllOK = areAllOK && isOK
            if best.map({ (isOK ? 1 : 0, epoch) > ($0.isOK ? 1 : 0, $0.epoch) }) ?? true {
                best = (node, isOK, epoch)
            }
        }
        guard let best, let reply = try ask(best.node, ["CLUSTER", "SLOTS"]),
            let map = SlotMap(reply, from: best.node)
        else { return false }
        owners = map
        return areAllOK
    }

    private static func epoch(in info: String) -> Int {
        let name = "cluster_current_epoch:"
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.dropFirst(name.count)) } ?? 0
    }

    private mutating func ask(
        _ node: NodeAddress, _ words: [String]
    ) throws(LabError) -> RESPValue? {
        do throws(LabError) {
            let connection = try cluster.connect(to: node)
            defer { connection.close() }
            return try connection.send(words.map { Array($0.utf8) }, within: Self.patience)
        } catch .interrupted {
            throw .interrupted
        } catch .silent {
            silent.insert(node)
            return nil
        } catch {
            return nil
        }
    }

    // MARK: - Keys

    private mutating func read(_ slots: [Int], at node: NodeAddress) throws(LabError) {
        guard !silent.contains(node) else {
            for slot in slots { found[slot] = .unread("\(node.port) does not answer") }
            return
        }
        do throws(StreamFailure) {
            let stream = try cluster.openStream(to: node)
            defer { stream.close() }
            for start in stride(from: 0, to: slots.count, by: Self.batch) {
                let batch = slots[start..<min(start + Self.batch, slots.count)]
                for (slot, reply) in zip(batch, try replies(to: batch, on: stream)) {
                    found[slot] = Self.found(reply)
                }
            }
        } catch {
            guard error.kind != .interrupted else { throw .interrupted }
            for slot in slots where found[slot]?.isRead != true {
                found[slot] = .unread("\(node.port): \(error.reason)")
            }
            return
        }
        try followRedirects(of: slots, from: node)
    }

    private func replies(
        to slots: ArraySlice<Int>, on stream: any ByteStream
    ) throws(StreamFailure) -> [RESPValue] {
        var rest = slots.flatMap { encodeRequest(question($0)) }[...]
        while !rest.isEmpty {
            let count = try stream.send(rest)
            rest = rest.dropFirst(count)
            if count == 0, try stream.wait(for: .writable, timeout: Self.patience).isEmpty {
                throw StreamFailure(reason: "no reply")
            }
        }
        var parser = RESPParser()
        var replies: [RESPValue] = []
        while replies.count < slots.count {
            if let reply = try Self.next(&parser) {
                replies.append(reply)
                continue
            }
            guard !(try stream.wait(for: .readable, timeout: Self.patience)).isEmpty else {
                throw StreamFailure(reason: "no reply")
            }
            guard let bytes = try stream.receive(atMost: 1 << 16) else { continue }
            guard !bytes.isEmpty else { throw StreamFailure(reason: "connection lost") }
            parser.append(bytes)
        }
        return replies
    }

    private static func next(_ parser: inout RESPParser) throws(StreamFailure) -> RESPValue? {
        do throws(RESPParser.Malformed) { return try parser.next() } catch {
            throw StreamFailure(reason: "Protocol error")
        }
    }

    /// Keys of a slot that is on its way, or has just gone.
    private mutating func followRedirects(
        of slots: [Int], from node: NodeAddress
    ) throws(LabError) {
        let moved = slots.filter { found[$0] == .unread("MOVED") || found[$0] == .unread("ASK") }
        for slot in moved {
            var session = CommandSession(cluster: cluster, address: node, followsRedirects: true)
            defer { session.disconnect() }
            do throws(LabError) {
                let exchange = try session.run(question(slot), within: Self.patience)
                found[slot] = Self.found(exchange.reply)
            } catch .interrupted {
                throw .interrupted
            } catch {
                found[slot] = .unread(error.description)
            }
        }
    }

    private func question(_ slot: Int) -> [[UInt8]] {
        ["GET", WriterKeys.name(of: slot, key)].map { Array($0.utf8) }
    }

    private static func found(_ reply: RESPValue) -> Found {
        switch reply {
        case .bulkString(let bytes): .value(bytes)
        case .null: .missing
        default: .unread(reply.errorCode ?? "not understood")
        }
    }
}
