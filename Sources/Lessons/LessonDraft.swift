package import Lab
import RESP

/// A lesson in the making: what was typed in free play, a step a line, with a check for each.
package struct LessonDraft: Sendable {
    package var id: String
    package var title: String
    package var start: StartState
    package private(set) var steps: [Step] = []
    /// Lines that no transcript can type.
    package private(set) var omissions: [String] = []
    private var followsRedirects = false

    /// A line and what proves it.
    package struct Step: Sendable, Hashable {
        var port: Int
        var followsRedirects: Bool
        var input: String
        var reply: [String]
        var condition: String
        /// The node whose answer decides may be another one: then nothing has to be waited for.
        var mayTakeTime: Bool
    }

    package init(id: String, title: String? = nil, start: StartState) {
        self.id = id
        self.title = title ?? Self.title(of: id)
        self.start = start
    }

    /// `first-key` as `First key`.
    package static func title(of id: String) -> String {
        let words = id.replacing("-", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// More steps are no lesson.
    private static let limit = 50
    /// A reply of more lines is left open.
    private static let replyLimit = 12

    /// Adds a line that a node has answered.
    /// - Parameters:
    ///   - condition: what newly holds behind it.
    ///   - ids: which node has which id: they differ from cluster to cluster.
    package mutating func add(
        _ exchange: Exchange, followsRedirects: Bool, condition: SuggestedCheck,
        ids: [String: Int]
    ) {
        let input = DraftText.line(exchange.arguments)
        guard let input = input.map({ DraftText.named($0, ids) }), !DraftText.hasTemplate(input),
            steps.count < Self.limit
        else {
            omit(input ?? "a line that is no text")
            return
        }
        let reply = TranscriptPlayer.lines(printedFor: exchange)
        let isOpen =
            DraftText.varies(exchange.arguments) || reply.count > Self.replyLimit
            || reply.contains { DraftText.cannotStand($0) }
        steps.append(
            Step(
                port: exchange.address.port, followsRedirects: followsRedirects, input: input,
                reply: isOpen ? [] : reply.map { DraftText.named(DraftText.escaped($0), ids) },
                condition: DraftText.named(condition.text, ids), mayTakeTime: condition.mayTakeTime)
        )
    }

    /// Notes a line that cannot be typed by a transcript.
    package mutating func omit(_ line: String) {
        omissions.append(line)
    }
}

/// Words of a draft: what is typed and printed, as a lesson's file can have it.
enum DraftText {
    /// The line that makes these arguments; nil where they are no text.
    static func line(_ arguments: [[UInt8]]) -> String? {
        var words: [String] = []
        for argument in arguments {
            guard let text = String(validating: argument, as: UTF8.self) else { return nil }
            words.append(isPlain(text) ? text : RESPValue.quoted(argument))
        }
        return words.joined(separator: " ")
    }

    private static func isPlain(_ word: String) -> Bool {
        !word.isEmpty
            && word.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
            && !word.contains { "\"'\\`".contains($0) }
    }

    /// Ids of nodes as values of the check language: `${id(7001)}`.
    static func named(_ text: String, _ ids: [String: Int]) -> String {
        ids.sorted { $0.key < $1.key }.reduce(text) { text, node in
            text.replacing(node.key, with: "${id(\(node.value))}")
        }
    }

    /// Live values of the check language in what somebody typed would be asked for.
    static func hasTemplate(_ text: String) -> Bool {
        text.replacing("${id(", with: "").contains("${") || text.contains("$answer")
    }

    /// A line of a reply that could be taken for something else.
    static func cannotStand(_ line: String) -> Bool {
        line.hasPrefix("```") || line.contains("${") || line == "..." || line.contains("> ")
            || line.contains("$answer")
    }

    /// In an expected reply a star stands for itself.
    static func escaped(_ line: String) -> String { line.replacing("*", with: "\\*") }

    /// Whether the reply is another one each time: times, ports of clients, orders that hashing decides.
    static func varies(_ arguments: [[UInt8]]) -> Bool {
        let words = arguments.prefix(2).map { String(decoding: $0, as: UTF8.self).uppercased() }
        guard let name = words.first else { return false }
        if let subcommands = varyingSubcommands[name] {
            return words.count > 1 && subcommands.contains(words[1])
        }
        return varyingCommands.contains(name)
    }

    private static let varyingCommands: Set = [
        "CLIENT", "COMMAND", "DEBUG", "DUMP", "EXPIRETIME", "HELLO", "HGETALL", "HKEYS",
        "HRANDFIELD", "HSCAN", "HVALS", "INFO", "KEYS", "LASTSAVE", "LATENCY", "LOLWUT", "MEMORY",
        "MONITOR", "PEXPIRETIME", "PTTL", "RANDOMKEY", "ROLE", "SCAN", "SDIFF", "SINTER", "SLOWLOG",
        "SMEMBERS", "SPOP", "SRANDMEMBER", "SSCAN", "SUNION", "TIME", "TTL", "WAIT", "ZRANDMEMBER",
        "ZSCAN", "ACL",
    ]
    private static let varyingSubcommands: [String: Set<String>] = [
        "CLUSTER": [
            "INFO", "NODES", "SLOTS", "SHARDS", "LINKS", "REPLICAS", "SLAVES", "BUMPEPOCH",
        ],
        "OBJECT": ["FREQ", "IDLETIME"],
    ]
}
