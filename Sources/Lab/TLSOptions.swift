/// How a client speaks TLS: what redis-cli's options of these names say. A value that whoever opens connections can hand
/// on; without a file an option is nil.
package struct TLSOptions: Hashable, Sendable {
    /// The name that the server is asked for (`--sni`).
    package var serverName: String?
    /// Whom to trust, in a file or a folder of certificates (`--cacert`, `--cacertdir`); without either, whom the system
    /// trusts.
    package var authorityFile: String?
    package var authorityFolder: String?
    /// Whether any server will do (`--insecure`).
    package var skipsVerification = false
    /// What the client shows (`--cert`, `--key`).
    package var certificateFile: String?
    package var keyFile: String?
    /// Up to TLS 1.2 (`--tls-ciphers`), and from 1.3 on (`--tls-ciphersuites`).
    package var ciphers: String?
    package var suites: String?

    package init() {}
}
