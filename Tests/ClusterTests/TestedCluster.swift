import Foundation
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Empty nodes of the lab, and what the tests do with a cluster of them.
final class LabNodes {
    let addresses: [NodeAddress]
    private let cluster: InProcessCluster
    /// Where they keep their files.
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "clusterlab-nodes-\(UUID().uuidString)")

    /// The seed decides the nodes' ids: two groups that are to meet need two.
    init(_ count: Int, seed: UInt64, nodeTimeout: Duration, keepsFiles: Bool = false) throws {
        cluster = try InProcessLab(dir: keepsFiles ? folder.path : nil).startServer(
            ClusterPlan(
                masters: count, replicas: 0, port: try FreePorts(count: count).first,
                isEmpty: true, nodeTimeout: nodeTimeout, seed: seed))
        addresses = cluster.nodes
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Ends them all at once.
    func kill() {
        cluster.shutDown()
    }
}

extension NodeAddress {
    /// As redis-cli takes it.
    var name: String { "\(host):\(port)" }

    /// One command on a connection of its own.
    func send(_ arguments: String...) throws -> RESPValue {
        try testConnection(to: self).send(arguments.map { Array($0.utf8) })
    }

    /// CLUSTER MYID.
    func id() throws -> String {
        try #require(try send("CLUSTER", "MYID").text)
    }

    /// A field of INFO.
    func info(_ section: String, _ field: String) throws -> String? {
        let text = try send("INFO", section).text ?? ""
        return text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(field + ":") }
            .map { String($0.dropFirst(field.count + 1)) }
    }
}

/// `redis-cli --cluster` with a verb; what it prints if it ends well, or a failure of the test.
@discardableResult
func clusterCLI(
    _ arguments: String..., input: String = "", location: SourceLocation = #_sourceLocation
) throws -> String {
    try clusterCLI(arguments, input: input, location: location)
}

/// The same with the arguments in an array.
@discardableResult
func clusterCLI(
    _ arguments: [String], input: String = "", location: SourceLocation = #_sourceLocation
) throws -> String {
    let outcome = try RedisCLI.run(["--cluster"] + arguments, input: input)
    try #require(outcome.status == 0, "\(arguments)\n\(outcome.text)", sourceLocation: location)
    return outcome.text
}

/// Whether `redis-cli --cluster check` finds nothing wrong.
func isSound(_ node: NodeAddress) throws -> Bool {
    let outcome = try RedisCLI.run("--cluster", "check", node.name)
    return outcome.status == 0 && outcome.text.contains("[OK] All 16384 slots covered")
        && !outcome.text.contains("[WARNING]")
}
