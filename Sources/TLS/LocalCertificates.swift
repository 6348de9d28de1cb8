import COpenSSL

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An authority of one's own in a folder, with a certificate for nodes and one for clients: for use on one's own
/// machines, in place of what a company's authority would issue.
package struct LocalCertificates: Hashable, Sendable {
    package let folder: String

    /// The files, by the names that Redis' own script gives them.
    package enum File: String, CaseIterable, Sendable {
        case authority = "ca.crt"
        case authorityKey = "ca.key"
        case server = "server.crt"
        case serverKey = "server.key"
        case client = "client.crt"
        case clientKey = "client.key"

        var isKey: Bool { rawValue.hasSuffix(".key") }
    }

    /// They could not be made.
    package struct Failure: Error, Hashable, Sendable {
        package let path: String
        package let reason: String
    }

    /// - Parameter folder: where they are, or are to be.
    package init(in folder: String) {
        self.folder = folder
    }

    package func path(_ file: File) -> String { "\(folder)/\(file.rawValue)" }

    /// The files that are there already.
    package var existing: [File] { File.allCases.filter { access(path($0), F_OK) == 0 } }

    /// Makes all of them anew.
    /// - Parameters:
    ///   - hosts: names and addresses by which the nodes are known besides this machine's own `localhost`.
    ///   - days: how long they hold.
    package func make(hosts: [String] = [], days: Int = Self.standardDays) throws(Failure) {
        do throws(TLSFailure) {
            try OpenSSL.load()
        } catch {
            throw Failure(path: folder, reason: error.text)
        }
        try makeFolder()
        let authority = try issue(OPENSSL_AUTHORITY, "Certificate Authority", days: days)
        let server = try issue(
            OPENSSL_NODE, "Server", names: Self.alternativeNames(hosts), by: authority, days: days)
        let client = try issue(OPENSSL_CLIENT, "Client", by: authority, days: days)
        for (identity, certificate, key) in [
            (authority, File.authority, File.authorityKey), (server, .server, .serverKey),
            (client, .client, .clientKey),
        ] {
            try write(identity, to: certificate)
            try write(identity, to: key)
        }
    }

    /// Ten years, as Redis' own script has it.
    package static let standardDays = 3650

    /// What OpenSSL takes: `DNS:localhost,IP:127.0.0.1`.
    static func alternativeNames(_ hosts: [String]) -> String {
        (["localhost", "127.0.0.1", "::1"] + hosts).map { host in
            isAddress(host) ? "IP:\(host)" : "DNS:\(host)"
        }.joined(separator: ",")
    }

    private static func isAddress(_ host: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
    }

    private func makeFolder() throws(Failure) {
        var path = ""
        for (index, part) in folder.split(separator: "/").enumerated() {
            path += index > 0 || folder.hasPrefix("/") ? "/\(part)" : "\(part)"
            if mkdir(path, 0o755) != 0, errno != EEXIST { throw failure(path) }
        }
    }

    private func issue(
        _ purpose: openssl_purpose, _ name: String, names: String? = nil,
        by issuer: Identity? = nil,
        days: Int
    ) throws(Failure) -> Identity {
        let identity = withExtendedLifetime(issuer) {
            openssl_identity_create(purpose, "clusterlab", name, names, issuer?.pointer, days)
        }
        guard let identity else { throw Failure(path: folder, reason: TLSFailure().text) }
        return Identity(pointer: identity)
    }

    /// Beside the file and renamed, so that nobody sees half of it. Keys are for their owner only.
    private func write(_ identity: Identity, to file: File) throws(Failure) {
        guard let text = identity.text(isKey: file.isKey) else {
            throw Failure(path: path(file), reason: TLSFailure().text)
        }
        let temporary = path(file) + ".new"
        let mode: mode_t = file.isKey ? 0o600 : 0o644
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path(file)) }
        let count = text.withUnsafeBytes { Self.writeBytes(descriptor, $0) }
        let isClosed = close(descriptor) == 0
        guard count == text.count, isClosed, rename(temporary, path(file)) == 0 else {
            throw failure(path(file))
        }
    }

    private static func writeBytes(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Int(writeToFile(file, bytes.baseAddress, bytes.count))
    }

    private func failure(_ path: String) -> Failure {
        Failure(path: path, reason: String(cString: strerror(errno)))
    }
}

/// The system's `write`, which a method's name hides.
private func writeToFile(_ file: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, start, count)
}

/// A certificate with its key.
private final class Identity {
    let pointer: OpaquePointer

    init(pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        openssl_identity_free(pointer)
    }

    /// As PEM.
    func text(isKey: Bool) -> [UInt8]? {
        var count = 0
        guard let text = openssl_identity_text(pointer, isKey, &count), count > 0 else {
            return nil
        }
        defer { free(text) }
        return text.withMemoryRebound(to: UInt8.self, capacity: count) {
            Array(UnsafeBufferPointer(start: $0, count: count))
        }
    }
}
