import CLI
package import Lab
import Lessons
import RESP

/// The prompt: reads lines, and sends each to a node, to the lessons, or to a word of its own.
///
/// Commands run in a session of redis-cli, whose code is the one of `clusterlab cli`: connections, redirects, replies
/// and what the prompt tells are its. They print as on a terminal, also in a script: what a learner sees is what a
/// test compares. A script has no prompts and no timing lines.
package struct ShellSession {
    /// The running cluster. A lesson may have replaced the first one; whoever made the session shuts it down.
    package private(set) var cluster: any LabCluster
    var session: CLISession
    var lessonMode: LessonMode?
    let lines: PastedLines
    let terminal: Terminal
    /// Where redis-cli prints: the terminal.
    let output: CLIOutput
    let completer: Completer
    let machine: Machine
    /// Runs lines that are no commands of Redis; nil where nothing does.
    let programs: ShellPrograms?
    private let now: () -> ContinuousClock.Instant
    private var shownLabel: String?
    /// Connections to nodes that were addressed with `@`, kept for READONLY, AUTH and their kind.
    var addressed: [NodeAddress: CommandSession] = [:]
    /// Commands that each node had run when `map` drew them last.
    var callsBefore: [NodeAddress: Int] = [:]
    /// Writes where no lesson mode has a writer.
    private var ownWriter: LabWriter
    /// Takes what was sent to nodes and what they replied.
    var onExchange: (Exchange) -> Void = { _ in }
    /// Whether a learner types here, and not the lab itself: lines can be undone then, and the way on is told.
    let isLearners: Bool
    /// Takes down what is typed where no lesson mode does.
    let ownRecorder: SessionRecorder
    /// The lesson that is being recorded.
    var draft: DraftInProgress?
    /// What `why` explains.
    var last: LastLine?
    /// For `undo` and its kin.
    var moments = Moments()
    /// The line that runs has failed, also by an error reply in a lesson.
    var hasLineFailed = false
    /// The line that runs is one that the lab does not follow.
    var isLineRefused = false
    private var hasFailed = false
    private var isOver = false
    /// `:set hints`.
    private var showsHints = true

    /// Without an address the session begins at the cluster's first node.
    package init(
        cluster: any LabCluster, address: NodeAddress? = nil, followsRedirects: Bool = false,
        lessonMode: LessonMode? = nil, programs: ShellPrograms? = nil, lines: any LineSource,
        terminal: Terminal, machine: Machine = .here, writer: LabWriter? = nil,
        isLearners: Bool = true,
        now: @escaping () -> ContinuousClock.Instant = { .now }
    ) {
        self.cluster = cluster
        ownWriter = writer ?? LabWriter(cluster)
        self.isLearners = isLearners
        ownRecorder = SessionRecorder(
            ClusterPlan(masters: cluster.nodes.count, port: cluster.nodes.first?.port ?? 7000))
        let address = address ?? cluster.nodes.first ?? NodeAddress(port: 7000)
        output = CLIOutput(
            isTerminal: true, write: terminal.writeBytes, writeError: terminal.writeBytes)
        session = CLISession(
            at: address, followsRedirects: followsRedirects, on: .lab(cluster), output: output)
        self.lessonMode = lessonMode
        self.lines = PastedLines(lines, terminal: terminal)
        self.programs = programs
        self.terminal = terminal
        self.machine = machine
        self.now = now
        completer = Completer(cluster: cluster, programs: programs)
    }

    /// Opens a lesson by id or number; nil is where the learner was.
    package mutating func open(lesson: String?) {
        follow { mode throws(LabError) in try mode.open(lesson: lesson) }
    }

    /// Opens an exercise by id or number; nil lists them all.
    package mutating func open(exercise: String?, seed: UInt64?) {
        follow { mode throws(LabError) in try mode.open(exercise: exercise, seed: seed) }
    }

    /// Runs until `exit` or the end of the input. The status is 1 when a line of a script failed: a
    /// check or a lab word that was refused, a node that did not answer, and outside of lessons, where
    /// no step asks for one, an error reply. At a terminal it is 0.
    package mutating func run() -> Int32 {
        if lines.isInteractive { showsHints = session.preferredHints() }
        if !cluster.nodes.isEmpty { reconnect() }
        while !isOver {
            switch read() {
            case .line(let line): runRead(line)
            case .interrupted: continue
            case .end: isOver = true
            }
        }
        finishRecording()
        writer.end()
        return hasFailed && !lines.isInteractive ? 1 : 0
    }

    /// Runs one line as if it had been typed.
    package mutating func run(_ line: String) {
        let typed = TypedLine(line)
        if !typed.command.isEmpty { lines.remember(line) }
        if let target = typed.target { move(to: target) }
        if typed.command.hasPrefix("@") {
            noteMoment(before: typed, isProgram: false)
            runAddressed(typed.command)
            moments.endLine()
            return finishDraftLine(typed)
        }
        if runProgram(typed) { return moments.endLine() }
        guard let (arguments, times) = typed.parsed() else { return fail("Invalid argument(s)") }
        guard let first = arguments.first else { return }
        guard let times else { return fail(RepeatedCommand.refusal) }
        if first.first == UInt8(ascii: ":") {
            return showsHints = session.prefer(arguments, showsHints)
        }
        noteMoment(before: typed, isProgram: false)
        let word = String(decoding: first, as: UTF8.self).lowercased()
        let rest = Array(arguments.dropFirst())
        isLineRefused = false
        guard runLabWord(word, rest) else {
            if !refuseUnknown(word, arguments) { runCommand(arguments, times: times) }
            return moments.endLine()
        }
        finishDraftLine(typed)
        if isLineRefused { moments.dropLine() } else { noteWord(word, typed.command) }
        moments.endLine()
        if !LessonMode.words.contains(word), !Self.lookingWords.contains(word) {
            lessonMode?.followed(typed.command, isRefused: isLineRefused)
        }
    }

    // MARK: - What the words of the lab use

    /// Whether the last line was none that the lab can follow.
    var wasRefused: Bool { if case .refused = last { true } else { false } }

    /// Where the prompt is.
    var address: NodeAddress { session.address }
    var followsRedirects: Bool { session.followsRedirects }

    /// Ends the session after this line.
    mutating func leave() {
        isOver = true
    }

    /// Says what is wrong, and counts the line as failed.
    mutating func fail(_ sentence: String) {
        writeWrapped(sentence)
        last = .refused(sentence)
        isLineRefused = true
        countFailure()
    }

    /// A line of prose, of which each part may have lines of its own.
    func writeWrapped(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.count > terminal.width, line.first?.isWhitespace == false else {
                terminal.writeLine(String(line))
                continue
            }
            for part in Explanation.wrapped(String(line), width: terminal.width) {
                terminal.writeLine(part)
            }
        }
    }

    /// Counts the line as failed.
    mutating func countFailure() {
        hasFailed = true
        hasLineFailed = true
    }

    /// Takes in what a node replied.
    mutating func note(_ exchange: Exchange) { note([exchange]) }

    /// The same for what one line brought from several nodes; the lessons look once.
    mutating func note(_ exchanges: [Exchange]) {
        for exchange in exchanges { take(exchange) }
        guard !exchanges.isEmpty,
            let outcome = lessonMode?.observe(exchanges, currentNode: session.address)
        else { return }
        take(outcome)
    }

    private mutating func take(_ exchange: Exchange) {
        last = .reply(exchange)
        onExchange(exchange)
        noteForDraft(exchange)
        moments.note(isError: exchange.reply.refuses)
        if exchange.reply.errorCode != nil {
            hasLineFailed = true
            if lessonMode?.label == nil { hasFailed = true }
        }
    }

    /// Goes to a node without a word, in a session as redis-cli has it there.
    mutating func stand(at address: NodeAddress, followsRedirects: Bool) {
        if address != session.address || followsRedirects != session.followsRedirects {
            session = CLISession(
                at: address, followsRedirects: followsRedirects, on: system, output: output)
        }
        connectQuietly()
    }

    /// Makes another node the current one.
    mutating func move(to address: NodeAddress) {
        guard address != session.address || !session.isConnected else { return }
        session.move(to: address)
        reconnect()
        lessonMode?.moved(to: address)
    }

    /// The cluster's writer: the one that checks of lessons ask.
    var writer: LabWriter { lessonMode?.observer.writer ?? ownWriter }

    /// The machine as redis-cli finds it here.
    var system: CLISystem { .lab(cluster) }

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
        case .done:
            // The lab may have started the node of the prompt for a step.
            if cluster.control?.state(of: session.address) == .running { connectQuietly() }
        case .failed: countFailure()
        case .clusterReplaced(let replacement):
            cluster = replacement
            (shownLabel, last) = (nil, nil)
            addressed = [:]
            moments.forget()
            completer.cluster = replacement
            session.disconnect()
            session = CLISession(
                at: replacement.firstToTalkTo ?? session.address, followsRedirects: false,
                on: system, output: output)
            if !replacement.nodes.isEmpty { reconnect() }
        }
    }

    // MARK: - Redis commands

    /// Sends a command to the current node as often as wanted, and prints the replies.
    mutating func runCommand(_ arguments: [[UInt8]], times: Int) {
        var spent = Duration.zero
        for _ in 0..<times {
            guard let duration = exchange(arguments) else { return }
            spent += duration
            guard !lines.takeInterrupt() else { return hasLineFailed = true }
        }
        if lines.isInteractive { session.tellDuration(spent) }
    }

    /// One command with its redirects, or what never ends until Ctrl-C.
    /// - Returns: what it took, without the checks that follow; nil when there was no reply.
    private mutating func exchange(_ arguments: [[UInt8]]) -> Duration? {
        let start = now()
        do throws(CLIExit) {
            guard let exchange = try session.exchange(arguments) else {
                noteSilence(after: arguments)
                return nil
            }
            let duration = start.duration(to: now())
            // Behind the ^C of the terminal.
            if session.trouble == .interrupted { terminal.writeLine() }
            note(exchange)
            return duration
        } catch {
            session.disconnect()
            finish(error)
            noteSilence(after: arguments)
            if error == .interrupted { reconnect() }
            return nil
        }
    }

    private mutating func noteSilence(after arguments: [[UInt8]]) {
        guard let trouble = session.trouble else { return }
        last = .failure(trouble, at: session.address, arguments: arguments)
        switch trouble {
        case .interrupted: hasLineFailed = true
        case .connectionLost where Self.isShutdown(arguments): break
        case .connectionLost, .refused, .silent, .malformedReply, .portInUse, .file, .unsupported:
            countFailure()
        }
    }

    /// Connects again where that is possible, and says nothing where it is not.
    mutating func connectQuietly() {
        guard !session.isConnected else { return }
        session.connect(isQuiet: true)
    }

    /// Connects to the current node, on a new connection where there is one.
    mutating func reconnect() {
        completer.forget(session.address)
        session.connect(isForced: true)
        guard !session.isConnected else { return }
        countFailure()
        guard let trouble = session.trouble else { return }
        last = .failure(trouble, at: session.address, arguments: [])
        if case .refused = trouble, let places {
            terminal.writeLine("The lab's nodes are at \(places).")
        }
    }

    /// `ports 7000 to 7005`, for a learner at an address that is none of them; containers are at addresses of their own.
    private var places: String? {
        guard let first = cluster.nodes.first, let last = cluster.nodes.last,
            !cluster.nodes.contains(session.address)
        else { return nil }
        guard Set(cluster.nodes.map(\.host)).count == 1 else { return "\(first) to \(last)" }
        return first == last ? "ports \(first.port)" : "ports \(first.port) to \(last.port)"
    }

    static func isShutdown(_ arguments: [[UInt8]]) -> Bool {
        arguments.first.map { String(decoding: $0, as: UTF8.self).lowercased() } == "shutdown"
    }

    // MARK: - Lines

    private mutating func read() -> LineInput {
        let label = lessonMode?.label
        if label != shownLabel, let label, lines.isInteractive {
            terminal.writeLine(terminal.hasColour ? "\u{1B}[2m[\(label)]\u{1B}[0m" : "[\(label)]")
        }
        shownLabel = label
        let (completer, address) = (completer, session.address)
        var mode = lessonMode
        var aid = LineAid(
            completions: { text in
                completer.candidates(for: text, at: address, labWords: LabWord.names) {
                    word, argument in
                    mode?.completions(for: word, argument: argument) ?? []
                }
            },
            hint: { completer.hint(for: $0, at: address) }, hasColour: terminal.hasColour)
        if !showsHints { aid.hint = { _ in nil } }
        if lines.isInteractive { aid.idle = { mode?.glance() } }
        let input = lines.read(prompt: session.promptText, aid: aid)
        lessonMode = mode
        return input
    }
}
