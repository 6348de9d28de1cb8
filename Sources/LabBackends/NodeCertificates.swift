import ClusterCore
package import Lab
import TLS

/// The certificates of a lab's own nodes, and of those who connect to them: made where they are not there yet.
package struct NodeCertificates: Hashable, Sendable {
    private let files: LocalCertificates

    /// - Parameter folder: nil for the learner's own.
    package init(in folder: String?) throws(LabError) {
        guard let folder = folder ?? TextFile.statePath(of: "tls") else {
            throw .unsupported(
                "There is no home for certificates: name a folder with --certs DIR, or set HOME.")
        }
        files = LocalCertificates(in: folder)
    }

    package var folder: String { files.folder }

    /// The names of the files that are there.
    package var existing: [String] { files.existing.map(\.rawValue) }

    /// Whether all of them are there.
    package var areComplete: Bool { files.existing == LocalCertificates.File.allCases }

    /// Makes all of them anew.
    /// - Parameter hosts: names and addresses of the nodes, besides this machine's `localhost`.
    package func make(
        hosts: [String] = [], days: Int = 3650
    ) throws(LabError) {
        do throws(LocalCertificates.Failure) {
            try files.make(hosts: hosts, days: days)
        } catch {
            throw .file(path: error.path, reason: error.reason)
        }
    }

    /// Makes them where there are none. Some without the others are nobody's to replace unasked.
    package func makeIfMissing() throws(LabError) {
        if areComplete { return }
        guard let name = existing.first else { return try make() }
        throw .file(
            path: "\(folder)/\(name)",
            reason: "it is there, but not all that belongs to it: clusterlab certs --force --dir "
                + "\(folder) makes all of them anew")
    }

    /// What a client goes by that is to be let in.
    package var clientOptions: TLSOptions {
        var options = TLSOptions()
        options.authorityFile = files.path(.authority)
        options.certificateFile = files.path(.client)
        options.keyFile = files.path(.clientKey)
        return options
    }

    /// redis-cli's options that say the same.
    package var clientArguments: String {
        "--tls --cacert \(files.path(.authority)) --cert \(files.path(.client)) "
            + "--key \(files.path(.clientKey))"
    }

    /// The directives of redis.conf that say what nodes go by.
    package var directives: [String] {
        [
            "tls-cert-file \(files.path(.server))", "tls-key-file \(files.path(.serverKey))",
            "tls-ca-cert-file \(files.path(.authority))",
        ]
    }

    /// What a node of a cluster goes by that speaks nothing but TLS.
    func parameters(authClients: String) -> TLSParameters {
        var tls = TLSParameters()
        tls.cluster = true
        tls.replication = true
        tls.certFile = files.path(.server)
        tls.keyFile = files.path(.serverKey)
        tls.caCertFile = files.path(.authority)
        tls.authClients = authClients
        return tls
    }
}
