import ClusterCore
import Foundation
import Lab
import LabBackends
import NodeServer
import RESP
import TestSupport

/// A node of this process outside any cluster: what `redis-server` without a configuration is.
final class LabServer {
    let address: NodeAddress
    private let server: ClusterServer

    init(configure: (inout Configuration) -> Void = { _ in }) throws {
        let port = try FreePorts(count: 1).first
        address = NodeAddress(port: port)
        var configuration = Configuration()
        configuration.clusterEnabled = false
        configure(&configuration)
        let layout = ClusterLayout(
            masters: 1, replicas: 0, port: port, isEmpty: true, seed: UInt64(port))
        let conditions = Conditions()
        let node = layout.node(
            0, configuration: configuration,
            wallClockAtStart: Int64(Date().timeIntervalSince1970 * 1000),
            at: conditions.now)
        server = try ClusterServer([ClusterServer.Member(node: node)], conditions: conditions)
    }

    deinit {
        server.shutDown()
    }

    func connect() throws -> RESPConnection { try testConnection(to: address) }
}
