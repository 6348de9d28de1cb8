import CLI
import ClusterAdmin
import Foundation
import Lab
import LabBackends
import TestSupport

/// `--cluster` as this program does it, in this process but over TCP.
enum OwnVerbs {
    /// What a run of it left.
    struct Outcome: Equatable, CustomStringConvertible {
        var status: Int32
        /// Standard error and standard output: into a pipe redis-cli writes the latter when it ends.
        var text: String

        var description: String { "\(status)\n\(text)" }

        init(status: Int32, text: String) {
            self.status = status
            self.text = text
        }

        init(_ outcome: RedisCLI.Outcome) {
            self.init(status: outcome.status, text: outcome.text)
        }

        /// With other words in place of what differs from run to run.
        func replacing(_ words: [String: String]) -> Outcome {
            let text = words.reduce(text) { $0.replacing($1.key, with: $1.value) }
            return Outcome(status: status, text: text)
        }
    }

    /// Runs it to its end.
    /// - Parameters:
    ///   - arguments: those of redis-cli, `--cluster` among them.
    ///   - input: what is typed.
    ///   - time: the time that it takes for now.
    /// - Returns: what it leaves.
    static func run(_ arguments: [String], input: String = "", time: Int? = nil) -> Outcome {
        let terminal = Terminal(input)
        let pace = DispatchSemaphore(value: 0)
        let surroundings = Surroundings(
            connect: { address throws(LabError) in try testConnection(to: address) },
            obstacle: { _ throws(LabError) in nil }, resolve: { $0 },
            standardOutput: { terminal.bytes += $0 },
            standardError: { terminal.complaints += $0 },
            readLine: { () throws(LabError) in
                terminal.lines.isEmpty ? nil : terminal.lines.removeFirst()
            },
            sleep: { duration throws(LabError) in
                _ = pace.wait(timeout: .now() + duration / .seconds(1))
            },
            unixTime: { UInt32(time ?? Int(Date().timeIntervalSince1970)) },
            environment: { ProcessInfo.processInfo.environment[$0] })
        let system = CLISystem(
            connect: { _ throws(StreamFailure) in throw StreamFailure(reason: "no network") },
            variable: surroundings.environment, isInputTerminal: false, isOutputTerminal: false,
            readInput: { _ throws(StreamFailure) in [] }, pause: { _ in },
            runCluster: { verb, _ in ClusterManager.run(verb, in: surroundings) })
        let status = CLISession.run(
            arguments.map { Array($0.utf8) }, on: system,
            output: CLIOutput(
                isTerminal: false, write: surroundings.standardOutput,
                writeError: surroundings.standardError))
        let bytes = terminal.complaints + terminal.bytes
        return Outcome(status: status, text: String(decoding: bytes, as: UTF8.self))
    }

    private final class Terminal {
        var bytes: [UInt8] = []
        var complaints: [UInt8] = []
        var lines: [String]

        init(_ input: String) {
            lines = input.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            lines.removeLast()
        }
    }
}
