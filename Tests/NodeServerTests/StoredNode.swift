import ClusterCore
import Foundation
import Lab
import LabBackends
import NodeServer
import RESP
import TestSupport

/// A node with a folder. When this value goes, the node is gone as if it were killed: nothing is saved any more.
final class StoredNode {
    private let server: ClusterServer
    private let connection: RESPConnection

    struct Settings {
        var appendonly = false
        var appendfsync = "everysec"
        var savePoints: [Configuration.SavePoint] = []
    }

    init(_ folder: TemporaryFolder, _ settings: Settings = Settings()) throws {
        let port = try FreePorts(count: 1).first
        var configuration = Configuration()
        configuration.dir = folder.path
        configuration.enableDebugCommand = "local"
        configuration.savePoints = settings.savePoints
        configuration.appendonly = settings.appendonly
        configuration.appendfsync = settings.appendfsync
        let conditions = Conditions()
        let layout = ClusterLayout(masters: 1, replicas: 0, port: port, isEmpty: false, seed: 1)
        let node = layout.node(
            0, configuration: configuration,
            wallClockAtStart: Int64(Date().timeIntervalSince1970 * 1000), at: conditions.now)
        server = try ClusterServer(
            [ClusterServer.Member(node: node, folder: folder.path)], conditions: conditions)
        connection = try testConnection(to: NodeAddress(port: port))
        // A master that comes back serves nobody for two seconds.
        try waitUntil("cluster_state:ok") {
            try send("CLUSTER", "INFO").text?.hasPrefix("cluster_state:ok") == true
        }
    }

    deinit {
        server.shutDown()
    }

    func send(_ arguments: String...) throws -> RESPValue {
        try connection.send(arguments.map { Array($0.utf8) })
    }

    /// Returns once INFO persistence has the line.
    func poll(_ line: String) throws {
        try waitUntil(line) {
            try send("INFO", "persistence").text?.contains("\(line)\r\n") == true
        }
    }

    /// Ends the node as SIGTERM does.
    func terminate() {
        server.endNodes()
        waitForEnd()
    }

    /// Returns when the node has ended by itself.
    func waitForEnd() {
        server.waitUntilAllNodesEnded()
    }
}

extension TemporaryFolder {
    func contents(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    /// Another folder with the same files.
    func copy() throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for (name, bytes) in try all() { try copy.write(bytes, to: name) }
        return copy
    }

    /// The files of a folder in it.
    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
    }

    /// Every file by its path.
    func all() throws -> [String: [UInt8]] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: path)
        return Dictionary(
            uniqueKeysWithValues: try paths.filter {
                var isFolder = ObjCBool(false)
                _ = FileManager.default.fileExists(
                    atPath: "\(path)/\($0)", isDirectory: &isFolder)
                return !isFolder.boolValue
            }.map { ($0, try contents($0)) })
    }
}
