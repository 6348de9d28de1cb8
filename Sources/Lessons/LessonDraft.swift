package import Lab
import RESP

/// A lesson in the making: what was typed in free play, with a check for each step. A line is a step; a transaction is
/// one, and what waits belongs to the step that it waits for.
package struct LessonDraft: Sendable {
    package var id: String
    package var title: String
    package var start: StartState
    package private(set) var steps: [Step] = []
    /// Lines that no transcript can type.
    package private(set) var omissions: [String] = []
    /// Commands that the transaction of the last step has taken in; nil where none is open.
    private var queued: [String]?

    /// Lines and what proves them.
    package struct Step: Sendable, Hashable {
        var lines: [Line]
        var condition: String
        /// The node whose answer decides may be another one: then nothing has to be waited for.
        var mayTakeTime = false
        /// Lines are words of the lab, and no commands of Redis.
        var isWord = false
        /// What the step is called by: its first line, unless a transaction is more.
        var name: String
    }

    /// A line at a node's prompt, and its reply; without one that is left open.
    package struct Line: Sendable, Hashable {
        var port: Int
        var followsRedirects: Bool
        var input: String
        var reply: [String] = []
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
        guard let input = input(DraftText.line(exchange.arguments), ids) else { return }
        let line = Line(
            port: exchange.address.port, followsRedirects: followsRedirects, input: input,
            reply: reply(to: [exchange], TranscriptPlayer.lines(printedFor: exchange), ids))
        if takeIntoTransaction(exchange, line) { return }
        add(line, DraftText.named(condition.text, ids), mayTakeTime: condition.mayTakeTime)
    }

    /// Adds a line such as `@owner(x) SET x 1`, which nodes have answered that are not the prompt's.
    package mutating func add(
        addressed text: String, _ exchanges: [Exchange], at port: Int, followsRedirects: Bool,
        condition: SuggestedCheck, ids: [String: Int]
    ) {
        guard let input = input(text, ids) else { return }
        let isOne = exchanges.count == 1
        let printed = exchanges.flatMap { exchange in
            ["\(exchange.address):"] + TranscriptPlayer.lines(printedFor: exchange)
        }
        let line = Line(
            port: port, followsRedirects: followsRedirects, input: input,
            // Behind those of several nodes may stand what they add up to.
            reply: isOne ? reply(to: exchanges, printed, ids) : [])
        guard queued == nil else { return join(line) }
        add(line, DraftText.named(condition.text, ids), mayTakeTime: condition.mayTakeTime)
    }

    /// Adds a word of the lab that did something to the cluster or its time. What waits joins the step before.
    package mutating func add(word text: String, at port: Int, followsRedirects: Bool) {
        guard let input = input(text, [:]) else { return }
        let line = Line(port: port, followsRedirects: followsRedirects, input: input)
        let words = text.split(separator: " ").map(String.init)
        let waits = Self.waiting.contains(words.first ?? "")
        guard queued == nil, !waits || steps.isEmpty else { return join(line) }
        add(line, SuggestedCheck(word: words).text, isWord: true)
    }

    /// Words that let time pass.
    private static let waiting: Set = ["until", "advance", "pause", "speed"]

    private mutating func add(
        _ line: Line, _ condition: String, mayTakeTime: Bool = false, isWord: Bool = false
    ) {
        guard steps.count < Self.limit else { return omit(line.input) }
        steps.append(
            Step(
                lines: [line], condition: condition, mayTakeTime: mayTakeTime, isWord: isWord,
                name: line.input))
    }

    private mutating func join(_ line: Line) {
        guard !steps.isEmpty else { return omit(line.input) }
        steps[steps.count - 1].lines.append(line)
    }

    /// The line as a transcript has it; nil for one that none can have, which is noted.
    private mutating func input(_ text: String?, _ ids: [String: Int]) -> String? {
        let named = text.map { DraftText.named($0, ids) }
        guard let named, !DraftText.hasTemplate(named) else {
            omit(named ?? "a line that is no text")
            return nil
        }
        return named
    }

    private func reply(
        to exchanges: [Exchange], _ printed: [String], _ ids: [String: Int]
    ) -> [String] {
        let isOpen =
            exchanges.contains { DraftText.varies($0.arguments) }
            || printed.count > Self.replyLimit
            || printed.contains { DraftText.cannotStand($0) }
        return isOpen ? [] : printed.map { DraftText.named(DraftText.escaped($0), ids) }
    }

    /// From MULTI to EXEC all is one step.
    /// - Returns: whether the line belongs to a transaction.
    private mutating func takeIntoTransaction(_ exchange: Exchange, _ line: Line) -> Bool {
        let name = exchange.words.first?.uppercased() ?? ""
        // Whoever goes to another node leaves it behind.
        if let last = steps.last?.lines.last, last.port != line.port { queued = nil }
        guard let taken = queued else {
            guard name == "MULTI", exchange.reply.errorCode == nil else { return false }
            add(line, "ran MULTI giving value")
            if steps.last?.name == line.input { queued = [] }
            return true
        }
        join(line)
        if exchange.isQueued { queued = taken + [SuggestedCheck.shape(of: exchange)] }
        guard ["EXEC", "DISCARD", "RESET"].contains(name) else { return true }
        queued = nil
        let isWhole = name == "EXEC" && exchange.reply.errorCode == nil
        steps[steps.count - 1].name = "MULTI … \(name)"
        steps[steps.count - 1].condition =
            (isWhole ? (["ran EXEC"] + taken) : ["ran \(name)"]).joined(separator: " with ")
            + " giving \(SuggestedCheck.kind(of: exchange))"
        return true
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
