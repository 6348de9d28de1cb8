package import Lab
import RESP

/// Types the lines of a transcript as a learner at the lab's prompt would.
package struct TranscriptPlayer {
    private let cluster: any LabCluster
    private var session: CommandSession
    private let observer: ClusterObserver
    private let verbs: ClusterVerbRunner?
    /// What these lines did, for the checks.
    package private(set) var journal: Journal

    /// A line whose reply was another than the transcript says, or that cannot be typed.
    package struct Difference: Hashable, Sendable {
        package var line: Int
        package var message: String
    }

    /// A line that was typed, and what it printed.
    package struct PlayedLine: Hashable, Sendable {
        package var prompt: NodeAddress
        package var input: String
        package var reply: [String]
    }

    /// - Parameter verbs: runs `redis-cli --cluster`; nil where such lines cannot be typed.
    package init(
        cluster: any LabCluster, observer: ClusterObserver, at address: NodeAddress,
        verbs: ClusterVerbRunner? = nil
    ) {
        self.cluster = cluster
        self.verbs = verbs
        session = CommandSession(cluster: cluster, address: address, followsRedirects: false)
        self.observer = observer
        journal = Journal(currentNode: address)
    }

    /// Forgets what was done; the session stays where it is, as the learner's does between two
    /// steps.
    package mutating func beginStep() {
        journal = Journal(currentNode: session.address)
    }

    /// Another learner at the same place, on connections of its own.
    package func fork() -> TranscriptPlayer {
        var other = TranscriptPlayer(
            cluster: cluster, observer: observer, at: session.address, verbs: verbs)
        other.session.followsRedirects = session.followsRedirects
        return other
    }

    /// Types every line and compares the replies.
    /// - Parameter afterLine: is called with each line and what it printed at last.
    package mutating func play(
        _ transcript: Transcript,
        afterLine: (_ line: PlayedLine, Journal) throws(LabError) -> Void = { _, _ in }
    ) throws(LabError) -> [Difference] {
        var differences: [Difference] = []
        for entry in transcript.entries {
            let deadline = cluster.time + (transcript.patience ?? .zero)
            var played = try play(entry, of: transcript)
            while played.difference != nil, cluster.time < deadline {
                try cluster.pass(Self.pause)
                played = try play(entry, of: transcript)
            }
            if let line = played.line { try afterLine(line, journal) }
            if let difference = played.difference { differences.append(difference) }
        }
        return differences
    }

    /// Between two tries of a line that may be typed again.
    private static let pause = Duration.milliseconds(200)

    private mutating func play(
        _ entry: Transcript.Entry, of transcript: Transcript
    ) throws(LabError) -> (line: PlayedLine?, difference: Difference?) {
        let evaluator = CheckEvaluator(observer: observer, journal: journal)
        let input = try evaluator.text(entry.input)
        let prompt = entry.port.map { NodeAddress(port: $0) } ?? session.address
        guard let reply = try type(input, at: entry.port) else {
            let message = "'\(input)' cannot be typed here"
            return (nil, Difference(line: entry.line, message: message))
        }
        let line = PlayedLine(prompt: prompt, input: input, reply: reply)
        let expected = try entry.expected.map { line throws(LabError) in
            try evaluator.text(line)
        }
        guard !transcript.accepts(reply, expected: expected) else { return (line, nil) }
        let got = reply.map { "\n    \($0)" }.joined()
        let message = "'\(input)' replied otherwise:\(got)"
        return (line, Difference(line: entry.line, message: message))
    }

    /// The printed lines; nil for a line that is neither a lab word of the grammar nor a command.
    private mutating func type(_ input: String, at port: Int?) throws(LabError) -> [String]? {
        guard let arguments = splitArguments(Array(input.utf8)), !arguments.isEmpty else {
            return nil
        }
        let words = arguments.map { String(decoding: $0, as: UTF8.self) }
        if let port { session.address = NodeAddress(port: port) }
        defer { journal.currentNode = session.address }
        switch words[0] {
        case "answer": journal.answer = words.dropFirst().joined(separator: " ")
        case "predict": journal.prediction = words.dropFirst().joined(separator: " ")
        case "redis-cli" where words.contains("--cluster"):
            return try verbs?.run(Array(words.dropFirst()), cluster)
        case "connect", "redis-cli":
            guard let port = words.last.flatMap(Int.init) else { return nil }
            session.address = NodeAddress(port: port)
            if words[0] == "redis-cli" { session.followsRedirects = words.contains("-c") }
        case "writer": return try followWriter(Array(words.dropFirst()))
        default:
            let exchange = try session.run(arguments)
            journal.record(exchange, currentNode: session.address)
            return Self.lines(printedFor: exchange)
        }
        return []
    }

    private func followWriter(_ words: [String]) throws(LabError) -> [String] {
        var lines: [String] = []
        do throws(LabError) {
            try observer.writer.follow(words) { lines.append($0) }
        } catch .unsupported(let sentence) {
            lines.append(sentence)
        }
        return lines
    }

    /// All that redis-cli prints for an exchange.
    static func lines(printedFor exchange: Exchange) -> [String] {
        redirectLines(exchange) + lines(of: exchange)
    }

    private static func redirectLines(_ exchange: Exchange) -> [String] {
        exchange.redirects.map {
            "-> Redirected to slot [\($0.slot)] located at \($0.target)"
        }
    }

    /// The reply as redis-cli prints it.
    private static func lines(of exchange: Exchange) -> [String] {
        let isRaw = RESPValue.isPrintedRaw(repliesTo: exchange.arguments)
        var text =
            isRaw
            ? String(decoding: exchange.reply.rawText, as: UTF8.self) : exchange.reply.terminalText
        while text.last?.isNewline == true { text.removeLast() }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(
            String.init)
    }
}
