import Foundation
package import Lab
package import LabBackends
import RESP

/// A real redis-server in cluster mode that owns every slot, for tests to compare with.
package final class RedisServer {
    package let address: NodeAddress
    private let process = Process()
    private let folder: URL

    /// Why tests that need it are left out, where it is not installed.
    package static let absence = "redis-server is not installed: there is nothing to compare with"
    package static var isInstalled: Bool { path != nil }

    private static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":").map { "\($0)/redis-server" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    package struct NotStarted: Error {
        let log: String
    }

    /// Returns once the server takes writes.
    package init() throws {
        let port = try FreePorts(count: 1).first
        address = NodeAddress(port: port)
        folder = FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.executableURL = URL(filePath: Self.path ?? "redis-server")
        process.currentDirectoryURL = folder
        process.arguments = [
            "--port", "\(port)", "--cluster-enabled", "yes",
            "--save", "", "--logfile", "log",
            "--enable-debug-command", "local", "--bind", "127.0.0.1",
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        try awaitState()
    }

    deinit {
        // A child of a test's thread may have SIGTERM blocked, as that thread has.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    package func connect() throws -> RESPConnection {
        try RESPConnection(to: address)
    }

    /// A master that has just come up says fail for two seconds more, whatever it owns: ask until it is ok.
    private func awaitState() throws {
        let deadline = ContinuousClock.now + .seconds(20)
        var ownsSlots = false
        while ContinuousClock.now < deadline, process.isRunning {
            guard let connection = try? connect() else { continue }
            if !ownsSlots {
                ownsSlots =
                    try connection.send("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
                    == .simpleString("OK")
            }
            // The reply takes its time: the server's own clock paces this loop.
            _ = try connection.send("DEBUG", "SLEEP", "0.05")
            if try connection.send("CLUSTER", "INFO").text?.hasPrefix("cluster_state:ok") == true {
                return
            }
        }
        let log = try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)
        throw NotStarted(log: log ?? "")
    }
}
