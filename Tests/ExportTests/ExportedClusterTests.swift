import Export
import Foundation
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Exports of a cluster of the lab, started on real redis-servers.
@Suite(
    .serialized,
    .enabled("redis-server is not installed: nothing to start (apt-get install redis)") {
        RedisServer.isInstalled
    })
struct ExportedClusterTests {
    @Test(.timeLimit(.minutes(2)), arguments: [ExportKind.compose, .systemd])
    func `real servers with the exported files become the same cluster`(kind: ExportKind) throws {
        let source = try topology(masters: 4, replicas: 1)
        let ports = try FreePorts(count: source.nodes.count)
        // The same cluster on ports that are free.
        let elsewhere = ClusterTopology(
            nodes: source.nodes.enumerated().map { index, node in
                var node = node
                node.port = ports.first + index
                node.busPort = node.port + 10_000
                return node
            }, version: source.version)
        let folder = try TemporaryFolder()
        let options = ExportOptions(name: "redis-cluster", image: "redis:7.0")
        // The folder goes with the last use of its name.
        defer { withExtendedLifetime(folder) {} }
        for file in kind.files(of: elsewhere, options) {
            // A folder of this test stands for the volume.
            let volume =
                file.path.split(separator: "/").last.map { "\(folder.path)/volumes/\($0)" } ?? ""
            if file.path.hasPrefix("conf/") { try TextFile.makeFolder(volume) }
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
            let text = lines.map { $0.hasPrefix("dir /") ? "dir \(volume)" : $0 }
            try TextFile.replace(
                "\(folder.path)/\(file.path)", with: text.joined(separator: "\n"), isPrivate: false)
        }
        let servers = try elsewhere.nodes.map { node in
            try Self.start(
                "redis-server",
                [
                    "\(folder.path)/conf/\(node.name).conf", "--logfile", "log",
                    "--repl-diskless-sync-delay", "0",
                ])
        }
        defer {
            for server in servers { kill(server.processIdentifier, SIGKILL) }
            for server in servers { server.waitUntilExit() }
        }
        for _ in 0..<2 {
            // The second time there is nothing to do.
            let build = try Self.start("sh", ["\(folder.path)/build.sh"])
            build.waitUntilExit()
            #expect(build.terminationStatus == 0)
        }
        let built = try ClusterTopology.read(from: NodeAddress(port: ports.first)) {
            address throws(LabError) in
            try testConnection(to: address)
        }
        #expect(Self.layout(of: built) == Self.layout(of: source))
        #expect(built.nodes[0].settings.contains { $0.name == "cluster-node-timeout" })
    }

    /// A cluster of the lab whose slots are not shared out evenly.
    private func topology(masters: Int, replicas: Int) throws -> ClusterTopology {
        let count = masters * (1 + replicas)
        let cluster = try InProcessLab().start(
            ClusterPlan(
                masters: masters, replicas: replicas, port: try FreePorts(count: count).first))
        defer { cluster.shutDown() }
        let (first, second) = (cluster.nodes[0], cluster.nodes[1])
        let id = try testConnection(to: second).send("CLUSTER", "MYID").text ?? ""
        for node in [second, first] {
            for slot in ["0", "7", "8"] {
                let reply = try testConnection(to: node).send(
                    "CLUSTER", "SETSLOT", slot, "NODE", id)
                try #require(reply == .simpleString("OK"))
            }
        }
        return try ClusterTopology.read(from: first) { address throws(LabError) in
            try testConnection(to: address)
        }
    }

    /// Who owns what, and whose replicas how many are, without names and ports.
    private static func layout(of cluster: ClusterTopology) -> [String] {
        cluster.nodes.enumerated().map { index, node in
            let replicas = cluster.nodes.count { $0.master == index }
            return "\(node.slots) \(replicas)"
        }.sorted()
    }

    private static func start(_ program: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run(within: .minutes(2))
        return process
    }
}
