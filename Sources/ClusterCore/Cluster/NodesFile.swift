import Keyspace
import RESP

/// nodes.conf: what a node knows of its cluster, as CLUSTER NODES shows it, and the epochs.
package enum NodesFile {
    /// The file is not one of a node's.
    package struct Failure: Error, Hashable, Sendable {
        /// From 1 on; nil where the whole file is wrong.
        package let line: Int?
        package let reason: String

        /// What and where, without the file's name.
        package var description: String { line.map { "line \($0): \(reason)" } ?? reason }
    }

    /// Reads a file (`clusterLoadConfig`). The node whose flags say `myself` becomes the first.
    static func parse(_ text: String, now: Int64) throws(Failure) -> Contents {
        var contents = Contents()
        // A line may end as on other systems: an editor has been at it.
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).enumerated() {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard !fields.isEmpty else { continue }
            do throws(Problem) {
                try contents.read(fields, now: now)
            } catch {
                throw Failure(line: index + 1, reason: error.reason)
            }
        }
        guard contents.myself != nil else {
            throw Failure(line: nil, reason: "no line is about the node itself")
        }
        return contents
    }

    /// What is wrong with a line.
    struct Problem: Error {
        let reason: String
    }

    /// What the file says.
    struct Contents {
        private(set) var nodes: [Line] = []
        private(set) var currentEpoch: UInt64 = 0
        private(set) var lastVoteEpoch: UInt64 = 0
        /// The node's own shard, where it shares its cluster with servers that know of such.
        private(set) var shard: NodeID?
        /// Variables that nobody here knows, such as those of later versions.
        private(set) var unknownVariables: [String] = []

        var myself: Line? { nodes.first { $0.peer.flags.contains(.myself) } }

        /// A node, with what it says of others by their names.
        struct Line {
            var peer: Peer
            var master: NodeID?
            var slots: [ClosedRange<Int>] = []
            var migrating: [Int: NodeID] = [:]
            var importing: [Int: NodeID] = [:]
        }

        mutating func read(_ fields: [Substring], now: Int64) throws(Problem) {
            if fields[0].lowercased() == "vars" { return try readVariables(fields.dropFirst()) }
            guard fields.count >= 8 else { throw Problem(reason: "a node has eight fields") }
            guard let id = NodeID(String(fields[0])) else {
                throw Problem(reason: "'\(fields[0])' is no node id")
            }
            guard !nodes.contains(where: { $0.peer.id == id }) else {
                throw Problem(reason: "node \(id) is there twice")
            }
            var line = Line(peer: try Self.peer(id, address: fields[1]))
            line.peer.flags = try Self.flags(fields[2])
            if line.peer.flags.contains(.myself), myself != nil {
                throw Problem(reason: "a second node says that it is myself")
            }
            if line.peer.hasFailed { line.peer.failTime = now }
            if fields[3] != "-" {
                guard let master = NodeID(String(fields[3])) else {
                    throw Problem(reason: "'\(fields[3])' is no node id")
                }
                line.master = master
            }
            if fields[4] != "0" { line.peer.pingSent = now }
            if fields[5] != "0" { line.peer.pongReceived = now }
            let epoch = try Self.epoch(fields[6])
            line.peer.configEpoch = line.master == nil ? epoch : 0
            line.peer.created = now
            for field in fields.dropFirst(8) { try Self.readSlots(field, into: &line) }
            nodes.append(line)
        }

        private mutating func readVariables(_ fields: ArraySlice<Substring>) throws(Problem) {
            guard fields.count.isMultiple(of: 2) else {
                throw Problem(reason: "a variable has no value")
            }
            for index in stride(from: fields.startIndex, to: fields.endIndex, by: 2) {
                switch fields[index].lowercased() {
                case "currentepoch": currentEpoch = try Self.epoch(fields[index + 1])
                case "lastvoteepoch": lastVoteEpoch = try Self.epoch(fields[index + 1])
                case "shardid": shard = NodeID(String(fields[index + 1]))
                default: unknownVariables.append(String(fields[index]))
                }
            }
        }

        private static func epoch(_ text: Substring) throws(Problem) -> UInt64 {
            guard let epoch = UInt64(text) else { throw Problem(reason: "'\(text)' is no epoch") }
            return epoch
        }

        /// `127.0.0.1:7000@17000,hostname`. From 7.2 on more may follow, each with its name, as
        /// `,shard-id=…`, which is passed over.
        private static func peer(_ id: NodeID, address: Substring) throws(Problem) -> Peer {
            let parts = address.split(separator: ",", omittingEmptySubsequences: false)
            guard let text = parts.first, let colon = text.lastIndex(of: ":") else {
                throw Problem(reason: "'\(address)' is no address")
            }
            let ports = text[text.index(after: colon)...].split(separator: "@")
            guard let port = ports.first.flatMap({ Int($0) }), (0...65535).contains(port),
                ports.count < 3, let busPort = ports.count == 2 ? Int(ports[1]) : port + 10_000,
                (0...75535).contains(busPort)
            else { throw Problem(reason: "'\(address)' is no address") }
            var peer = Peer(
                id: id, host: String(text[..<colon]), port: port, busPort: busPort, flags: [])
            if parts.count > 1, !parts[1].contains("=") { peer.hostname = String(parts[1]) }
            return peer
        }

        private static func flags(_ text: Substring) throws(Problem) -> Peer.Flags {
            var flags: Peer.Flags = []
            for word in text.split(separator: ",") where word.lowercased() != "noflags" {
                let name = word.lowercased()
                guard let known = Peer.Flags.names.first(where: { $0.name == name }) else {
                    throw Problem(reason: "unknown flag '\(word)'")
                }
                flags.insert(known.flag)
            }
            return flags
        }

        /// `5461-10922`, `7`, `[93-<-id]` or `[77->-id]`.
        private static func readSlots(_ field: Substring, into line: inout Line) throws(Problem) {
            if field.hasPrefix("[") { return try readOpenSlot(field, into: &line) }
            let ends = field.split(separator: "-", maxSplits: 1).map { Int($0) }
            guard let first = ends[0], let last = ends.count == 2 ? ends[1] : first,
                first <= last, first >= 0, last < HashSlot.count
            else { throw Problem(reason: "'\(field)' are no slots") }
            line.slots.append(first...last)
        }

        private static func readOpenSlot(
            _ field: Substring, into line: inout Line
        ) throws(Problem) {
            let text = field.dropFirst().dropLast()
            let problem = Problem(reason: "'\(field)' is no open slot")
            guard field.hasSuffix("]"), let dash = text.firstIndex(of: "-"),
                let slot = Int(text[..<dash]), (0..<HashSlot.count).contains(slot)
            else { throw problem }
            let rest = text[dash...]
            guard let id = NodeID(String(rest.dropFirst(3))) else { throw problem }
            if rest.hasPrefix("->-") {
                line.migrating[slot] = id
            } else if rest.hasPrefix("-<-") {
                line.importing[slot] = id
            } else {
                throw problem
            }
        }
    }
}

