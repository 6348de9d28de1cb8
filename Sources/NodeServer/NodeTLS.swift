import ClusterCore
import TLS

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a node's connections with TLS are made with (`tlsConfigure` in tls.c): one context for those who connect to it,
/// and one for those that it connects to.
struct NodeTLS: Sendable {
    let server: TLSContext
    let client: TLSContext

    /// It cannot be had: what Redis writes to its log.
    struct Failure: Error {
        let line: String

        init(_ line: String) {
            self.line = line
        }
    }

    /// Relative paths begin in the configuration's folder, or where it has none in that of the process.
    init(_ configuration: Configuration) throws(Failure) {
        let (tls, folder) = (configuration.tls, configuration.dir)
        try Self.checkFiles(tls)
        let versions = try Self.versions(tls.protocols)
        let files = Files(
            certificate: tls.certFile, key: tls.keyFile, password: tls.keyFilePass)
        server = try Self.context(files, tls, versions, in: folder)
        try Self.serve(server, tls, in: folder)
        let hasOther = !tls.clientCertFile.isEmpty && !tls.clientKeyFile.isEmpty
        let others = Files(
            certificate: tls.clientCertFile, key: tls.clientKeyFile,
            password: tls.clientKeyFilePass)
        client = hasOther ? try Self.context(others, tls, versions, in: folder) : server
    }

    /// A certificate and its key.
    private struct Files {
        let certificate: String
        let key: String
        let password: String
    }

    private static func checkFiles(_ tls: TLSParameters) throws(Failure) {
        if tls.certFile.isEmpty { throw Failure("No tls-cert-file configured!") }
        if tls.keyFile.isEmpty { throw Failure("No tls-key-file configured!") }
        let needsAuthority = tls.authClients != "no" || tls.cluster || tls.replication
        guard needsAuthority, tls.caCertFile.isEmpty, tls.caCertDir.isEmpty else { return }
        throw Failure(
            "Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, "
                + "tls-replication or tls-auth-clients are enabled!")
    }

    /// The versions that the words of tls-protocols name.
    private static func versions(_ protocols: String) throws(Failure) -> TLSContext.Versions {
        guard !protocols.isEmpty else { return [.tls1_2, .tls1_3] }
        let known: [String: TLSContext.Versions] = [
            "tlsv1": .tls1, "tlsv1.1": .tls1_1, "tlsv1.2": .tls1_2, "tlsv1.3": .tls1_3,
        ]
        var versions: TLSContext.Versions = []
        for word in protocols.split(separator: " ", omittingEmptySubsequences: false) {
            guard let version = known[word.lowercased()] else {
                throw Failure(
                    "Invalid tls-protocols specified. "
                        + "Use a combination of 'TLSv1', 'TLSv1.1', 'TLSv1.2' and 'TLSv1.3'.")
            }
            versions.formUnion(version)
        }
        return versions
    }

    /// `createSSLContext`.
    private static func context(
        _ files: Files, _ tls: TLSParameters, _ versions: TLSContext.Versions, in folder: String
    ) throws(Failure) -> TLSContext {
        let context = try made { () throws(TLSFailure) in
            try TLSContext(versions, isClientOnly: false, .required)
        } orLog: {
            $0.text
        }
        try made { () throws(TLSFailure) in
            try context.useCertificate(path(files.certificate, in: folder))
        } orLog: {
            "Failed to load certificate: \(files.certificate): \($0.text)"
        }
        try made { () throws(TLSFailure) in
            let password = files.password.isEmpty ? nil : files.password
            try context.useKey(path(files.key, in: folder), password: password)
        } orLog: {
            "Failed to load private key: \(files.key): \($0.text)"
        }
        try trust(context, tls, in: folder)
        try setCiphers(context, tls)
        return context
    }

    private static func trust(
        _ context: TLSContext, _ tls: TLSParameters, in folder: String
    ) throws(Failure) {
        guard !tls.caCertFile.isEmpty || !tls.caCertDir.isEmpty else { return }
        try made { () throws(TLSFailure) in
            try context.trust(
                file: tls.caCertFile.isEmpty ? nil : path(tls.caCertFile, in: folder),
                folder: tls.caCertDir.isEmpty ? nil : path(tls.caCertDir, in: folder))
        } orLog: {
            "Failed to configure CA certificate(s) file/directory: \($0.text)"
        }
    }

    private static func setCiphers(_ context: TLSContext, _ tls: TLSParameters) throws(Failure) {
        if !tls.ciphers.isEmpty {
            try made { () throws(TLSFailure) in
                try context.setCiphers(tls.ciphers)
            } orLog: { _ in
                "Failed to configure ciphers: \(tls.ciphers)"
            }
        }
        guard !tls.ciphersuites.isEmpty else { return }
        try made { () throws(TLSFailure) in
            try context.setSuites(tls.ciphersuites)
        } orLog: { _ in
            "Failed to configure ciphersuites: \(tls.ciphersuites)"
        }
    }

    /// What only those who connect to the node see.
    private static func serve(
        _ context: TLSContext, _ tls: TLSParameters, in folder: String
    ) throws(Failure) {
        let limits = (count: tls.sessionCacheSize, seconds: tls.sessionCacheTimeout)
        context.keepSessions(tls.sessionCaching ? limits : nil)
        let file = tls.dhParamsFile
        context.serve(
            prefersOwnCiphers: tls.preferServerCiphers, choosesDiffieHellman: file.isEmpty)
        guard !file.isEmpty else { return }
        let path = path(file, in: folder)
        guard access(path, R_OK) == 0 else {
            throw Failure("Failed to load \(file): \(systemError())")
        }
        do throws(TLSContext.DiffieHellman) {
            try context.useDiffieHellman(path)
        } catch {
            switch error {
            case .unreadable: throw Failure("\(file): failed to read DH params.")
            case .refused(let failure):
                throw Failure("Failed to load DH params file: \(file): \(failure.text)")
            }
        }
    }

    @discardableResult
    private static func made<Result>(
        _ body: () throws(TLSFailure) -> Result, orLog line: (TLSFailure) -> String
    ) throws(Failure) -> Result {
        do throws(TLSFailure) { return try body() } catch { throw Failure(line(error)) }
    }

    private static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
    }
}

extension TLSParameters {
    /// What becomes of the certificates of clients.
    var clientVerification: TLSContext.Verification {
        switch authClients {
        case "no": .none
        case "optional": .optional
        default: .required
        }
    }
}
