package import Lab
import TLS

/// Makes client connections secure, as many as are wanted. Threads may share it.
package final class TLSClient: Sendable {
    private let context: TLSContext
    private let serverName: String?

    /// Reads the files that the options name; what is wrong is said in redis-cli's words (`cliSecureConnection`).
    package init(_ options: TLSOptions) throws(ClientSocket.Failure) {
        serverName = options.serverName
        do throws(TLSFailure) {
            context = try TLSContext(
                .all, isClientOnly: true, options.skipsVerification ? .none : .optional)
        } catch {
            throw ClientSocket.Failure(setup: error.reason ?? "Failed to create SSL_CTX")
        }
        try trust(options)
        if let file = options.certificateFile {
            try set("Invalid client certificate") { () throws(TLSFailure) in
                try context.useCertificate(file)
            }
        }
        if let file = options.keyFile {
            try set("Invalid private key") { () throws(TLSFailure) in
                try context.useKey(file, password: nil)
            }
        }
        try setCiphers(options)
    }

    private func trust(_ options: TLSOptions) throws(ClientSocket.Failure) {
        guard options.authorityFile != nil || options.authorityFolder != nil else {
            return try set("Failed to use default CA paths") { () throws(TLSFailure) in
                try context.trustSystem()
            }
        }
        try set("Invalid CA Certificate File/Directory") { () throws(TLSFailure) in
            try context.trust(file: options.authorityFile, folder: options.authorityFolder)
        }
    }

    private func setCiphers(_ options: TLSOptions) throws(ClientSocket.Failure) {
        if let list = options.ciphers {
            try set("Error while configuring ciphers") { () throws(TLSFailure) in
                try context.setCiphers(list)
            }
        }
        if let list = options.suites {
            try set("Error while setting cypher suites") { () throws(TLSFailure) in
                try context.setSuites(list)
            }
        }
    }

    private func set(
        _ problem: String, _ body: () throws(TLSFailure) -> Void
    ) throws(ClientSocket.Failure) {
        do throws(TLSFailure) { try body() } catch { throw ClientSocket.Failure(setup: problem) }
    }

    /// The client's end of a new connection.
    func session() throws(ClientSocket.Failure) -> TLSSession {
        do throws(TLSFailure) {
            return try TLSSession(context, as: .client, serverName: serverName)
        } catch {
            throw ClientSocket.Failure(setup: "Failed to create SSL object")
        }
    }
}
