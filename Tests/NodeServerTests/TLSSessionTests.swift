import Foundation
import TLS
import TestSupport
import Testing

/// Two ends of TLS in memory: whatever one gives out is given to the other.
struct TLSSessionTests {
    private let files: TemporaryFolder

    init() throws {
        files = try TemporaryFolder()
    }

    private var certificates: LocalCertificates { LocalCertificates(in: files.path + "/a/b") }

    @Test func `both ends meet, and what one says the other hears`() throws {
        try certificates.make()
        let pair = try Pair(certificates, clientTrusts: certificates)
        #expect(pair.meet() == (.done, .done))
        let text = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(text.withUnsafeBytes { pair.client.write($0) } == nil)
        Pair.carry(from: pair.client, to: pair.server)
        #expect(Pair.hear(pair.server) == (text, .needsMore))
        pair.client.shutDown()
        Pair.carry(from: pair.client, to: pair.server)
        #expect(Pair.hear(pair.server) == ([], .closed))
    }

    @Test func `an end that just stops is told from one that says so`() throws {
        try certificates.make()
        let pair = try Pair(certificates, clientTrusts: certificates)
        #expect(pair.meet() == (.done, .done))
        pair.server.endInput()
        guard case ([], .failed(let failure)) = Pair.hear(pair.server) else {
            Issue.record("the end was not noticed")
            return
        }
        #expect(failure.reason == "unexpected eof while reading")
    }

    @Test func `a certificate of an unknown authority is refused at both ends`() throws {
        try certificates.make()
        let others = LocalCertificates(in: files.path + "/other")
        try others.make()
        let pair = try Pair(certificates, clientTrusts: others)
        let (client, server) = pair.meet()
        #expect(reason(client) == "certificate verify failed")
        #expect(reason(server)?.contains("unknown ca") == true)
    }

    @Test func `who shows no certificate is refused where one is required`() throws {
        try certificates.make()
        let pair = try Pair(certificates, clientTrusts: certificates, verifying: .required)
        #expect(reason(pair.meet().server) == "peer did not return a certificate")
        let lenient = try Pair(certificates, clientTrusts: certificates, verifying: .optional)
        #expect(lenient.meet() == (.done, .done))
    }

    @Test func `keys are for their owner only, and a file that is none is refused`() throws {
        try certificates.make(hosts: ["node.example", "10.0.0.1"])
        #expect(certificates.existing == LocalCertificates.File.allCases)
        let key = try FileManager.default.attributesOfItem(
            atPath: certificates.path(.serverKey))
        #expect(key[.posixPermissions] as? Int == 0o600)
        let context = try TLSContext(.all, isClientOnly: false, .none)
        #expect(throws: TLSFailure.self) {
            try context.useCertificate(certificates.path(.serverKey))
        }
        #expect(throws: TLSFailure.self) { try context.trust(file: "/missing", folder: nil) }
    }

    private func reason(_ progress: TLSSession.Progress) -> String? {
        guard case .failed(let failure) = progress else { return nil }
        return failure.reason
    }
}

/// A client and a server.
private struct Pair {
    let client: TLSSession
    let server: TLSSession

    init(
        _ certificates: LocalCertificates, clientTrusts trusted: LocalCertificates,
        verifying verification: TLSContext.Verification = .none
    ) throws {
        let own = try TLSContext(.all, isClientOnly: false, .none)
        try own.useCertificate(certificates.path(.server))
        try own.useKey(certificates.path(.serverKey), password: nil)
        try own.trust(file: certificates.path(.authority), folder: nil)
        let other = try TLSContext([.tls1_2], isClientOnly: true, .optional)
        try other.trust(file: trusted.path(.authority), folder: nil)
        client = try TLSSession(other, as: .client, serverName: "localhost")
        server = try TLSSession(own, as: .server, verifying: verification)
    }

    /// Lets them begin, until neither has anything to say.
    func meet() -> (client: TLSSession.Progress, server: TLSSession.Progress) {
        var (atClient, atServer) = (client.shakeHands(), TLSSession.Progress.needsMore)
        while client.waitingCount > 0 || server.waitingCount > 0 {
            Self.carry(from: client, to: server)
            if atServer == .needsMore { atServer = server.shakeHands() }
            Self.carry(from: server, to: client)
            if atClient == .needsMore { atClient = client.shakeHands() }
        }
        return (atClient, atServer)
    }

    static func carry(from source: TLSSession, to target: TLSSession) {
        var bytes = [UInt8](repeating: 0, count: source.waitingCount)
        let count = bytes.withUnsafeMutableBytes { source.take(into: $0) }
        bytes.prefix(count).withUnsafeBytes { target.receive($0) }
    }

    /// All that an end can read now, and why there is no more.
    static func hear(_ session: TLSSession) -> ([UInt8], TLSSession.Progress) {
        var heard: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 5000)
        while true {
            let (count, progress) = buffer.withUnsafeMutableBytes { session.read(into: $0) }
            heard += buffer.prefix(count)
            if progress != .done { return (heard, progress) }
        }
    }
}
