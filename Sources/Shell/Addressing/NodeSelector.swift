import Lab
import Lessons
import RESP

/// Whom a line means that begins with `@`: `@7003 ROLE`, `@all DBSIZE`, `@owner(key) GET key`.
enum NodeSelector: Equatable {
    /// By port, address or the beginning of an id.
    case node(String)
    case all
    case masters
    case replicas
    case owner([UInt8])

    /// What may stand behind the `@`, for completion; `owner(` wants a key and `)`.
    static let words = ["@all", "@masters", "@owner(", "@replicas"]

    /// A sentence about what is wrong, for the learner.
    struct Unknown: Error, Equatable {
        var sentence: String
    }

    /// Takes a line that begins with `@` apart: whom it means, and the command.
    static func split(_ line: String) throws(Unknown) -> (NodeSelector, command: String) {
        if line.lowercased().hasPrefix("@owner(") { return try splitOwner(line) }
        let word = line.prefix { !$0.isWhitespace }
        let command = String(line[word.endIndex...].drop(while: \.isWhitespace))
        switch word.dropFirst().lowercased() {
        case "": throw Unknown(sentence: usage)
        case "all": return (.all, command)
        case "masters", "master": return (.masters, command)
        case "replicas", "replica", "slaves": return (.replicas, command)
        case "owner":
            throw Unknown(sentence: "@owner wants a key in brackets: @owner(user:1) GET user:1")
        default: return (.node(String(word.dropFirst())), command)
        }
    }

    /// The key ends at the first `)` before a blank, so that it may hold brackets; in quotes, blanks.
    private static func splitOwner(_ line: String) throws(Unknown) -> (
        NodeSelector, command: String
    ) {
        var rest = line.dropFirst("@owner(".count)
        var inside = ""
        while let close = rest.firstIndex(of: ")") {
            inside += rest[..<close]
            let after = rest[rest.index(after: close)...]
            if after.first?.isWhitespace ?? true, let words = splitArguments(inside.utf8),
                words.count == 1
            {
                return (.owner(words[0]), String(after.drop(while: \.isWhitespace)))
            }
            inside += ")"
            rest = after
        }
        throw Unknown(
            sentence:
                "@owner wants one key in brackets, in quotes if it has blanks: @owner(\"my key\") TYPE \"my key\""
        )
    }

    private static let usage =
        "@ wants a node behind it: @7001, @127.0.0.1:7001, @all, @masters, @replicas or @owner(KEY)"

    /// The nodes that are meant, by ascending address.
    func addresses(in view: LiveView) throws(Unknown) -> [NodeAddress] {
        switch self {
        case .node(let name): return [try address(named: name, in: view)]
        case .owner(let key):
            let slot = KeySlot(key).slot
            guard let owner = view.owner(of: slot, at: view.current) else {
                throw Unknown(
                    sentence:
                        "Slot \(slot) of the key \(KeySlot.name(key)) has no owner. Type why slot \(slot)."
                )
            }
            return [owner.address]
        case .all: return view.addresses
        case .masters: return found(view.members.filter { !$0.isReplica }.map(\.address), in: view)
        case .replicas:
            let replicas = view.members.filter(\.isReplica).map(\.address)
            guard !replicas.isEmpty else { throw Unknown(sentence: "There is no replica.") }
            return replicas
        }
    }

    /// Where no node tells of any, the lab's own nodes are meant: each then says why it does not.
    private func found(_ addresses: [NodeAddress], in view: LiveView) -> [NodeAddress] {
        let silent = view.opinions.filter { $0.silence != nil && $0.table.isEmpty }.map(\.address)
        return addresses.isEmpty ? silent : addresses
    }

    private func address(named name: String, in view: LiveView) throws(Unknown) -> NodeAddress {
        let named = view.nodes.filter { $0.isNamed(name) }
        if named.count == 1 { return named[0].address }
        guard named.isEmpty else {
            let ids = named.map { String($0.id.prefix(12)) }.joined(separator: ", ")
            throw Unknown(
                sentence: "\(named.count) nodes are meant by @\(name): \(ids). Type more of the id."
            )
        }
        if let address = NodeAddress(typed: name) { return address }
        if let port = Int(name), (1...65535).contains(port) {
            return NodeAddress(host: view.current.host, port: port)
        }
        let ports = view.nodes.map { "\($0.address.port)" }.joined(separator: ", ")
        throw Unknown(
            sentence: "No node is known by @\(name): a port, an address, or six digits of an id"
                + (ports.isEmpty ? "." : ". There are \(ports)."))
    }
}

extension LiveView {
    /// Everyone: the lab's nodes, also where they do not answer, and those that somebody knows.
    var addresses: [NodeAddress] {
        let known = nodes.filter { !$0.flags.contains("handshake") }.map(\.address)
        return Set(known + opinions.map(\.address)).sorted()
    }

    /// The nodes that take part: without those that failed and were replaced, and those that only one
    /// side has begun to meet.
    var members: [ClusterNode] {
        nodes.filter { node in
            !(node.isFailed && node.slots.isEmpty && node.isMaster)
                && !node.flags.contains("handshake")
        }
    }
}
