import CLI
import Lab
import Lessons
import RESP

// The lab's own words.
extension ShellSession {
    /// They leave the cluster, and so the lesson, as it is.
    static let lookingWords: Set = ["exit", "quit", "clear", "help", "?", "doctor"]

    /// What is behind them would be passed over, as if it were done.
    private static let loneWords: Set = ["clear", "nodes", "doctor"]

    /// Follows a word of the lab; false when it is none, and so goes to Redis.
    mutating func runLabWord(_ word: String, _ arguments: [[UInt8]]) -> Bool {
        let texts = arguments.map { String(decoding: $0, as: UTF8.self) }
        switch word {
        case _ where Self.loneWords.contains(word) && !texts.isEmpty:
            fail("\(word) stands alone. Only programs print into a pipe or a file.")
        case "exit", "quit": leave()
        case "clear": if lines.isInteractive { terminal.write("\u{1B}[H\u{1B}[2J") }
        case "help", "?": help(texts)
        case "connect": connect(texts)
        case "nodes": showNodes()
        case "redis-cli": runRedisCLI(arguments)
        case "why": why(arguments)
        case "doctor": doctor()
        case "share": share(texts)
        case "replay": replay(texts)
        case "lessons" where texts.first == "record": recordLesson(Array(texts.dropFirst()))
        case _ where Self.seeingWords.contains(word): see(word, arguments)
        case "writer": followWriter(texts)
        case "reader": followReader(texts)
        case _ where LessonMode.words.contains(word):
            follow { mode throws(LabError) in try mode.run(word, texts) }
        default: return runFaultWord(word, texts) || runTimeWord(word, texts)
        }
        return true
    }

    /// `connect 7001`, `connect 127.0.0.1:7001`, and redis-cli's own `connect 127.0.0.1 7001`.
    private mutating func connect(_ texts: [String]) {
        let text = texts.joined(separator: ":")
        let typed = Int(text) == nil ? text : "\(session.address.host):\(text)"
        guard let address = NodeAddress(typed: typed) else {
            return fail("connect wants a port or an address: connect 7001, connect 127.0.0.1:7001")
        }
        // As in redis-cli, the connection is a new one in any case: the old one may lead to a server that is gone.
        guard address == session.address else { return move(to: address) }
        session.disconnect()
        reconnect()
    }

    private mutating func showNodes() {
        do throws(LabError) {
            let connection = try cluster.observe(session.address)
            defer { connection.close() }
            let question = ["CLUSTER", "NODES"].map { Array($0.utf8) }
            let reply = try connection.send(question, within: ClusterObserver.patience)
            guard let text = reply.text else {
                return fail(reply.terminalText.trimmed)
            }
            let table = NodesTable(text, asked: session.address, place: cluster.place)
            for line in table.lines(width: terminal.width) { terminal.writeLine(line) }
            sayStrangers(besides: table.addresses)
        } catch {
            fail(error.description)
            last = .failure(error, at: session.address, arguments: [])
        }
    }

    /// Nodes of the lab that run, and of which the current one has never heard.
    private func sayStrangers(besides known: Set<String>) {
        let strangers = cluster.nodes.filter {
            !known.contains($0.description) && cluster.control?.state(of: $0) == .running
                && $0.host == session.address.host
        }
        guard !strangers.isEmpty else { return }
        let ports = NodeNames.list(strangers.map { "\($0.port)" }, limit: 6)
        say("\(session.address.port) does not know \(ports), which \(strangers.count == 1 ? "runs" : "run"), too.")
    }

    // MARK: - Help

    private mutating func help(_ topics: [String]) {
        guard let topic = topics.first else { return showHelp() }
        let help = completer.help(of: session.address)
        let found = help.text(about: topics, hasColour: terminal.hasColour, lineEnd: "\n")
        terminal.write(found)
        let all =
            LabWord.shell + LabWord.seeing + LabWord.selectors + LabWord.faults + LabWord.time
            + LabWord.lessons + LabWord.practice
        let words = all.filter { $0.isMeant(by: topic) }
        for word in words {
            let line = ports("\(word.usage): \(word.summary)")
            for part in Explanation.wrapped(line, width: terminal.width, first: "  ", rest: "      ") {
                terminal.writeLine(part)
            }
        }
        guard found.isEmpty, words.isEmpty else { return terminal.writeLine() }
        guard !help.commands.isEmpty else {
            return fail("No node answers, so nobody knows the commands.")
        }
        fail(
            "\(session.address) knows no '\(topics.joined(separator: " "))'. Type help, or help @cluster."
        )
    }

    private func showHelp() {
        let text = MarkdownText(width: terminal.width, hasColour: false)
        let intro =
            "Redis commands go to the node in the prompt. Tab completes; Ctrl-R searches the history."
        for line in text.lines(of: intro) { terminal.writeLine(line) }
        terminal.writeLine("The lab's own words:")
        show(LabWord.shell)
        terminal.writeLine("To see the cluster:")
        show(LabWord.seeing)
        terminal.writeLine("In front of a Redis command:")
        show(LabWord.selectors)
        terminal.writeLine("Faults:")
        show(LabWord.faults)
        terminal.writeLine("Time:")
        show(LabWord.time)
        guard lessonMode != nil else { return }
        terminal.writeLine("In lessons:")
        show(LabWord.lessons)
        terminal.writeLine("In exercises:")
        show(LabWord.practice)
    }

    /// Usages are written for nodes from 7000 on, and shown for those at hand.
    func ports(_ usage: String) -> String { UsagePorts.shown(usage, for: cluster.nodes) }

    private func show(_ words: [LabWord]) {
        let text = MarkdownText(width: terminal.width, hasColour: false)
        let column = 36
        for word in words {
            let usage = ports("  \(word.usage)")
            if terminal.width < 2 * column {
                terminal.writeLine(usage)
                for line in text.item("      ", ports(word.summary)) { terminal.writeLine(line) }
            } else {
                let gap = String(repeating: " ", count: max(1, column - usage.count))
                for line in text.item(usage + gap, ports(word.summary)) { terminal.writeLine(line) }
            }
        }
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0.isNewline }.prefix { !$0.isNewline }) }
}
