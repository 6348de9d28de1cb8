import Keyspace
import Testing

/// A session with its replies as redis-server 7.0.15 gave them, on an empty database.
///
/// A line after `> ` is a command; the lines below it are its reply. `... 100 ms` lets time pass.
struct Transcript: CustomTestStringConvertible {
    var testDescription: String
    var steps: [Step] = []

    enum Step {
        case command(String, reply: String)
        case pause(Int64)
    }

    init(_ title: String, _ text: String) {
        testDescription = title
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.popFirst() {
            if line.hasPrefix("... ") {
                steps.append(.pause(Int64(line.split(separator: " ")[1]) ?? 0))
            } else {
                let reply = lines.prefix { !$0.hasPrefix("> ") && !$0.hasPrefix("... ") }
                lines.removeFirst(reply.count)
                steps.append(
                    .command(String(line.dropFirst(2)), reply: reply.joined(separator: "\n")))
            }
        }
    }

    /// Runs the session and compares the replies.
    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        var runner = CommandRunner()
        for step in steps {
            switch step {
            case .pause(let milliseconds): runner.database.now += milliseconds
            case .command(let line, let expected):
                #expect(
                    runner.run(line) == expected, "after: \(line)", sourceLocation: sourceLocation)
            }
        }
    }
}
