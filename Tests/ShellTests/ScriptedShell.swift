import Lab
import Lessons
import RESP
import Shell

/// A shell whose nodes answer by a table, whose lines come from a list, and whose screen is a string.
final class ScriptedShell {
    private(set) var screen = ""
    private(set) var remembered: [String] = []
    let isInteractive: Bool
    private var typed: [LineInput] = []
    private var pasted: [String] = []
    private var completionTexts: [String] = []
    /// Runs lines that are programs, once given; what they print is shown.
    var programs: ((_ output: @escaping (String) -> Void) -> ShellPrograms)?
    private(set) var completions: [[String]] = []
    private(set) var hints: [String?] = []
    /// What happens while a screen waits to be drawn anew; after the last of it a key is pressed.
    var pauses: [() -> Void] = []

    init(isInteractive: Bool = true) {
        self.isInteractive = isInteractive
    }

    /// What the screen shows when the lines are typed at node 7000 of the cluster; the status last.
    func run(
        _ lines: [String], on cluster: any LabCluster, followsRedirects: Bool = false,
        width: Int = 80, machine: Machine = Machine(process: 1, stateFolder: nil),
        now: @escaping () -> ContinuousClock.Instant = { .now }
    ) -> Int32 {
        run(
            inputs: lines.map(LineInput.line), on: cluster, followsRedirects: followsRedirects,
            width: width, machine: machine, now: now)
    }

    /// The same with lessons, which may replace the cluster.
    /// - Parameter opening: goes on where the learner was.
    func run(
        _ lines: [String], on cluster: any LabCluster, lessonMode: LessonMode,
        opening: Bool = false
    ) -> (status: Int32, cluster: any LabCluster) {
        typed = lines.map(LineInput.line)
        var session = ShellSession(
            cluster: cluster, lessonMode: lessonMode, lines: self,
            terminal: Terminal { self.screen += $0 },
            machine: Machine(process: 1, stateFolder: nil))
        if opening { session.open(lesson: nil) }
        return (session.run(), session.cluster)
    }

    func run(
        inputs: [LineInput], on cluster: any LabCluster, followsRedirects: Bool = false,
        width: Int = 80, machine: Machine = Machine(process: 1, stateFolder: nil),
        now: @escaping () -> ContinuousClock.Instant = { .now }
    ) -> Int32 {
        typed = inputs
        var session = session(
            on: cluster, followsRedirects: followsRedirects, width: width, machine: machine,
            now: now)
        return session.run()
    }

    /// The status after the lines were pasted at once.
    func run(pasting lines: [String], on cluster: any LabCluster) -> Int32 {
        typed = lines.first.map { [.line($0)] } ?? []
        pasted = Array(lines.dropFirst())
        var session = session(on: cluster)
        return session.run()
    }

    /// A session whose screen is this one's.
    func session(
        on cluster: any LabCluster, followsRedirects: Bool = false, width: Int = 80,
        height: Int = 24, hasColour: Bool = false, isScreen: Bool? = nil,
        machine: Machine = Machine(process: 1, stateFolder: nil),
        now: @escaping () -> ContinuousClock.Instant = { .now }
    ) -> ShellSession {
        let terminal = Terminal(width: width, height: height, hasColour: hasColour, isScreen: isScreen) {
            self.screen += $0
        }
        return ShellSession(
            cluster: cluster, followsRedirects: followsRedirects,
            programs: programs?({ self.screen += $0 }), lines: self, terminal: terminal,
            machine: machine, now: now)
    }

    /// Writes on the screen.
    func show(_ text: String) { screen += text }

    /// What the screen shows from now on.
    func clear() { screen = "" }

    /// The words that Tab proposes after a text.
    func complete(_ text: String, on cluster: ScriptedCluster) -> [String] {
        completionTexts = [text]
        _ = run([], on: cluster)
        return completions.last ?? []
    }

    /// What stands behind the cursor after a text.
    func hint(_ text: String, on cluster: ScriptedCluster) -> String? {
        completionTexts = [text]
        _ = run([], on: cluster)
        return hints.last ?? nil
    }
}

extension ScriptedShell: LineSource {
    func read(prompt: String, aid: LineAid) -> LineInput {
        completions += completionTexts.map(aid.completions)
        hints += completionTexts.map(aid.hint)
        let input = typed.isEmpty ? .end : typed.removeFirst()
        guard isInteractive, case .line(let line) = input else { return input }
        screen += prompt + line + "\n"
        return input
    }

    func remember(_ line: String) { remembered.append(line) }

    func pause(_ length: Duration) -> Bool {
        guard !pauses.isEmpty else { return false }
        pauses.removeFirst()()
        return true
    }

    func takePasted() -> [String] {
        defer { pasted = [] }
        return pasted
    }
}

/// Nodes at 7000 and 7001 that answer as a closure says.
final class ScriptedCluster: LabCluster {
    typealias Answer = @Sendable (_ port: Int, _ command: String) -> RESPValue?

    let nodes: [NodeAddress]
    let events: EventLog?
    private let refusedPorts: Set<Int>
    private let logs: [Int: [String]]
    private let hostname: String?
    private let answer: Answer

    /// Nil as an answer is a connection that breaks.
    /// - Parameter hostname: where clients are sent to, instead of the address that nodes tell.
    init(
        refusing refusedPorts: Set<Int> = [], events: EventLog? = nil, logs: [Int: [String]] = [:],
        hostname: String? = nil, answer: @escaping Answer
    ) {
        nodes = [7000, 7001].map { NodeAddress(host: hostname ?? "127.0.0.1", port: $0) }
        self.hostname = hostname
        self.refusedPorts = refusedPorts
        self.events = events
        self.logs = logs
        self.answer = answer
    }

    func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        guard nodes.contains(place(of: address)), !refusedPorts.contains(address.port) else {
            throw .refused(address, reason: "Connection refused")
        }
        return Connection(address: address, answer: answer)
    }

    func place(of told: NodeAddress) -> NodeAddress {
        NodeAddress(host: hostname ?? told.host, port: told.port)
    }

    func shutDown() {}

    func log(of node: NodeAddress) -> [String]? { logs[node.port] }

    private final class Connection: LabConnection {
        let address: NodeAddress
        let answer: Answer

        init(address: NodeAddress, answer: @escaping Answer) {
            self.address = address
            self.answer = answer
        }

        func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
            let words = arguments.map { String(decoding: $0, as: UTF8.self) }
            if words == ["WAIT-FOREVER"] { throw .interrupted }
            guard let reply = answer(address.port, words.joined(separator: " ")) else {
                throw .connectionLost(address)
            }
            return reply
        }

        func close() {}
    }
}
