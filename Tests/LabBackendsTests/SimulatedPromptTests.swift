import Foundation
import TestSupport
import Testing

/// The program with a simulated cluster, as a process of its own: hashing has another seed in each.
@Suite(.timeLimit(.minutes(1)), .enabled(if: ServerProgram.labPath != nil))
struct SimulatedPromptTests {
    /// What the program prints for lines from a pipe, and its exit code.
    private func run(_ arguments: [String], _ lines: [String] = []) throws -> (String, Int32) {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: try #require(ServerProgram.labPath))
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.endWithin(.minutes(1))
        input.fileHandleForWriting.write(Data(lines.map { "\($0)\n" }.joined().utf8))
        try input.fileHandleForWriting.close()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
    }

    @Test func `every process prints the same for the same lines`() throws {
        let lines = [
            "SET user:1 Alice", "INFO", "CLUSTER NODES", "CLIENT LIST", "WAIT 2 2000", "TIME",
            "@7002 SHUTDOWN NOSAVE NOW", "DEBUG SLEEP 20", "@all CLUSTER NODES",
            "@masters INFO replication", "CLUSTER SHARDS",
        ]
        let options = ["play", "--backend", "simulated", "-c", "--seed", "9"]
        let (first, _) = try run(options, lines)
        let (second, _) = try run(options, lines)
        #expect(first == second)
        #expect(first.contains("master,fail"))
        let (other, _) = try run(options.dropLast() + ["10"], lines)
        #expect(first != other)
    }

    @Test func `the files of real nodes do not go with a simulated cluster`() throws {
        let (text, status) = try run(["play", "--backend", "simulated", "--dir", "here"])
        #expect(text.contains("leave it out with --backend simulated"))
        #expect(status == 2)
    }
}
