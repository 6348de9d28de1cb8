import Lab
import RESP

/// What the replies of several nodes come to together, where that means something.
struct Tally {
    private let name: String
    private let replies: [Reply]

    /// One node's reply, and whether the node is a replica.
    struct Reply {
        var address: NodeAddress
        var isReplica: Bool
        var value: RESPValue
    }

    /// Commands whose numbers add up: each key is at one master.
    private static let counts: Set<String> = [
        "DBSIZE", "DEL", "UNLINK", "EXISTS", "TOUCH", "CLUSTER COUNTKEYSINSLOT",
    ]

    init(of arguments: [[UInt8]], _ replies: [Reply]) {
        let words = arguments.prefix(2).map { String(decoding: $0, as: UTF8.self).uppercased() }
        name = words.first == "CLUSTER" ? words.joined(separator: " ") : words.first ?? ""
        self.replies = replies
    }

    /// Whether a command's replies are lists of keys, to be shown together.
    static func listsKeys(_ arguments: [[UInt8]]) -> Bool {
        let name = arguments.first.map { String(decoding: $0, as: UTF8.self).uppercased() }
        return name == "KEYS" || name == "SCAN"
    }

    /// The sum below the replies; nil where there is none, or only one number.
    var line: String? {
        guard Self.counts.contains(name) else { return nil }
        let numbers = replies.compactMap { reply in reply.value.count.map { (reply.isReplica, $0) }
        }
        guard numbers.count > 1 else { return nil }
        let masters = numbers.filter { !$0.0 }.reduce(0) { $0 + $1.1 }
        let copies = numbers.filter(\.0).reduce(0) { $0 + $1.1 }
        let isMixed = numbers.contains { $0.0 } && numbers.contains { !$0.0 }
        guard isMixed else {
            return "together: \(masters + copies)"
                + (copies > 0 ? " (copies that replicas hold of their masters' keys)" : "")
        }
        return
            "together: \(masters) at masters; the \(copies) at replicas are their copies, and not counted"
    }

    /// The keys of all replies, each once, in the order in which they came.
    var keys: [RESPValue] {
        var seen: Set<RESPValue> = []
        return replies.flatMap { $0.value.elements ?? [] }.filter { seen.insert($0).inserted }
    }

    /// How many keys came more than once: replicas hold their masters' keys.
    var repeated: Int { replies.reduce(0) { $0 + ($1.value.elements?.count ?? 0) } - keys.count }
}

extension RESPValue {
    /// The number of an integer reply; a text that holds one counts for nothing here.
    fileprivate var count: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }
}
