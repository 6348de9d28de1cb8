import CLI
import Lab
import Lessons
import RESP

// What of the lines that are typed is kept for `share`.
extension ShellSession {
    /// Words of the lab that a replay has: those that do something to the cluster or its time.
    static let replayedWords: Set = [
        "stop", "crash", "boot", "freeze", "thaw", "partition", "lag", "drop", "heal", "speed",
        "pause", "advance", "until", "writer", "reader",
    ]
    /// What a replay may have, besides, to show something on its way.
    static let shownWords: Set = ["map", "views", "timeline", "nodes", "peek", "why", "log"]

    /// Commands that change no data and no cluster, but what the lines behind them do, or what others see.
    private static let connectionCommands: Set = [
        "MULTI", "DISCARD", "WATCH", "UNWATCH", "ASKING", "READONLY", "READWRITE", "SELECT",
        "HELLO",
        "RESET", "CLIENT", "PUBLISH", "SPUBLISH", "SAVE", "BGSAVE", "BGREWRITEAOF", "SCRIPT",
        "FUNCTION",
    ]

    /// The recorder of this cluster.
    var recorder: SessionRecorder { lessonMode?.recorder ?? ownRecorder }

    /// Takes a line down that is about to run, if it does something.
    mutating func record(_ typed: TypedLine, isProgram: Bool, isChange: Bool) {
        guard isProgram || isChange || doesSomething(typed) else { return }
        align()
        var line = Replay.Line(
            time: cluster.time, node: session.address, followsRedirects: session.followsRedirects,
            text: typed.command)
        if let single = SingleCommand(typed.command, on: system) {
            line.node = single.node
            line.followsRedirects = single.followsRedirects
            line.text = single.text
        }
        if HistoryFile.holdsSecret(typed.command) {
            line.text = HistoryFile.masked(typed.command)
            line.omission = "it holds a password: type it yourself"
        } else if isProgram, !Self.isClusterVerb(typed.command) {
            line.text =
                "$ " + typed.command.split(whereSeparator: \.isNewline).joined(separator: " ⏎ ")
            line.omission = "a program: type it yourself"
        }
        recorder.add(line)
    }

    private func doesSomething(_ typed: TypedLine) -> Bool {
        var words = sent(by: typed).split(whereSeparator: \.isWhitespace).map(String.init)
        if let first = words.first, first.hasPrefix("@") || Int(first) != nil {
            words.removeFirst()
        }
        guard let first = words.first else { return false }
        return Self.replayedWords.contains(first.lowercased())
            || Self.connectionCommands.contains(first.uppercased())
            || Self.isClusterVerb(typed.command) || isUnknown(first)
    }

    /// Whether nobody says what the command does, as where a password is asked for: it may do anything.
    private func isUnknown(_ word: String) -> Bool {
        !LabWord.names.contains(word.lowercased())
            && completer.writeCommands(of: session.address).isEmpty
    }

    /// `redis-cli --cluster …` without anything for a shell.
    static func isClusterVerb(_ command: String) -> Bool {
        let words = splitArguments(command.utf8) ?? []
        return words.first == Array("redis-cli".utf8) && words.contains(Array("--cluster".utf8))
            && !ShellText.hasOperator(command)
    }

    /// Where time passes for whoever waits only, a line begins on a whole millisecond: so its time is a short number,
    /// and the same to the last digit when it is typed again.
    private func align() {
        guard recorder.isVirtual, let control = cluster.control, control.speed > 0 else {
            return
        }
        let step = Duration.milliseconds(1)
        let whole = step * Int((cluster.time / step).rounded(.up))
        do throws(LabError) {
            if whole > cluster.time { try control.advance(whole - cluster.time) }
        } catch {
            // The line will say so.
            return
        }
    }

    // MARK: - share

    /// `share` prints what others load, `share FILE` writes it.
    mutating func share(_ words: [String]) {
        guard words.count <= 1 else {
            return fail("share stands alone, or has one file behind it.")
        }
        align()
        let text = recorder.replay(until: cluster.time).text
        guard let path = words.first else { return terminal.write(text) }
        do throws(LabError) {
            if TextFile.exists(path), !Replay.isReplay(try TextFile.read(path)) {
                return fail("\(path) is there and is no replay: choose another name.")
            }
            try TextFile.replace(path, with: text, isPrivate: false)
        } catch {
            return fail(error.description)
        }
        let omitted = recorder.lines.count { $0.omission != nil }
        let count = recorder.lines.count - omitted
        say(
            "\(path): \(count) line\(count == 1 ? "" : "s")"
                + (omitted > 0 ? ", and \(omitted) that cannot be typed again" : "")
                + ". load \(path) plays it, and so does clusterlab play --replay \(path).")
    }
}
