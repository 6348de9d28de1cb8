import COpenSSL

/// What connections of one kind have in common: certificates, whom they trust, what they may speak.
///
/// It is set up by one thread and then only used. Sessions of several threads may use it at once.
package final class TLSContext: Sendable {
    /// OpenSSL's own structure, which counts its users with a lock. A number may go from thread to thread.
    private let address: UInt

    /// The versions of the protocol that may be spoken.
    package struct Versions: OptionSet, Hashable, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }

        package static let tls1 = Versions(rawValue: OPENSSL_TLS1)
        package static let tls1_1 = Versions(rawValue: OPENSSL_TLS1_1)
        package static let tls1_2 = Versions(rawValue: OPENSSL_TLS1_2)
        package static let tls1_3 = Versions(rawValue: OPENSSL_TLS1_3)
        package static let all: Versions = [.tls1, .tls1_1, .tls1_2, .tls1_3]
    }

    /// What becomes of the certificate at the other end.
    package enum Verification: Hashable, Sendable {
        case none
        /// One that is there has to be right.
        case optional
        case required

        var isOn: Bool { self != .none }
        var isRequired: Bool { self == .required }
    }

    /// A context without a certificate, which trusts nobody.
    package init(
        _ versions: Versions, isClientOnly: Bool, _ verification: Verification
    ) throws(TLSFailure) {
        try OpenSSL.load()
        guard let context = openssl_context_create(isClientOnly, Int32(versions.rawValue)) else {
            throw TLSFailure()
        }
        address = UInt(bitPattern: context)
        openssl_context_verify(context, verification.isOn, verification.isRequired)
    }

    deinit {
        openssl_context_free(pointer)
    }

    var pointer: OpaquePointer? { OpaquePointer(bitPattern: address) }

    // MARK: - Setting it up

    /// Shows the certificate of a file, with the chain that leads to it.
    package func useCertificate(_ file: String) throws(TLSFailure) {
        try check(openssl_context_use_certificate(pointer, file))
    }

    /// Takes the certificate's key from a file, which may want a password.
    package func useKey(_ file: String, password: String?) throws(TLSFailure) {
        try check(openssl_context_use_key(pointer, file, password))
    }

    /// Trusts the authorities of a file and those of a folder.
    package func trust(file: String?, folder: String?) throws(TLSFailure) {
        try check(openssl_context_trust(pointer, file, folder))
    }

    /// Trusts whom the system trusts.
    package func trustSystem() throws(TLSFailure) {
        try check(openssl_context_trust_system(pointer))
    }

    /// Which ciphers may be used up to version 1.2, the best first.
    package func setCiphers(_ list: String) throws(TLSFailure) {
        try check(openssl_context_set_ciphers(pointer, list))
    }

    /// Which suites may be used from version 1.3 on, the best first.
    package func setSuites(_ list: String) throws(TLSFailure) {
        try check(openssl_context_set_suites(pointer, list))
    }

    /// Keeps so many sessions for so many seconds, for clients that come again; nil for none.
    package func keepSessions(_ limits: (count: Int, seconds: Int)?) {
        openssl_context_cache(pointer, limits != nil, limits?.count ?? 0, limits?.seconds ?? 0)
    }

    /// What only matters for accepting connections.
    /// - Parameter choosesDiffieHellman: whether no file has the parameters.
    package func serve(prefersOwnCiphers: Bool, choosesDiffieHellman: Bool) {
        openssl_context_serve(pointer, prefersOwnCiphers, choosesDiffieHellman)
    }

    /// How the parameters of a file could be taken.
    package enum DiffieHellman: Error {
        case unreadable
        case refused(TLSFailure)
    }

    /// Takes the parameters of the Diffie-Hellman exchange from a file.
    package func useDiffieHellman(_ file: String) throws(DiffieHellman) {
        switch openssl_context_use_dh(pointer, file) {
        case OPENSSL_DH_USED: return
        case OPENSSL_DH_UNREADABLE: throw .unreadable
        default: throw .refused(TLSFailure())
        }
    }

    private func check(_ isDone: Bool) throws(TLSFailure) {
        if !isDone { throw TLSFailure() }
    }
}
