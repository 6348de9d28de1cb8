import Foundation
package import Lab
package import LabBackends

/// Certificates in a folder of their own, for as long as a test needs them.
package final class TestCertificates {
    private let temporary: TemporaryFolder
    package let certificates: NodeCertificates

    package init() throws {
        temporary = try TemporaryFolder()
        certificates = try NodeCertificates(in: temporary.path)
        try certificates.make()
    }

    package var folder: String { certificates.folder }

    /// How a client is let in.
    package var clientOptions: TLSOptions { certificates.clientOptions }

    /// The same for redis-cli and redis-benchmark.
    package var clientArguments: [String] {
        certificates.clientArguments.split(separator: " ").map(String.init)
    }

    /// Arguments of redis-server for a node that speaks nothing but TLS.
    package func serverArguments(port: Int) -> [String] {
        let files = certificates.directives.flatMap { line in
            ("--" + line).split(separator: " ").map(String.init)
        }
        return ["--port", "0", "--tls-port", "\(port)"] + files
    }

    /// The same for a node of a cluster of such.
    package func clusterArguments(port: Int) -> [String] {
        serverArguments(port: port) + ["--tls-cluster", "yes", "--tls-replication", "yes"]
    }

    /// Connects with TLS.
    package func connect(
        to address: NodeAddress, _ change: (inout TLSOptions) -> Void = { _ in }
    ) throws -> RESPConnection {
        var options = clientOptions
        change(&options)
        let client = try TLSClient(options)
        return try testConnection(to: address) { () throws(ClientSocket.Failure) in
            var socket = try ClientSocket(
                host: address.host, port: address.port, timeout: .seconds(5))
            try socket.secure(by: client, timeout: .seconds(5))
            return socket
        }
    }
}
