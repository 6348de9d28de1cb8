import CLI
import Lab

// `live WORD … [every SECONDS]`.
extension ShellSession {
    /// What may be drawn again and again, besides commands of Redis.
    private static let liveWords: Set = ["map", "views", "timeline", "peek", "log", "nodes", "why"]

    private static let liveUsage =
        "live wants a screen or a command of Redis: live map, live views, live INFO stats every 1"

    /// Draws what a line shows about twice a second, until a key, Ctrl-C or the end of the input.
    mutating func live(_ words: [String]) {
        var words = words
        var pause = Duration.milliseconds(500)
        if let place = words.lastIndex(of: "every"), place > 0 {
            guard place == words.count - 2, let length = Duration(typed: words[place + 1]),
                length >= .milliseconds(50)
            else { return fail("every wants a time of 50 ms or more: live map every 0.5") }
            pause = length
            words.removeLast(2)
        }
        guard let first = words.first?.lowercased() else { return fail(Self.liveUsage) }
        guard Self.liveWords.contains(first) || !LabWord.names.contains(first) else {
            return fail("\(first) cannot be drawn again and again. \(Self.liveUsage)")
        }
        guard !CLISession.isEndless(words.map { Array($0.utf8) }) else {
            return fail("\(first) has no end of its own: type it without live; Ctrl-C ends it.")
        }
        draw(words.map(quotedWord).joined(separator: " "), every: pause)
    }

    private mutating func draw(_ line: String, every pause: Duration) {
        let frames = LiveFrames(
            of: TimedCluster.around(cluster), at: session.address,
            followsRedirects: session.followsRedirects, terminal: terminal, machine: machine)
        var screen = LiveScreen(
            title: "live \(line), every \(pause.inSeconds) s: any key ends it", terminal: terminal)
        repeat {
            screen.draw(frames.next(line))
        } while lines.pause(pause)
        screen.end()
        if lines.takeInterrupt(), !terminal.isScreen { terminal.writeLine() }
    }

    /// A word as it can be typed.
    private func quotedWord(_ word: String) -> String {
        word.hasPrefix("@") ? word : KeySlot.name(Array(word.utf8))
    }
}

/// Runs a line over and over in a session of its own, whose screen is kept.
final class LiveFrames {
    private var session: ShellSession
    private let screen: Screen

    /// What the session writes.
    private final class Screen {
        var text = ""
    }

    init(
        of cluster: TimedCluster, at address: NodeAddress, followsRedirects: Bool,
        terminal: Terminal, machine: Machine
    ) {
        let screen = Screen()
        self.screen = screen
        let capture = Terminal(width: terminal.width, hasColour: terminal.hasColour) {
            screen.text += $0
        }
        session = ShellSession(
            cluster: cluster, address: address, followsRedirects: followsRedirects,
            lines: NoLines(), terminal: capture, machine: machine)
    }

    /// What the line shows now.
    func next(_ line: String) -> [String] {
        screen.text = ""
        session.run(line)
        // A node that was cut off comes back on a new connection.
        var lines = screen.text.replacing("\r\n", with: "\n").split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// Nobody types.
    private final class NoLines: LineSource {
        var isInteractive: Bool { false }
        func read(prompt: String, aid: LineAid) -> LineInput { .end }
        func remember(_ line: String) {}
    }
}
