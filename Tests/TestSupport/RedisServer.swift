import Foundation
package import Lab
package import LabBackends
import RESP

/// A real redis-server, for tests to compare with: in cluster mode it owns every slot, or none.
package final class RedisServer {
    package let address: NodeAddress
    private let process = Process()
    /// Where it keeps its files.
    private let folder: URL

    /// Why tests that need it are left out, where it is not installed.
    package static let absence = "redis-server is not installed: there is nothing to compare with"
    package static var isInstalled: Bool { path != nil }

    static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":").map { "\($0)/redis-server" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    package struct NotStarted: Error {
        let log: String
    }

    /// Returns once the server takes writes.
    /// - Parameters:
    ///   - inCluster: whether cluster mode is on.
    ///   - ownsSlots: whether it is a whole cluster, rather than a node that knows nobody.
    ///   - files: what it finds in its folder, by path.
    ///   - arguments: of redis-server, after those that every test needs.
    package init(
        inCluster: Bool = true, ownsSlots: Bool = true, files: [String: [UInt8]] = [:],
        arguments: [String] = []
    ) throws {
        let port = try FreePorts(count: 1).first
        address = NodeAddress(port: port)
        folder = FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (path, bytes) in files {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        process.executableURL = URL(filePath: Self.path ?? "redis-server")
        process.currentDirectoryURL = folder
        process.arguments =
            [
                "--port", "\(port)", "--cluster-enabled", inCluster ? "yes" : "no",
                "--save", "", "--logfile", "log",
                "--enable-debug-command", "local", "--bind", "127.0.0.1",
            ] + arguments
        // A server that outlives a crash of the tests must not keep the pipes open to which they print: who reads these
        // waits for their end.
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run(within: .minutes(5))
        try wait(until: inCluster && ownsSlots ? takesWrites : answers)
    }

    /// Ends it as kill -9 does; its folder stays until this value is gone.
    package func kill() {
        guard process.isRunning else { return }
        // A child of a test's thread may have SIGTERM blocked, as that thread has.
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// A file of its folder.
    package func file(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    /// The files of a folder in its folder.
    package func fileNames(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: self.folder.appending(path: folder).path)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    package func connect() throws -> RESPConnection {
        try testConnection(to: address)
    }

    /// Asks until the server is ready.
    private func wait(until isReady: (RESPConnection) throws -> Bool) throws {
        let isDecided = try eventually(within: .seconds(20)) {
            guard process.isRunning else { return true }
            return try (try? connect()).map(isReady) ?? false
        }
        if isDecided, process.isRunning { return }
        let log = try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)
        throw NotStarted(log: log ?? "")
    }

    private func answers(_ connection: RESPConnection) throws -> Bool {
        try connection.send("PING") == .simpleString("PONG")
    }

    /// Gives the server every slot. A master that has just come up says fail for two seconds more, whatever it
    /// owns.
    private func takesWrites(_ connection: RESPConnection) throws -> Bool {
        _ = try connection.send("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        // The reply takes its time: the server's own clock paces the loop.
        _ = try connection.send("DEBUG", "SLEEP", "0.05")
        return try connection.send("CLUSTER", "INFO").text?.hasPrefix("cluster_state:ok") == true
    }
}
