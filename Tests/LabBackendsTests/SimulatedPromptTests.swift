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
        try process.run(within: .minutes(1))
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

    @Test func `a writer's report at the prompt is the same in every process`() throws {
        let lines = [
            "writer start 50", "advance 2s", "crash 7000", "until down", "until ok", "advance 1s",
            "writer stop", "writer report",
        ]
        let options = ["play", "--backend", "simulated", "--timeout", "1000"]
        let (first, status) = try run(options, lines)
        #expect(status == 0)
        #expect(first.contains("Connection refused") && first.contains(", now 700"))
        #expect(first == (try run(options, lines).0))
    }

    @Test func `verify tells times in the course's order, and refuses a senseless number of jobs`()
        throws
    {
        let (text, status) = try run([
            "verify", "redirects", "slots", "--backend", "simulated", "--times",
        ])
        #expect(status == 0)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].contains(" s  redirects: ") && lines[1].contains(" s  slots: "))
        #expect(lines[2].hasSuffix("all as they should be"))
        let (refusal, wrong) = try run(["verify", "--jobs", "0"])
        #expect(refusal.contains("--jobs takes 1 to 64; got 0.") && wrong == 2)
    }
}
