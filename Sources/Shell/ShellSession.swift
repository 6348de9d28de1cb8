package import Lab
import RESP

/// The prompt: reads lines, and sends each to a node, to the lessons, or to a word of its own.
///
/// Replies print as redis-cli 7.0 prints them on a terminal, also in a script: what a learner sees is
/// what a test compares. A script has no prompts and no timing lines.
package struct ShellSession {
    /// The running cluster. A lesson may have replaced the first one; whoever made the session shuts it down.
    package private(set) var cluster: any LabCluster
    var session: CommandSession
    var lessonMode: LessonMode?
    let lines: PastedLines
    let terminal: Terminal
    let completer: Completer
    let machine: Machine
    /// Runs lines that are no commands of Redis; nil where nothing does.
    let programs: ShellPrograms?
    private let now: () -> ContinuousClock.Instant
    private var connection = ConnectionState()
    private var shownLabel: String?
    /// Connections to nodes that were addressed with `@`, kept for READONLY, AUTH and their kind.
    var addressed: [NodeAddress: CommandSession] = [:]
    /// What `why` explains.
    var last: LastLine?
    /// The line that runs has failed, also by an error reply in a lesson.
    var hasLineFailed = false
    private var hasFailed = false
    private var isOver = false

    /// redis-cli says so when a command took longer.
    private static let slow = Duration.milliseconds(500)

    /// Without an address the session begins at the cluster's first node.
    package init(
        cluster: any LabCluster, address: NodeAddress? = nil, followsRedirects: Bool = false,
        lessonMode: LessonMode? = nil, programs: ShellPrograms? = nil, lines: any LineSource,
        terminal: Terminal, machine: Machine = .here,
        now: @escaping () -> ContinuousClock.Instant = { .now }
    ) {
        self.cluster = cluster
        let address = address ?? cluster.nodes.first ?? NodeAddress(port: 7000)
        session = CommandSession(
            cluster: cluster, address: address, followsRedirects: followsRedirects)
        self.lessonMode = lessonMode
        self.lines = PastedLines(lines, terminal: terminal)
        self.programs = programs
        self.terminal = terminal
        self.machine = machine
        self.now = now
        completer = Completer(cluster: cluster)
    }

    /// Opens a lesson by id or number; nil is where the learner was.
    package mutating func open(lesson: String?) {
        follow { mode throws(LabError) in try mode.open(lesson: lesson) }
    }

    /// Runs until `exit` or the end of the input. The status is 1 when a line of a script failed: a
    /// check or a lab word that was refused, a node that did not answer, and outside of lessons, where
    /// no step asks for one, an error reply. At a terminal it is 0.
    package mutating func run() -> Int32 {
        if !cluster.nodes.isEmpty { reconnect() }
        while !isOver {
            switch read() {
            case .line(let line): runRead(line)
            case .interrupted: continue
            case .end: isOver = true
            }
        }
        return hasFailed && !lines.isInteractive ? 1 : 0
    }

    /// Runs one line as if it had been typed.
    package mutating func run(_ line: String) {
        let typed = TypedLine(line)
        if !typed.command.isEmpty { lines.remember(line) }
        if let target = typed.target { move(to: target) }
        if typed.command.hasPrefix("@") { return runAddressed(typed.command) }
        if runProgram(typed) { return }
        guard let (arguments, times) = typed.parsed() else { return fail("Invalid argument(s)") }
        guard let first = arguments.first else { return }
        guard times > 0 else { return fail("Invalid redis-cli repeat command option value.") }
        let word = String(decoding: first, as: UTF8.self).lowercased()
        let rest = Array(arguments.dropFirst())
        if !runLabWord(word, rest) { runCommand(arguments, times: times) }
    }

    // MARK: - What the words of the lab use

    /// Ends the session after this line.
    mutating func leave() {
        isOver = true
    }

    /// Says what is wrong, and counts the line as failed.
    mutating func fail(_ sentence: String) {
        terminal.writeLine(sentence)
        last = .refused(sentence)
        countFailure()
    }

    /// Counts the line as failed.
    mutating func countFailure() {
        hasFailed = true
        hasLineFailed = true
    }

    /// Takes in what a node replied.
    mutating func note(_ exchange: Exchange) {
        last = .reply(exchange)
        if exchange.reply.errorCode != nil {
            hasLineFailed = true
            if lessonMode?.label == nil { hasFailed = true }
        }
        if let outcome = lessonMode?.observe(exchange, currentNode: session.address) {
            take(outcome)
        }
    }

    /// Makes another node the current one.
    mutating func move(to address: NodeAddress, followsRedirects: Bool? = nil) {
        if let followsRedirects { session.followsRedirects = followsRedirects }
        guard address != session.address || !session.isConnected else { return }
        session.address = address
        reconnect()
        lessonMode?.moved(to: address)
    }

    /// Lets the lessons do something and takes in what became of it.
    mutating func follow(_ body: (inout LessonMode) throws(LabError) -> LessonMode.Outcome) {
        guard var mode = lessonMode else {
            return fail("No lessons are loaded: name their folder with --lessons DIR.")
        }
        do throws(LabError) {
            let outcome = try body(&mode)
            lessonMode = mode
            take(outcome)
        } catch {
            lessonMode = mode
            fail(error.description)
        }
    }

    private mutating func take(_ outcome: LessonMode.Outcome) {
        switch outcome {
        case .done: return
        case .failed: countFailure()
        case .clusterReplaced(let replacement):
            cluster = replacement
            addressed = [:]
            completer.cluster = replacement
            session.disconnect()
            session = CommandSession(
                cluster: replacement, address: replacement.nodes.first ?? session.address,
                followsRedirects: false)
            reconnect()
        }
    }

    // MARK: - Redis commands

    /// Sends a command to the current node as often as wanted, and prints the replies.
    private mutating func runCommand(_ arguments: [[UInt8]], times: Int) {
        if let sentence = Self.endless(arguments) { return fail(sentence) }
        let start = now()
        for _ in 0..<times {
            guard exchange(arguments) else { return }
            guard !lines.takeInterrupt() else { return hasLineFailed = true }
        }
        let elapsed = start.duration(to: now())
        if elapsed >= Self.slow, lines.isInteractive {
            terminal.writeLine("(\(Self.seconds(elapsed))s)")
        }
    }

    /// One command with its redirects, on the learner's connection or, for `redis-cli … CMD`, on one
    /// of its own, which is closed then. False when there was no reply.
    mutating func exchange(
        _ arguments: [[UInt8]], on other: CommandSession? = nil, isRaw: Bool = false
    ) -> Bool {
        var used = other ?? session
        defer { if other != nil { used.disconnect() } }
        do throws(LabError) {
            let exchange = try used.run(arguments)
            if other == nil {
                session = used
                noteRedirects(used.redirects)
                connection.note(arguments, exchange.reply)
            }
            write(exchange.reply, to: arguments, isRaw: isRaw)
            note(exchange)
            return true
        } catch {
            if other == nil {
                session = used
                noteRedirects(used.redirects)
                connection = ConnectionState()
            }
            report(error, of: arguments)
            last = .failure(error, at: used.address, arguments: arguments)
            return false
        }
    }

    /// As redis-cli does it; a new connection knows nothing of the old one's transaction.
    private mutating func noteRedirects(_ redirects: [Redirect]) {
        for redirect in redirects {
            terminal.writeLine(
                "-> Redirected to slot [\(redirect.slot)] located at \(redirect.target)")
        }
        if !redirects.isEmpty { connection = ConnectionState() }
    }

    func write(_ reply: RESPValue, to arguments: [[UInt8]], isRaw: Bool = false) {
        if isRaw {
            terminal.write(String(decoding: reply.rawText, as: UTF8.self) + "\n")
        } else if RESPValue.isPrintedRaw(repliesTo: arguments) {
            terminal.write(String(decoding: reply.rawText, as: UTF8.self))
        } else {
            terminal.write(reply.terminalText)
        }
    }

    private mutating func report(_ error: LabError, of arguments: [[UInt8]]) {
        switch error {
        case .connectionLost where Self.isShutdown(arguments): return
        case .connectionLost: fail("Error: Server closed the connection")
        case .interrupted:
            hasLineFailed = true
            terminal.writeLine()
            reconnect()
        case .refused, .malformedReply, .portInUse, .file, .unsupported: fail(error.description)
        }
    }

    /// Connects again where that is possible, and says nothing where it is not.
    mutating func connectQuietly() {
        guard !session.isConnected else { return }
        connection = ConnectionState()
        try? session.connect()
    }

    private mutating func reconnect() {
        guard !session.isConnected else { return }
        connection = ConnectionState()
        do throws(LabError) {
            try session.connect()
        } catch {
            fail(error.description)
            last = .failure(error, at: session.address, arguments: [])
            if case .refused = error, let ports {
                terminal.writeLine("The lab's nodes are at ports \(ports).")
            }
        }
    }

    /// `7000 to 7005`, for a learner at an address that is none of them.
    private var ports: String? {
        guard let first = cluster.nodes.first, let last = cluster.nodes.last,
            !cluster.nodes.contains(session.address)
        else { return nil }
        return first == last ? "\(first.port)" : "\(first.port) to \(last.port)"
    }

    static func isShutdown(_ arguments: [[UInt8]]) -> Bool {
        arguments.first.map { String(decoding: $0, as: UTF8.self).lowercased() } == "shutdown"
    }

    /// What to say about a command whose replies never end, or never come.
    static func endless(_ arguments: [[UInt8]]) -> String? {
        let words = arguments.prefix(3).map { String(decoding: $0, as: UTF8.self).lowercased() }
        switch words.first {
        case "subscribe", "psubscribe", "ssubscribe", "monitor", "sync", "psync":
            return
                "\(words[0].uppercased()) keeps receiving: run it in another terminal with redis-cli."
        case "client" where words.dropFirst().first == "reply" && words.last != "on":
            return
                "CLIENT REPLY \(words.last?.uppercased() ?? "") gets no reply: use redis-cli for it."
        default: return nil
        }
    }

    /// `0.50`, as C prints it.
    private static func seconds(_ duration: Duration) -> String {
        let hundredths = Int((duration / .milliseconds(10)).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    // MARK: - Lines

    private mutating func read() -> LineInput {
        let label = lessonMode?.label
        if label != shownLabel, let label, lines.isInteractive {
            terminal.writeLine(terminal.hasColour ? "\u{1B}[2m[\(label)]\u{1B}[0m" : "[\(label)]")
        }
        shownLabel = label
        let (completer, mode, address) = (completer, lessonMode, session.address)
        return lines.read(prompt: prompt) { text in
            completer.candidates(for: text, at: address, labWords: LabWord.names) {
                word, argument in
                mode?.completions(for: word, argument: argument) ?? []
            }
        }
    }

    private var prompt: String {
        session.isConnected ? "\(session.address)\(connection.promptSuffix)> " : "not connected> "
    }
}