extension Peer.Flags {
    /// The flags that CLUSTER NODES shows, in its order.
    static let names: [(flag: Peer.Flags, name: String)] = [
        (.myself, "myself"), (.master, "master"), (.replica, "slave"), (.pfail, "fail?"),
        (.fail, "fail"), (.handshake, "handshake"), (.noAddress, "noaddr"),
        (.noFailover, "nofailover"),
    ]
}

extension Node {
    /// nodes.conf: CLUSTER NODES without nodes that have not told their name, and a last line with the epochs.
    package func clusterConfiguration() -> String {
        var text = NodesText()
        for index in cluster.peers.indices where !cluster.peers[index].isInHandshake {
            describe(PeerIndex(index), into: &text)
        }
        text.write("vars currentEpoch ", cluster.currentEpoch)
        text.write(" lastVoteEpoch ", cluster.lastVoteEpoch)
        // No field of a line: Redis 7.0 passes over variables that it does not know, and would take
        // that for a hostname.
        if let shard = cluster.shards.own { text.write(" shardID ", shard.description) }
        text.write("\n")
        return text.string
    }

    /// Takes over what nodes.conf says, before the node starts; an empty one is that of a node that is new.
    package mutating func restore(clusterConfiguration text: String) throws(NodesFile.Failure) {
        guard !text.isEmpty else {
            return log(
                .notice, "No cluster configuration found, I'm \(cluster.myself.id)")
        }
        let contents = try NodesFile.parse(text, now: unixMilliseconds)
        guard let myself = contents.myself else { return }
        beginAnotherLife()
        cluster = ClusterState(myself: myself.peer, at: now)
        for line in contents.nodes where line.peer.id != myself.peer.id { cluster.add(line.peer) }
        for line in contents.nodes { restore(line) }
        cluster.currentEpoch = max(contents.currentEpoch, cluster.greatestEpoch)
        cluster.lastVoteEpoch = contents.lastVoteEpoch
        cluster.shards.own = contents.shard
        refreshMyself()
        for name in contents.unknownVariables {
            log(.warning, "Skipping unknown cluster config variable '\(name)'")
        }
        log(.notice, "Node configuration loaded, I'm \(myself.peer.id)")
    }

    private mutating func restore(_ line: NodesFile.Contents.Line) {
        guard let peer = cluster.peer(line.peer.id) else { return }
        if let master = line.master { cluster.setMaster(of: peer, to: known(master)) }
        for range in line.slots {
            for slot in range { cluster.assign(HashSlot(unchecked: slot), to: peer) }
        }
        for (slot, id) in line.migrating.sorted(by: { $0.key < $1.key }) {
            cluster.migrating[HashSlot(unchecked: slot)] = known(id)
        }
        for (slot, id) in line.importing.sorted(by: { $0.key < $1.key }) {
            cluster.importing[HashSlot(unchecked: slot)] = known(id)
        }
    }

    /// The node of that name; one that no line is about is added without an address.
    private mutating func known(_ id: NodeID) -> PeerIndex {
        cluster.peer(id)
            ?? cluster.add(Peer(id: id, host: "", port: 0, busPort: 0, flags: .noAddress))
    }
}
