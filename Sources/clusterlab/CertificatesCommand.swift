import ArgumentParser
import Lab
import LabBackends
import NodeServer

/// `clusterlab certs`: an authority, and certificates for nodes and clients, for local use.
struct CertificatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certs",
        abstract: "Make certificates for TLS on one's own machines.",
        discussion: """
            Makes ca.crt, server.crt and client.crt with their keys, and prints the lines of redis.conf and the \
            options of redis-cli that use them. Nothing else trusts this authority.
            """)

    @Option(
        help: "Where they go. Without it: tls in the lab's own folder, where `up --tls` looks.",
        completion: .directory)
    var dir: String?

    @Option(help: "A name or address of nodes besides localhost; may be given more than once.")
    var host: [String] = []

    @Option(help: "How many days they hold.")
    var days = 3650

    @Flag(help: "Make them anew where there are some already.")
    var force = false

    func validate() throws {
        guard (1...36_500).contains(days) else {
            throw ValidationError("--days takes 1 to 36500; got \(days).")
        }
        let isPlain = host.allSatisfy { host in
            !host.isEmpty && host.allSatisfy { $0.isLetter || $0.isNumber || "-.:*".contains($0) }
        }
        guard isPlain else {
            throw ValidationError("--host takes a host's name or its address.")
        }
    }

    func run() throws {
        let certificates = try NodeCertificates(in: dir.map(absolutePath))
        if let name = certificates.existing.first, !force {
            throw LabError.file(
                path: "\(certificates.folder)/\(name)",
                reason: "it is there already: --force makes all of them anew")
        }
        try certificates.make(hosts: host, days: days)
        let lines =
            ["# redis.conf", "tls-port 7000"] + certificates.directives
            + ["# redis-cli", certificates.clientArguments]
        StandardOutput.output.write(lines.joined(separator: "\n") + "\n")
    }
}
