import Lab
import Lessons
import RESP

/// What one node holds of a key.
struct KeyCopy {
    let address: NodeAddress
    /// `master`, `replica`, or `importing`.
    let role: String
    /// Why it does not tell; nil where it does.
    private(set) var trouble: String?
    private(set) var type = "none"
    private(set) var encoding = "-"
    /// Milliseconds to live; negative for a key that does not expire.
    private(set) var ttl: Int64 = -2
    /// Bytes of a string, elements of everything else.
    private(set) var size: Int64?
    private(set) var value = "-"
    /// Whether the value is shown whole, or its beginning in an order that all nodes have.
    private(set) var isComparable = true
    /// Where it sends whoever asks, because the slot is on its way.
    private(set) var redirect: Redirect?

    /// What is shown of a value.
    private static let elementLimit = 10
    private static let byteLimit = 512

    /// Asks a node on a connection of its own, which may then read from a replica.
    init(
        of key: [UInt8], at address: NodeAddress, role: String, in cluster: any LabCluster
    ) {
        self.address = address
        self.role = role
        do throws(LabError) {
            let connection = try cluster.observe(address)
            defer { connection.close() }
            if role == "replica" { _ = try connection.send("READONLY") }
            try ask(Questions(key: key, isAsking: role == "importing", connection: connection))
        } catch {
            trouble = error.cause
        }
    }

    /// What is asked about one key over one connection.
    private struct Questions {
        let key: [UInt8]
        let isAsking: Bool
        let connection: any LabConnection

        /// The replies to commands whose `KEY` is the key.
        func ask(_ commands: [[String]]) throws(LabError) -> [RESPValue] {
            let encoded = commands.map { words in
                words.map { $0 == "KEY" ? key : Array($0.utf8) }
            }
            let asking = [Array("ASKING".utf8)]
            let sent = isAsking ? encoded.flatMap { [asking, $0] } : encoded
            let replies = try connection.send(sent, within: .seconds(1))
            guard isAsking else { return replies }
            return replies.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        }
    }

    private mutating func ask(_ questions: Questions) throws(LabError) {
        let replies = try questions.ask([
            ["TYPE", "KEY"], ["OBJECT", "ENCODING", "KEY"], ["PTTL", "KEY"],
        ])
        redirect = Redirect(replies[0], from: address)
        if case .error(let message) = replies[0] {
            trouble = message
            return
        }
        type = replies[0].text ?? "none"
        encoding = replies[1].errorCode == nil ? replies[1].text ?? "-" : "-"
        if case .integer(let milliseconds) = replies[2] { ttl = milliseconds }
        guard let commands = Self.commands(for: type) else {
            value = type == "none" ? "-" : "(no way to show it)"
            return
        }
        try read(questions.ask(commands))
    }

    /// How to read the size and the beginning of a value of that type.
    private static func commands(for type: String) -> [[String]]? {
        let last = "\(elementLimit - 1)"
        return switch type {
        case "string": [["STRLEN", "KEY"], ["GETRANGE", "KEY", "0", "\(byteLimit - 1)"]]
        case "list": [["LLEN", "KEY"], ["LRANGE", "KEY", "0", last]]
        case "hash": [["HLEN", "KEY"], ["HSCAN", "KEY", "0", "COUNT", "\(elementLimit)"]]
        case "set": [["SCARD", "KEY"], ["SSCAN", "KEY", "0", "COUNT", "\(elementLimit)"]]
        case "zset": [["ZCARD", "KEY"], ["ZRANGE", "KEY", "0", last, "WITHSCORES"]]
        case "stream":
            [["XLEN", "KEY"], ["XRANGE", "KEY", "-", "+", "COUNT", "\(elementLimit)"]]
        default: nil
        }
    }

    private mutating func read(_ replies: [RESPValue]) {
        if case .integer(let count) = replies[0] { size = count }
        if case .error(let message) = replies[1] {
            value = "(\(message))"
            return
        }
        switch type {
        case "string": value = RESPValue.quoted(replies[1].rawText)
        case "hash", "set": read(scanned: replies[1].elements?.last?.elements ?? [])
        case "zset": value = Self.paired(replies[1].elements ?? [], ": ").joined(separator: ", ")
        default: value = (replies[1].elements ?? []).map(Self.text).joined(separator: ", ")
        }
    }

    /// No node's order is another's: sorted, what is whole is alike where it is the same.
    private mutating func read(scanned elements: [RESPValue]) {
        let texts =
            type == "hash" ? Self.paired(elements, ": ") : elements.map(Self.text)
        isComparable = (size ?? 0) <= Int64(texts.count)
        value = texts.sorted().joined(separator: ", ")
    }

    private static func paired(_ elements: [RESPValue], _ sign: String) -> [String] {
        stride(from: 0, to: elements.count - 1, by: 2).map {
            text(elements[$0]) + sign + text(elements[$0 + 1])
        }
    }

    /// An element in one line.
    private static func text(_ element: RESPValue) -> String {
        if let elements = element.elements {
            return "[" + elements.map(text).joined(separator: ", ") + "]"
        }
        return KeySlot.name(element.rawText)
    }
}
