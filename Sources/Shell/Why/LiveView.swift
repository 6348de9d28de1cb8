import Lab
import Lessons
import RESP
import Synchronization

/// What every node says of the cluster at this moment.
///
/// The questions go over connections of their own: the learner's transaction and protocol stay as
/// they are. Those connections know no password.
struct LiveView {
    /// By ascending address.
    let opinions: [Opinion]
    /// The node that the learner is at.
    let current: NodeAddress
    /// The nodes that a fault of the network keeps clients from; the view itself sees behind it.
    let cutOff: Set<NodeAddress>
    /// The lab's nodes that have ended, which `boot` starts again.
    let ended: Set<NodeAddress>
    private let observer: ClusterObserver
    /// Other addresses of nodes that are reached at several, such as containers: with the one that stands for each.
    private let otherNames: [NodeAddress: NodeAddress]

    /// What one node says.
    struct Opinion {
        var address: NodeAddress
        /// Its CLUSTER NODES; empty where it does not tell.
        var table: [ClusterNode] = []
        /// Its CLUSTER INFO.
        var info: [String: String] = [:]
        /// Why it tells nothing: it does not answer, or refuses to without a password.
        var silence: String?
        /// Whether it answered anything at all.
        var isReached = true
        /// What went wrong where it did not answer at all.
        var failure: LabError?
        /// Ctrl-C came while it was asked.
        var isCutShort: Bool { failure == .interrupted }
        /// It takes connections, and answers nothing.
        var isFrozen: Bool { if case .silent = failure { true } else { false } }

        var myself: ClusterNode? { table.first { $0.flags.contains("myself") } }
        /// Why it does not answer at all.
        var absence: String? { isReached ? nil : silence }
        var isOK: Bool { info["cluster_state"] == "ok" }
    }

    /// In a larger cluster the rest is not asked: `why` answers at once.
    private static let nodeLimit = 64

    /// Asks the lab's nodes, the current one, and those that they tell of. Ctrl-C ends the asking.
    init(of cluster: any LabCluster, at current: NodeAddress, also others: [NodeAddress] = []) {
        let current = cluster.place(of: current)
        self.current = current
        let timed = TimedCluster.around(cluster)
        observer = ClusterObserver(cluster: timed)
        var waiting = [current] + others.map(cluster.place) + cluster.nodes
        var asked: [NodeAddress: Opinion] = [:]
        while asked.count < Self.nodeLimit {
            var isNew = Set<NodeAddress>()
            let next = waiting.filter { asked[$0] == nil && isNew.insert($0).inserted }
                .prefix(Self.nodeLimit - asked.count)
            guard !next.isEmpty else { break }
            let opinions = Self.opinions(of: Array(next), timed, observer)
            for opinion in opinions { asked[opinion.address] = opinion }
            guard !opinions.contains(where: \.isCutShort) else { break }
            waiting = opinions.flatMap { $0.table.filter(\.hasAddress).map(\.address) }
        }
        let all = asked.values.sorted { $0.address < $1.address }
        let otherNames = Self.otherNames(in: all, current: current)
        self.otherNames = otherNames
        opinions = all.filter { otherNames[$0.address] == nil }
        let network = cluster.control?.network ?? NetworkFaults()
        cutOff = Set(asked.keys.filter { network.cutsClients(from: $0) })
        ended = Set(cluster.nodes.filter { cluster.control?.state(of: $0) == .down })
    }

    /// One node that answers at several hosts is asked under each name, and is still one. The name at the prompt stands for
    /// it, else the one by which the others know it.
    private static func otherNames(
        in opinions: [Opinion], current: NodeAddress
    ) -> [NodeAddress: NodeAddress] {
        let told = Set(
            opinions.flatMap { $0.table.filter { !$0.flags.contains("myself") }.map(\.address) })
        let known = Dictionary(grouping: opinions.filter { $0.myself != nil }) { $0.myself?.id }
        var names: [NodeAddress: NodeAddress] = [:]
        for addresses in known.values.map({ $0.map(\.address) }) where addresses.count > 1 {
            let chosen =
                addresses.first { $0 == current } ?? addresses.first(where: told.contains)
                ?? addresses[0]
            // On one host two processes have the same id: one nodes.conf was copied.
            for address in addresses where address.host != chosen.host { names[address] = chosen }
        }
        return names
    }

    /// Asks the nodes side by side: one that does not answer is waited for together with all others that do not. Where
    /// time passes only while somebody waits, one after the other.
    private static func opinions(
        of nodes: [NodeAddress], _ cluster: TimedCluster, _ observer: ClusterObserver
    ) -> [Opinion] {
        guard cluster.runsByItself else { return nodes.map { opinion(of: $0, observer) } }
        let found = Mutex<[Opinion]>([])
        SideBySide.run(nodes.count) { place in
            let opinion = opinion(of: nodes[place], ClusterObserver(cluster: cluster))
            found.withLock { $0.append(opinion) }
        }
        return found.withLock(\.self)
    }

