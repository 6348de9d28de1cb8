import CLI
import Lab
package import Lessons
import RESP

// Typing again what somebody shared.
extension ShellSession {
    /// `replay FILE [--fast]`, and `load FILE` where nothing is kept under that name.
    mutating func replay(_ words: [String]) {
        let files = words.filter { $0 != "--fast" }
        guard let path = files.first, files.count == 1 else {
            return fail("replay wants a file: replay demo.txt, or replay demo.txt --fast")
        }
        let firstPort = lessonMode?.plan.port ?? cluster.nodes.first?.port ?? 7000
        do {
            let text = try TextFile.read(path)
            play(
                try Replay(text, file: path, firstPort: firstPort),
                isFast: words.count > files.count)
        } catch {
            fail("\(error)")
        }
    }

    /// Begins the replay's cluster and types its lines at its pace.
    /// - Parameters:
    ///   - isFast: without the pauses between the lines.
    ///   - isRunning: the cluster has just been started by the replay's plan.
    package mutating func play(_ replay: Replay, isFast: Bool, isRunning: Bool = false) {
        if let problem = Self.problem(of: replay) { return fail(problem) }
        guard prepare(replay.start, isRunning: isRunning) else { return }
        if let backend = replay.backend, let here = recorder.backend, backend != here {
            say("This was typed at a cluster of --backend \(backend): times may differ here.")
        }
        for line in replay.lines {
            guard go(to: line), pass(until: line.time, isFast: isFast) else { return }
            type(line)
            guard !lines.takeInterrupt() else { return terminal.writeLine() }
        }
        guard pass(until: replay.end, isFast: isFast) else { return }
        let count = replay.lines.count
        say(
            "The replay is at its end: \(count) line\(count == 1 ? "" : "s"), "
                + "\(cluster.time.shown) of the cluster's time. timeline shows what happened.")
    }

    /// The first line that has no place in a replay: it never runs programs, nor what writes files of its reader.
    private static func problem(of replay: Replay) -> String? {
        for line in replay.lines {
            let words = splitArguments(line.text.utf8) ?? []
            let texts = words.map { String(decoding: $0, as: UTF8.self) }
            guard let first = texts.first?.lowercased() else { continue }
            let isMeant =
                replayedWords.contains(first)
                || (shownWords.contains(first) && !texts.contains("--svg"))
                || (first == "redis-cli" && isClusterVerb(line.text)
                    && fileVerbs.isDisjoint(with: texts))
            let isOfLab =
                LabWord.names.contains(first)
                || ["redis-cli", "redis-server", "docker"].contains(first)
            if isOfLab, !isMeant {
                return
                    "Line \(line.number) of the replay, '\(texts.joined(separator: " "))', is not "
                    + "typed by a replay. There are Redis' commands, redis-cli --cluster, "
                    + (replayedWords.sorted() + shownWords.sorted()).joined(separator: ", ") + "."
            }
        }
        return nil
    }

    /// Verbs of redis-cli that read or write more than the cluster.
    private static let fileVerbs: Set = ["backup", "import"]

    private mutating func prepare(_ start: StartState, isRunning: Bool) -> Bool {
        guard lessonMode != nil else {
            fail("No lessons are loaded, and with them what starts another cluster.")
            return false
        }
        var isPrepared = false
        follow { mode throws(LabError) in
            let outcome = try mode.begin(start, isRunning: isRunning)
            isPrepared = true
            return outcome
        }
        return isPrepared
    }

    /// Moves the prompt to where the line was typed, as the lines that are not kept had moved it.
    private mutating func go(to line: Replay.Line) -> Bool {
        guard let stranger = strangers(in: line).first else { return move(to: line) }
        fail(
            "Line \(line.number) of the replay is for \(stranger), which is no node of its cluster: "
                + "\(cluster.nodes.map { "\($0.port)" }.joined(separator: ", ")).")
        return false
    }

    /// Whoever the line would talk to and is none of the lab's nodes: a replay reaches nobody else.
    private func strangers(in line: Replay.Line) -> [NodeAddress] {
        let arguments = Self.isClusterVerb(line.text) ? splitArguments(line.text.utf8) ?? [] : []
        let named = arguments.compactMap {
            NodeAddress(typed: String(decoding: $0, as: UTF8.self))
        }
        return ([line.node] + named).filter { !cluster.nodes.contains($0) }
    }

    private mutating func move(to line: Replay.Line) -> Bool {
        if session.followsRedirects != line.followsRedirects {
            let words =
                ["-h", line.node.host, "-p", "\(line.node.port)"]
                + (line.followsRedirects ? ["-c"] : [])
            runRedisCLI(words.map { Array($0.utf8) })
        } else if line.node != session.address {
            move(to: line.node)
        }
        return true
    }

    /// Lets time pass until then; false where Ctrl-C or a trouble ended that.
    private mutating func pass(until time: Duration, isFast: Bool) -> Bool {
        let left = time - cluster.time
        guard left > .zero, let control = cluster.control, control.speed > 0 else { return true }
        do throws(LabError) {
            if recorder.isVirtual {
                try control.advance(left)
            } else if !isFast {
                try cluster.pass(left)
            }
            return true
        } catch {
            if case .interrupted = error { terminal.writeLine() } else { fail(error.description) }
            hasLineFailed = true
            return false
        }
    }

    private mutating func type(_ line: Replay.Line) {
        terminal.writeLine(session.promptText + line.text)
        if let control = cluster.control {
            noteMoment(before: HistoryFile.masked(line.text), control)
        }
        var noted = line
        noted.time = cluster.time
        recorder.add(noted)
        let typed = TypedLine(line.text)
        if line.text.hasPrefix("@") { return runAddressed(line.text) }
        guard let (arguments, times) = typed.parsed(), let first = arguments.first else {
            return fail("Invalid argument(s)")
        }
        guard let times else { return fail(RepeatedCommand.refusal) }
        if Self.isClusterVerb(line.text) {
            runInline(Array(arguments.dropFirst()))
            lessonMode?.followed(line.text)
            return
        }
        let word = String(decoding: first, as: UTF8.self).lowercased()
        if !runLabWord(word, Array(arguments.dropFirst())) { runCommand(arguments, times: times) }
    }
}
