package import Lab

/// What the learner did in the present step.
package struct Journal: Sendable {
    package var exchanges: [Exchange] = []
    /// The last value handed in with `answer`.
    package var answer: String? {
        didSet {
            let words = (answer ?? "").split(separator: " ", maxSplits: 1).map(String.init)
            if let name = words.first { answers[name] = words.count == 2 ? words[1] : "" }
        }
    }
    /// What was handed in under a name, as `answer total 7`.
    package private(set) var answers: [String: String] = [:]
    /// Lines that were no commands of Redis, word by word.
    package private(set) var typed: [[String]] = []
    /// What programs and words of the lab printed.
    package private(set) var printed = ""
    /// Requirements that need to have held once, and did.
    package var heldOnce: Set<String> = []
    /// How much had happened in the cluster when the step began.
    package var begin = Begin()
    /// The value given with `predict`.
    package var prediction: String?
    /// The node of the learner's prompt.
    package var currentNode: NodeAddress

    /// Counts of what came before.
    package struct Begin: Sendable {
        package var events = 0
        package var clientCommands = 0
        /// The cluster of then, as the first node that answered saw it; empty where none did.
        package var table: [ClusterNode] = []

        package init() {}
    }

    /// - Parameter begin: nil for the beginning of the cluster.
    package init(currentNode: NodeAddress, since begin: Begin? = nil) {
        self.currentNode = currentNode
        self.begin = begin ?? Begin()
    }

    /// What the last line alone did, for sentences that are about it.
    private(set) var lastLine = LineDeeds()

    /// What one line did.
    struct LineDeeds: Sendable {
        var exchanges: [Exchange] = []
        var typed: [[String]] = []
        var printed = ""
    }

    /// A new line begins.
    package mutating func beginLine() { lastLine = LineDeeds() }

    /// As if nothing had been typed but the last line.
    var ofLastLine: Journal {
        var journal = self
        (journal.exchanges, journal.typed) = (lastLine.exchanges, lastLine.typed)
        journal.printed = lastLine.printed
        return journal
    }

    /// Notes a line that was no command of Redis, and what it printed. One that the lab has refused was typed in vain.
    package mutating func note(_ line: String, printed text: String, isRefused: Bool = false) {
        lastLine.printed += text
        guard !isRefused else { return }
        let words = (try? Word.split(line).map(\.text)) ?? line.split(separator: " ").map(String.init)
        typed.append(words)
        lastLine.typed.append(words)
        if typed.count > Self.limit { typed.removeFirst(Self.limit / 2) }
        printed += text + "\n"
        if printed.utf8.count > Self.printedLimit {
            printed = String(printed.suffix(Self.printedLimit / 2))
        }
    }

    /// What a program may print is without end.
    private static let printedLimit = 1 << 18

    /// Most exchanges that are kept: a step is done in few, and a paste of thousands must not fill
    /// memory.
    private static let limit = 1000

    /// A command, and for an EXEC what its transaction had taken in before.
    struct Done {
        var exchange: Exchange
        var queued: [[[UInt8]]] = []
    }

    /// The commands in their order. A transaction is at one node.
    var deeds: [Done] {
        var open: [NodeAddress: [[[UInt8]]]] = [:]
        return exchanges.map { exchange in
            var done = Done(exchange: exchange)
            let node = exchange.answeredBy
            switch exchange.words.first?.uppercased() {
            case _ where exchange.isQueued: open[node, default: []].append(exchange.arguments)
            case "EXEC": done.queued = open.removeValue(forKey: node) ?? []
            case "MULTI", "DISCARD", "RESET": open[node] = nil
            default: break
            }
            return done
        }
    }

    /// Notes one command and its replies.
    package mutating func record(_ exchange: Exchange, currentNode: NodeAddress) {
        exchanges.append(exchange)
        lastLine.exchanges.append(exchange)
        if exchanges.count > Self.limit { exchanges.removeFirst(Self.limit / 2) }
        self.currentNode = currentNode
    }
}
