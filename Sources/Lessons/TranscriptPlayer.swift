package import Lab
import RESP

/// Types the lines of a transcript as a learner at the lab's prompt would.
package struct TranscriptPlayer {
    private let cluster: any LabCluster
    private var session: CommandSession
    private let observer: ClusterObserver
    private let prompts: PromptMaker?
    /// Of the step that is played: those that need to have held once.
    private var once: [Requirement] = []
    /// The last line was one that the lab does not follow.
    private var wasRefused = false
    /// What these lines did, for the checks.
    package private(set) var journal: Journal

    /// A line whose reply was another than the transcript says, or that cannot be typed.
    package struct Difference: Hashable, Sendable {
        package var line: Int
        package var message: String
    }

    /// A line that was typed, and what it printed.
    package struct PlayedLine: Hashable, Sendable {
        /// Its line in the file.
        package var line: Int
        package var prompt: NodeAddress
        package var input: String
        package var reply: [String]
    }

    /// - Parameters:
    ///   - place: where it begins; nil for the first node.
    ///   - begin: when the step began in which the lines are typed; nil for now.
    ///   - prompts: follow what is no plain command of Redis; nil where such lines cannot be typed. The
    ///     observer keeps its prompt, so that all who type for it share one.
    package init(
        cluster: any LabCluster, observer: ClusterObserver, at place: NodeAddress? = nil,
        since begin: Journal.Begin? = nil, prompts: PromptMaker? = nil
    ) {
        let address = place ?? cluster.nodes.first ?? NodeAddress(port: 7000)
        self.cluster = cluster
        self.prompts = prompts
        if observer.prompt == nil { observer.prompt = prompts?.make(cluster, observer.writer) }
        session = CommandSession(cluster: cluster, address: address, followsRedirects: false)
        self.observer = observer
        journal = Journal(currentNode: address, since: begin ?? observer.now)
    }

    /// Forgets what was done; the session stays where it is, as the learner's does between two
    /// steps.
    /// - Parameter whenObeyed: is called with each line of the step's faults, when it has been typed.
    package mutating func beginStep(
        _ step: Step? = nil, whenObeyed: (_ input: String) -> Void = { _ in }
    ) throws(LabError) {
        once = step?.requirements.filter(\.isOnce) ?? []
        journal = Journal(currentNode: session.address, since: observer.begin)
        for fault in step?.faults ?? [] { whenObeyed(try obey(fault.line).input) }
    }

    /// Goes on with a step that somebody else has begun.
    /// - Parameter heldOnce: what has held in it already.
    package mutating func watch(_ step: Step, heldOnce: Set<String>) {
        once = step.requirements.filter(\.isOnce)
        journal.heldOnce = heldOnce
    }

    /// Another learner at the same place, on connections of its own.
    /// - Parameter observer: asks the nodes for that learner.
    package func fork(observer: ClusterObserver) -> TranscriptPlayer {
        var other = TranscriptPlayer(
            cluster: cluster, observer: observer, at: session.address, prompts: prompts)
        other.once = once
        other.journal.begin = observer.begin
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
            try lookOnce()
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
        wasRefused = false
        journal.beginLine()
        let prompt = entry.port.map { NodeAddress(port: $0) } ?? session.address
        guard let reply = try type(input, at: entry.port) else {
            let message = "'\(input)' cannot be typed here"
            return (nil, Difference(line: entry.line, message: message))
        }
        let line = PlayedLine(line: entry.line, prompt: prompt, input: input, reply: reply)
        // Where the reply is left open, the lab at least has to follow.
        if wasRefused, entry.expected.isEmpty {
            let message = "'\(input)' is refused: \(reply.joined(separator: " "))"
            return (line, Difference(line: entry.line, message: message))
        }
        let expected = try entry.expected.map { line throws(LabError) in
            try evaluator.text(line)
        }
        guard !transcript.accepts(reply, expected: expected) else { return (line, nil) }
        let got = reply.map { "\n    \($0)" }.joined()
        let message = "'\(input)' replied otherwise:\(got)"
        return (line, Difference(line: entry.line, message: message))
    }

    /// Notes what holds now and need not last.
    private mutating func lookOnce() throws(LabError) {
        let evaluator = CheckEvaluator(observer: observer, journal: journal)
        for requirement in once where !journal.heldOnce.contains(requirement.label) {
            guard try evaluator.item(for: requirement).verdict == .holds else { continue }
            journal.heldOnce.insert(requirement.label)
        }
    }

    /// The printed lines; nil for a line that nobody here can follow.
    private mutating func type(_ input: String, at port: Int?) throws(LabError) -> [String]? {
        if let port { session.address = NodeAddress(port: port) }
        defer { journal.currentNode = session.address }
        let arguments = splitArguments(Array(input.utf8)) ?? []
        let words = arguments.map { String(decoding: $0, as: UTF8.self) }
        switch words.first {
        case "answer": journal.answer = words.dropFirst().joined(separator: " ")
        case "predict": journal.prediction = words.dropFirst().joined(separator: " ")
        case "connect":
            guard words.count == 2, let port = Int(words[1]) else { return nil }
            session.address = NodeAddress(port: port)
        case _ where isVain(words): journal.note(input, printed: "")
        case _ where observer.prompt?.follows(input, at: session.address) == true:
            return try promptReply(to: input)
        case nil: return nil
        case _?: return try command(arguments)
        }
        return []
    }

    /// Whether the line is about the pace of a time that passes as everybody's.
    private func isVain(_ words: [String]) -> Bool {
        cluster.lacks.contains(.speed) && LabAbility.isConvenience(words)
    }

    /// Sends a command. A node that was started again since the last one gets a new connection, as from redis-cli;
    /// one that is not there makes a line.
    private mutating func command(_ arguments: [[UInt8]]) throws(LabError) -> [String] {
        let wasConnected = session.isConnected
        do throws(LabError) {
            let exchange: Exchange
            do throws(LabError) {
                exchange = try session.run(arguments)
            } catch .connectionLost where wasConnected {
                exchange = try session.run(arguments)
            }
            journal.record(exchange, currentNode: session.address)
            return Self.lines(printedFor: exchange)
        } catch .interrupted {
            throw .interrupted
        } catch {
            return [error.description]
        }
    }

    private mutating func promptReply(to input: String) throws(LabError) -> [String]? {
        guard
            let reply = try observer.prompt?.type(
                input, at: session.address, followsRedirects: session.followsRedirects)
        else { return nil }
        wasRefused = reply.isRefused
        for exchange in reply.exchanges { journal.record(exchange, currentNode: reply.node) }
        journal.note(
            input, printed: reply.lines.joined(separator: "\n"), isRefused: reply.isRefused)
        session.address = reply.node
        session.followsRedirects = reply.followsRedirects
        return reply.lines
    }

    // MARK: What the lab does itself

    /// Types a line of a lesson's own.
    /// - Returns: the line with its values, and what it printed.
    package mutating func obey(_ line: LabLine) throws(LabError) -> (input: String, lines: [String]) {
        observer.obeyed = line
        let input = try CheckEvaluator(observer: observer, journal: journal).text(line.text)
        if isVain(input.split(separator: " ").map(String.init)) { return (input, []) }
        guard let prompt = observer.prompt else {
            throw .unsupported("'\(input)' cannot be typed here")
        }
        guard prompt.follows(input, at: session.address) else {
            throw .unsupported("'\(input)' is no word of the lab and no program")
        }
        let reply = try prompt.type(
            input, at: session.address, followsRedirects: session.followsRedirects)
        guard !reply.isRefused else {
            throw .unsupported("'\(input)' is refused: \(reply.lines.joined(separator: " "))")
        }
        observer.obeyed = nil
        return (input, reply.lines)
    }

    /// Sends a lesson's own command to a node, or to all.
    mutating func send(_ line: LabLine, to port: Int?) throws(LabError) {
        observer.obeyed = line
        let text = try CheckEvaluator(observer: observer, journal: journal).text(line.text)
        guard let words = try? Word.split(text).map(\.text) else {
            throw .unsupported("the cluster block's 'run' has an open quote: \(text)")
        }
        for node in port.map({ [NodeAddress(port: $0)] }) ?? observer.nodes {
            if case .error(let message) = try observer.ask(node, words) {
                throw .unsupported("the cluster block's '\(text)' is refused: \(message)")
            }
        }
        observer.obeyed = nil
    }

    /// Puts a lesson's file into the workspace.
    mutating func put(_ file: StartState.File) throws(LabError) {
        guard let prompt = observer.prompt else {
            throw .unsupported("there is no workspace for \(file.path)")
        }
        try prompt.put(file.text, into: file.path)
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