    private static func opinion(of address: NodeAddress, _ observer: ClusterObserver) -> Opinion {
        var opinion = Opinion(address: address)
        do throws(LabError) {
            let reply = try observer.ask(address, ["CLUSTER", "NODES"])
            guard let text = reply.text else {
                opinion.silence = String(reply.rawString.prefix { $0 != "." && !$0.isNewline })
                return opinion
            }
            opinion.table = ClusterNode.table(text, askedAt: address, in: observer.cluster)
            opinion.info = fields(of: try observer.ask(address, ["CLUSTER", "INFO"]).text ?? "")
        } catch {
            opinion.silence = error.cause
            opinion.isReached = false
            opinion.failure = error
        }
        return opinion
    }

    /// The `name:value` lines of CLUSTER INFO and INFO.
    static func fields(of text: String) -> [String: String] {
        let pairs = text.split(whereSeparator: \.isNewline).compactMap { line in
            line.firstIndex(of: ":").map { colon in
                (String(line[..<colon]), String(line[colon...].dropFirst()))
            }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    // MARK: - Questions

    /// One reply of a node; nil when it does not answer.
    func ask(_ address: NodeAddress, _ words: String...) -> RESPValue? {
        // One that kept the first question waiting would keep every other waiting, too.
        guard opinion(of: address)?.absence == nil, !opinions.contains(where: \.isCutShort) else {
            return nil
        }
        return try? observer.ask(address, words)
    }

    /// The replies of a node to several commands that go out at once; nil when it does not answer.
    func ask(_ address: NodeAddress, all commands: [[String]]) -> [RESPValue]? {
        try? observer.ask(address, all: commands.map { $0.map { Array($0.utf8) } })
    }

    /// A section of a node's INFO.
    func info(_ section: String, of address: NodeAddress) -> [String: String] {
        Self.fields(of: ask(address, "INFO", section)?.text ?? "")
    }

    /// A parameter of a node's configuration.
    func setting(_ name: String, of address: NodeAddress) -> String? {
        ask(address, "CONFIG", "GET", name)?.elements?.last?.text
    }

    // MARK: - What follows

    /// What the node at `address` says; nil for one that was not asked.
    func opinion(of address: NodeAddress) -> Opinion? {
        let name = otherNames[address] ?? address
        return opinions.first { $0.address == name }
    }

    /// The cluster as this node sees it, or as the first that tells.
    func table(at address: NodeAddress) -> [ClusterNode] {
        if let own = opinion(of: address)?.table, !own.isEmpty { return own }
        return opinions.first { !$0.table.isEmpty }?.table ?? []
    }

    /// A node as it sees itself, or as the first that knows it sees it.
    func node(at address: NodeAddress) -> ClusterNode? {
        if let myself = opinion(of: address)?.myself { return myself }
        return opinions.lazy.flatMap(\.table).first { $0.address == address }
    }

    /// Every node that someone knows, as it sees itself where it tells, by ascending address.
    var nodes: [ClusterNode] {
        let known = Set(
            opinions.flatMap(\.table).filter(\.hasAddress).map { otherNames[$0.address] ?? $0.address })
        return known.sorted().compactMap(node(at:))
    }

    /// Who owns a slot as the node at `address` sees it.
    func owner(of slot: Int, at address: NodeAddress) -> ClusterNode? {
        table(at: address).first { $0.owns(slot) }
    }

    /// The replicas of a master as the node at `address` sees them.
    func replicas(of master: ClusterNode, at address: NodeAddress) -> [ClusterNode] {
        table(at: address).filter { $0.masterID == master.id }
    }

    /// The keys of a command, by a node's COMMAND GETKEYS; without a node, its first argument.
    func keys(of arguments: [[UInt8]]) -> [KeySlot] {
        let words = arguments.map { String(decoding: $0, as: UTF8.self) }
        guard words.map({ Array($0.utf8) }) == arguments,
            let opinion = opinions.first(where: { $0.silence == nil }),
            let reply = try? observer.ask(opinion.address, ["COMMAND", "GETKEYS"] + words)
        else { return arguments.dropFirst().prefix(1).map { KeySlot($0) } }
        return (reply.elements ?? []).compactMap(\.text).map { KeySlot($0) }
    }
}

extension ClusterNode {
    /// The node is in the table with a place to reach it at.
    var hasAddress: Bool { address.port > 0 && !flags.contains("noaddr") && !address.host.isEmpty }

    /// A majority of masters holds it for failed.
    var isFailed: Bool { flags.contains("fail") }

    /// The node that was asked alone cannot reach it.
    var isSuspected: Bool { flags.contains("fail?") }

    /// Whether the slot is one of the node's.
    func owns(_ slot: Int) -> Bool { slots.contains { $0.contains(slot) } }

    /// `0-5460 7000`, shortened where it is long.
    var ranges: String {
        let texts = slots.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }
        return texts.count <= 4
            ? texts.joined(separator: " ") : "\(slotCount) slots in \(texts.count) ranges"
    }
}

extension LabError {
    /// The reason alone, for sentences that name the node themselves.
    var cause: String {
        switch self {
        case .refused(_, let reason): reason
        case .connectionLost: "it closed the connection"
        case .silent(_, let time):
            "it takes connections, but gave no reply in \(time.components.seconds) s: frozen or busy"
        case .malformedReply: "its reply is no RESP"
        case .interrupted: "interrupted"
        case .portInUse, .file, .unsupported: description
        }
    }
}

extension RESPValue {
    /// The reply as one text, an error's included.
    var rawString: String {
        if case .error(let message) = self { return message }
        return String(decoding: rawText, as: UTF8.self)
    }
}
