package import Lab
package import RESP

/// What an expression came to.
package indirect enum CheckValue: Sendable, Hashable {
    case number(Int64)
    case text(String)
    case null
    case node(ClusterNode)
    case list([CheckValue])
    /// One value from each node that was asked.
    case perNode([NodeAddress], [CheckValue])
    /// A reply of several elements, for `| 1` to pick from.
    case reply(RESPValue)
    case failure(String)
    /// Not known, and why: nothing handed in yet, a node that does not answer.
    case missing(String)
}

extension CheckValue {
    /// A reply as a value.
    init(_ reply: RESPValue) {
        switch reply {
        case .integer(let number): self = .number(number)
        case .null: self = .null
        case .error(let message): self = .failure(message)
        case .simpleString, .bulkString, .verbatimString: self = .text(reply.text ?? "")
        case .double(let digits), .bigNumber(let digits): self = .text(digits)
        case .boolean(let flag): self = .text(flag ? "true" : "false")
        case .array, .map, .set, .push: self = .reply(reply)
        }
    }

    /// The number in it, if there is one.
    var integer: Int64? {
        switch self {
        case .number(let number): number
        case .text(let text): Int64(text)
        case .null, .node, .list, .perNode, .reply, .failure, .missing: nil
        }
    }

    /// The values themselves, whether one or one a node.
    var each: [CheckValue] {
        if case .perNode(_, let values) = self { return values }
        return [self]
    }

    /// Whether the two are the same, in the way in which a learner names things: a node by its
    /// port, address, id or the id's beginning; a set in any order.
    func equals(_ other: CheckValue, ignoringCase: Bool = false) -> Bool {
        switch (self, other) {
        case (.missing, _), (_, .missing): return false
        case (.perNode(_, let values), _):
            return !values.isEmpty
                && values.allSatisfy { $0.equals(other, ignoringCase: ignoringCase) }
        case (_, .perNode): return other.equals(self, ignoringCase: ignoringCase)
        case (.node(let node), .node(let same)): return node.address == same.address
        case (.node(let node), .text(let name)), (.text(let name), .node(let node)):
            return node.isNamed(name)
        case (.node(let node), .number(let port)), (.number(let port), .node(let node)):
            return node.address.port == Int(port)
        case (.list(let values), .list(let others)):
            return values.count == others.count
                && values.allSatisfy { value in others.contains { value.equals($0) } }
        case (.list(let values), .text(let text)), (.text(let text), .list(let values)):
            let names = text.split { $0 == " " || $0 == "," }.map { CheckValue.text(String($0)) }
            return CheckValue.list(values).equals(.list(names))
        case (.list(let values), let single), (let single, .list(let values)):
            return values.count == 1 && values[0].equals(single)
        case (.failure(let message), .text(let text)), (.text(let text), .failure(let message)):
            return message == text || message.prefix { $0 != " " } == text
        case (.null, .text(let text)), (.text(let text), .null): return text == "nil"
        case (.text(let text), .text(let same)):
            if let number = Int64(text), let other = Int64(same) { return number == other }
            return ignoringCase ? text.lowercased() == same.lowercased() : text == same
        case (.number, _), (_, .number):
            guard let number = integer, let same = other.integer else { return false }
            return number == same
        default: return self == other
        }
    }
}

extension CheckValue: CustomStringConvertible {
    /// As a tick line or a sentence shows it.
    package var description: String {
        switch self {
        case .number(let number): return "\(number)"
        case .text(let text): return text.trimmed
        case .null: return "(nil)"
        case .node(let node): return node.address.named
        case .list(let values): return values.map(\.description).joined(separator: " ")
        case .perNode(let nodes, let values): return Self.perNode(nodes, values)
        case .reply(let reply): return "\(reply.elements?.count ?? 0) elements"
        case .failure(let message): return message
        case .missing(let reason): return reason
        }
    }

    /// `ok` where all say so, `7000: fail, the others: ok` where most do.
    private static func perNode(_ nodes: [NodeAddress], _ values: [CheckValue]) -> String {
        let texts = values.map(\.description)
        let usual = texts.first { text in texts.count { $0 == text } * 2 > texts.count }
        guard let usual, texts.contains(where: { $0 != usual }) else {
            return usual ?? zip(nodes, texts).map { "\($0.named): \($1)" }.joined(separator: ", ")
        }
        let odd = zip(nodes, texts).filter { $1 != usual }.map { "\($0.named): \($1)" }
        return odd.joined(separator: ", ") + ", the others: \(usual)"
    }
}

extension NodeAddress {
    /// What a learner calls a node: its port, on this machine; elsewhere ports are the same on many hosts.
    var named: String { host == NodeAddress(port: port).host ? "\(port)" : description }
}
