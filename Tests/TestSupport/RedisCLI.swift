import Foundation

/// The real redis-cli.
package enum RedisCLI {
    /// Why tests that need it are left out, where it is not installed.
    package static let absence = "redis-cli is not installed: there is nothing to try with"
    package static var isInstalled: Bool { path != nil }

    private static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":").map { "\($0)/redis-cli" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Which program is run: they are to print the same.
    package enum Program: String, CaseIterable, Sendable {
        case redis
        /// `clusterlab cli`.
        case lab

        /// Nil where it is not there.
        package var path: String? { self == .redis ? RedisCLI.path : ServerProgram.labPath }
        /// The arguments in front of redis-cli's.
        package var firstArguments: [String] { self == .redis ? [] : ["cli"] }
    }

    /// What a run of it left.
    package struct Outcome: Sendable, Hashable {
        package let status: Int32
        /// Standard output and standard error.
        package let text: String

        /// The same with another text.
        package func with(text: String) -> Outcome {
            Outcome(status: status, text: text)
        }
    }

    /// Runs it to its end.
    /// - Parameters:
    ///   - arguments: those of redis-cli.
    ///   - input: what is typed.
    ///   - terminal: whether it prints as it prints on a terminal.
    /// - Throws: where it cannot be started.
    package static func run(
        _ arguments: String..., input: String = "", terminal: Bool = false
    ) throws -> Outcome {
        try run(arguments, input: input, terminal: terminal)
    }

    /// The same with the arguments in an array.
    package static func run(
        _ arguments: [String], input: String = "", terminal: Bool = false,
        environment: [String: String] = [:], of program: Program = .redis
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.path ?? "redis-cli")
        process.arguments = program.firstArguments + arguments
        let terminalOnly = terminal ? ["FAKETTY": "1"] : [:]
        if terminal || !environment.isEmpty {
            process.environment = environment.merging(terminalOnly) { $1 }
        }
        let (typed, printed) = (Pipe(), Pipe())
        process.standardInput = typed
        process.standardOutput = printed
        process.standardError = printed
        try process.run(within: .minutes(2))
        typed.fileHandleForWriting.write(Data(input.utf8))
        try typed.fileHandleForWriting.close()
        let bytes = try printed.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, text: String(decoding: bytes, as: UTF8.self))
    }
}

extension RedisCLI {
    /// Whether the real one is there and has TLS.
    package static let hasTLS: Bool = {
        guard isInstalled, let help = try? run("--help") else { return false }
        return help.text.contains("--tls ")
    }()
}

/// The real redis-benchmark.
package enum RedisBenchmark {
    /// Nil where it is not installed.
    package static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":").map { "\($0)/redis-benchmark" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// What it prints, to its end.
    package static func run(_ arguments: [String]) throws -> String {
        let (process, printed) = (Process(), Pipe())
        process.executableURL = URL(filePath: path ?? "redis-benchmark")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = printed
        process.standardError = printed
        try process.run(within: .minutes(1))
        let bytes = try printed.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }
}
