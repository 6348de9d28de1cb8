import Foundation
import TestSupport
import Testing

/// A command line that both programs are given, with what it stands for in a test's name.
struct CLIRun: CustomTestStringConvertible, Sendable {
    /// `%PORT%` is the server's.
    var arguments: [String]
    var input = ""
    var isTerminal = false
    var environment: [String: String] = [:]

    var testDescription: String {
        (environment.map { "\($0)=\($1)" } + (isTerminal ? ["FAKETTY=1"] : []) + arguments)
            .joined(separator: " ") + (input.isEmpty ? "" : " <<< \(input.debugDescription)")
    }

    /// Runs one of the programs.
    func outcome(of program: RedisCLI.Program, port: Int) throws -> RedisCLI.Outcome {
        let arguments = self.arguments.map { $0.replacing("%PORT%", with: "\(port)") }
        let outcome = try RedisCLI.run(
            arguments, input: input.replacing("%PORT%", with: "\(port)"), terminal: isTerminal,
            environment: environment, of: program)
        return outcome.with(text: Self.comparable(outcome.text))
    }

    /// Without what differs from connection to connection.
    private static func comparable(_ text: String) -> String {
        text.replacing(#/(\bid\b\W*(?:\d\) )?(?:\(integer\) )?)\d+/#) { "\($0.1)N" }
            .replacing(#/\(\d\.\d\ds\)/#, with: "(N.NNs)")
    }
}
