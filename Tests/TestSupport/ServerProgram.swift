import Foundation
import Lab
package import LabBackends
import RESP

/// A process of the built program or of redis-server that a test starts and ends.
package final class ServerProgram {
    private let process = Process()
    private let output = Pipe()

    /// What is started.
    package enum Kind {
        case redis
        /// `clusterlab server`.
        case lab
    }

    /// Where the tests' build has put the program; nil where it has not.
    package static let labPath: String? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appending(path: ".build/release/clusterlab").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    package init(_ kind: Kind, _ arguments: [String], in folder: String) throws {
        let path = kind == .redis ? RedisServer.path : Self.labPath
        process.executableURL = URL(filePath: path ?? "missing")
        process.arguments = (kind == .lab ? ["server"] : []) + arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run(within: .minutes(2))
    }

    deinit {
        end(by: SIGKILL)
    }

    /// Ends it and waits until it has ended.
    /// - Returns: its exit code, or the signal that ended it.
    @discardableResult
    package func end(by signal: Int32) -> Int32 {
        if process.isRunning { kill(process.processIdentifier, signal) }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The memory that it has of its own; nil where the system does not tell.
    package var residentBytes: Int? {
        let path = "/proc/\(process.processIdentifier)/statm"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            .map { $0 * Int(getpagesize()) }
    }

    /// What it writes until it ends.
    package func outputToEnd() -> String {
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The exit code, once it has ended.
    package var status: Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// A client, as soon as the process takes one.
    package func connect(port: Int) throws -> RESPConnection {
        var connection: RESPConnection?
        try waitUntil("a server at \(port)") {
            connection = try? testConnection(to: NodeAddress(port: port))
            return connection != nil || !process.isRunning
        }
        if let connection { return connection }
        throw LabError.refused(NodeAddress(port: port), reason: outputToEnd())
    }
}
