import CLI
import ClusterAdmin
import Lab
import LabBackends

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `redis-cli --cluster …` with real connections.
enum ClusterVerbs {
    /// Runs the verb that redis-cli's command line names.
    /// - Returns: redis-cli's exit code.
    static func run(_ options: VerbOptions, _ output: CLIOutput) -> Int32 {
        defer { output.flush() }
        let client: TLSClient?
        do throws(ClientSocket.Failure) {
            client = try options.tls.map { options throws(ClientSocket.Failure) in
                try TLSClient(options)
            }
        } catch {
            output.complain("TLS Error: \(error.reason)\n")
            return ExitStatus.failure.rawValue
        }
        return run(options, by: client, output)
    }

    private static func run(
        _ options: VerbOptions, by client: TLSClient?, _ output: CLIOutput
    ) -> Int32 {
        ClusterManager.run(
            options,
            in: Surroundings(
                // As long as the system itself tries.
                connect: { address throws(LabError) in
                    try ClientNetwork.connection(
                        to: address, by: client, timeout: .seconds(130))
                },
                obstacle: obstacle,
                resolve: { ClientNetwork.address(of: $0) ?? ipAddress(of: $0) },
                standardOutput: { bytes in
                    output.print(bytes)
                    // Dots come one by one.
                    if output.isTerminal { output.flush() }
                },
                standardError: output.complain,
                readLine: { () throws(LabError) in
                    output.flush()
                    return try readTypedLine()
                },
                sleep: { duration throws(LabError) in
                    output.flush()
                    try pause(duration)
                },
                unixTime: { UInt32(truncatingIfNeeded: time(nil)) },
                environment: { name in getenv(name).map { String(cString: $0) } }))
    }

    /// A second is long for a port of one's own network.
    private static func obstacle(_ address: NodeAddress) throws(LabError) -> String? {
        do throws(LabError) {
            try ClientNetwork.connection(to: address, timeout: .seconds(1)).close()
            return nil
        } catch {
            switch error {
            case .interrupted: throw error
            case .refused(_, let reason): return reason
            default: return "\(error)"
            }
        }
    }

    /// The first address of a host, in digits.
    private static func ipAddress(of host: String) -> String? {
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, nil, &found) == 0, let first = found else { return nil }
        defer { freeaddrinfo(first) }
        let size = 64
        var digits = [CChar](repeating: 0, count: size)
        let status = getnameinfo(
            first.pointee.ai_addr, first.pointee.ai_addrlen, &digits, socklen_t(size), nil, 0,
            NI_NUMERICHOST)
        guard status == 0 else { return nil }
        return String(decoding: digits.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }

    private static func readTypedLine() throws(LabError) -> String? {
        var bytes: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            // One at a time: what follows the line is for whoever reads next.
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { throw .interrupted }
            guard count > 0 else { break }
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static func pause(_ duration: Duration) throws(LabError) {
        let milliseconds = Int32(duration / .milliseconds(1))
        if poll(nil, 0, milliseconds) < 0 { throw .interrupted }
    }
}
