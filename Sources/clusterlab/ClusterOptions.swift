import ArgumentParser
import Lab
import NodeServer

/// The options that say which cluster to start.
struct ClusterOptions: ParsableArguments {
    /// The port that lessons are written with.
    static let firstPort = 7000

    @Option(help: "Masters; 0 for a lab without a node, to start one's own in.")
    var masters = 3

    @Option(help: "Replicas of each master.")
    var replicas = 1

    @Option(
        help: "The first node's port; the others follow. Each port + 10000 is the node's bus port.")
    var port = ClusterOptions.firstPort

    @Flag(help: "Nodes that know nobody and own no slot, masters x (1 + replicas) of them.")
    var empty = false

    @Option(help: ArgumentHelp("cluster-node-timeout.", valueName: "ms"))
    var timeout = 5000

    @Option(
        help: "Decides node ids, which replica follows which master, and all else that is random.")
    var seed: UInt64?

    @Flag(
        help:
            "Nodes that speak TLS and nothing else, to clients and to one another. Certificates are made where there are none."
    )
    var tls = false

    @Option(
        help: ArgumentHelp(
            "The folder of the certificates, as `clusterlab certs` makes them. Without it: tls in the lab's own folder.",
            valueName: "dir"),
        completion: .directory)
    var certs: String?

    @Option(help: "tls-auth-clients: whether clients show a certificate, yes, no or optional.")
    var tlsAuthClients = "yes"

    /// The cluster that the options describe.
    func plan() throws -> ClusterPlan {
        ClusterPlan(
            masters: masters, replicas: replicas, port: port, isEmpty: empty || masters == 0,
            nodeTimeout: .milliseconds(timeout), seed: seed ?? 1, tls: tlsPlan)
    }

    private var tlsPlan: ClusterPlan.TLS? {
        guard tls else { return nil }
        return ClusterPlan.TLS(
            certificates: certs.map(absolutePath), authClients: tlsAuthClients)
    }

    private func validateTLS() throws {
        guard tls || certs == nil && tlsAuthClients == "yes" else {
            throw ValidationError("--certs and --tls-auth-clients are for clusters with --tls.")
        }
        guard ["yes", "no", "optional"].contains(tlsAuthClients) else {
            throw ValidationError(
                "--tls-auth-clients takes yes, no or optional; got \(tlsAuthClients).")
        }
    }

    func validate() throws {
        try validateTLS()
        guard (0...1000).contains(masters) else {
            throw ValidationError("--masters takes 0 to 1000; got \(masters).")
        }
        guard (0...100).contains(replicas) else {
            throw ValidationError("--replicas takes 0 to 100; got \(replicas).")
        }
        let count = masters * (1 + replicas)
        guard port > 0, port + count - 1 <= 55_535 else {
            throw ValidationError(
                "Ports \(port) to \(port + count - 1) are out of range: Redis Cluster needs ports up to 55535, because each node's bus listens 10000 above."
            )
        }
        guard (1...3_600_000).contains(timeout) else {
            throw ValidationError("--timeout takes 1 to 3600000 milliseconds; got \(timeout).")
        }
    }
}
