import CLI
package import Lab
package import Lessons
import RESP
import Synchronization

/// The lab's prompt without a terminal: transcripts and lessons type at it, and get what it prints.
package final class ShellPrompt: LabPrompt {
    private var session: ShellSession
    private let screen: Screen
    private let programs: ShellPrograms?
    private let cluster: any LabCluster
    private let machine: Machine
    private let tools: KnownTools

    /// What was printed and sent since this was last emptied.
    private final class Screen {
        var bytes: [UInt8] = []
        var exchanges: [Exchange] = []
    }

    /// - Parameter programs: runs lines that are programs; nil where nothing does.
    init(
        cluster: any LabCluster, writer: LabWriter, programs: ShellPrograms?, machine: Machine,
        tools: KnownTools
    ) {
        let screen = Screen()
        self.screen = screen
        self.cluster = cluster
        self.machine = machine
        self.tools = tools
        self.programs = programs?.printing { screen.bytes += Array($0.utf8) }
        let terminal = Terminal(
            width: Self.width, write: { screen.bytes += Array($0.utf8) },
            writeBytes: { screen.bytes += $0 })
        session = ShellSession(
            cluster: cluster, programs: self.programs, lines: NoLines(), terminal: terminal,
            machine: machine, writer: writer, isLearners: false)
        session.onExchange = { screen.exchanges.append($0) }
    }

    /// What is typed here has lines of this width, on whatever screen.
    private static let width = 100

    /// The lines as they were before they were wrapped for this width.
    static func sentences(_ lines: [String]) -> [String] {
        var whole: [String] = []
        var last = 0
        for line in lines {
            let word = line.prefix { $0 != " " }
            if let before = whole.last, !word.isEmpty, last + 1 + word.count > width {
                whole[whole.count - 1] = "\(before) \(line)"
            } else {
                whole.append(line)
            }
            last = line.count
        }
        return whole
    }

    package func follows(_ line: String, at node: NodeAddress) -> Bool {
        let typed = TypedLine(line)
        let word = ShellText.firstWord(of: typed.command)
        if ShellText.isShellOnly(typed.command) { return programs != nil }
        if word.hasPrefix("@") || LabWord.names.contains(word.lowercased()) { return true }
        guard let programs, !typed.command.isEmpty else { return false }
        // Commands of Redis are mostly written in capitals: nobody has to be asked then.
        let isCommand = word.allSatisfy { $0.isASCII && ($0.isUppercase || $0 == "_") }
        return !isCommand && session.isProgram(typed.command, programs)
    }

    package func type(
        _ line: String, at node: NodeAddress, followsRedirects: Bool
    ) throws(LabError) -> PromptReply {
        (screen.bytes, screen.exchanges) = ([], [])
        session.stand(at: node, followsRedirects: followsRedirects)
        screen.bytes = []
        session.last = nil
        session.run(line)
        session.output.flush()
        var text = String(decoding: screen.bytes, as: UTF8.self)
        while text.last?.isNewline == true { text.removeLast() }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return PromptReply(
            lines: text.isEmpty ? [] : lines.map(String.init), exchanges: screen.exchanges,
            node: session.address, followsRedirects: session.followsRedirects,
            isRefused: session.wasRefused)
    }

    package func put(_ text: String, into file: String) throws(LabError) {
        guard let programs else {
            throw .unsupported("there is no workspace to put \(file) into")
        }
        try programs.put(text, into: file)
    }

    package func has(_ tool: String) -> Bool {
        tools.has(tool) { Doctor.has(tool, on: machine) }
    }
}

extension PromptMaker {
    /// Prompts as the lab's own.
    /// - Parameter programs: what runs programs beside a cluster; nil where nothing does.
    package static func shell(
        programs: (@Sendable () -> ShellPrograms)? = nil
    ) -> PromptMaker {
        let tools = KnownTools()
        let has: @Sendable (String) -> Bool = { tool in
            tools.has(tool) { Doctor.has(tool, on: .here) }
        }
        return PromptMaker(runsPrograms: programs != nil, has: has) { cluster, writer in
            ShellPrompt(
                cluster: cluster, writer: writer, programs: programs?(), machine: .here,
                tools: tools)
        }
    }
}

/// What the machine has, looked up once.
final class KnownTools: Sendable {
    private let known = Mutex<[String: Bool]>([:])

    func has(_ tool: String, lookUp: () -> Bool) -> Bool {
        if let answer = known.withLock({ $0[tool] }) { return answer }
        let answer = lookUp()
        known.withLock { $0[tool] = answer }
        return answer
    }
}

/// Nobody types any more.
private final class NoLines: LineSource {
    var isInteractive: Bool { false }
    func read(prompt: String, aid: LineAid) -> LineInput { .end }
    func remember(_ line: String) {}
}
