import Foundation
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// TLS between this program and the real ones, either way.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(
        if: RedisCLI.hasTLS && RedisServer.isInstalled && ServerProgram.labPath != nil,
        "redis-cli is not installed, or has no TLS: there is nothing to try with"))
struct TLSConformanceTests {
    /// A server of each kind, with the same certificates.
    private final class Servers {
        let files: TestCertificates
        let strangers: TestCertificates
        let ports: [Int]
        private var programs: [ServerProgram] = []
        private let folders: [TemporaryFolder]

        init(_ arguments: [String] = []) throws {
            files = try TestCertificates()
            strangers = try TestCertificates()
            let first = try FreePorts(count: 2).first
            ports = [first, first + 1]
            folders = try [TemporaryFolder(), TemporaryFolder()]
            for (kind, index) in [(ServerProgram.Kind.redis, 0), (.lab, 1)] {
                programs.append(
                    try ServerProgram(
                        kind,
                        files.serverArguments(port: ports[index])
                            + ["--save", "", "--logfile", "log"] + arguments,
                        in: folders[index].path))
            }
            for port in ports { _ = try connect(port) }
        }

        /// A client of a server, as soon as there is one.
        func connect(_ port: Int) throws -> RESPConnection {
            try waitFor("a server at \(port)", within: .seconds(20)) {
                try? files.connect(to: NodeAddress(port: port))
            }
        }

        func log(_ index: Int) throws -> String {
            try String(contentsOfFile: folders[index].path + "/log", encoding: .utf8)
        }
    }

    @Test func `both clients say the same to both servers, whatever the options`() throws {
        let servers = try Servers()
        let own = "--tls --cacert %OWN%/ca.crt"
        let known = own + " --cert %OWN%/client.crt --key %OWN%/client.key"
        let lines = [
            "\(known) ECHO hello", "\(known) --sni localhost ECHO hello",
            "--tls --insecure --cert %OWN%/client.crt --key %OWN%/client.key ECHO hello",
            "--tls ECHO hello", "--tls --cacert %OTHER%/ca.crt ECHO hello",
            "--tls --cacert /missing ECHO hello", "--tls --cacertdir %OTHER% ECHO hello",
            "\(own) --cert /missing ECHO hello", "\(known) --key %OTHER%/client.key ECHO hello",
            "\(known) --tls-ciphers nonsense ECHO hello",
            "\(known) --tls-ciphers ECDHE-ECDSA-AES256-GCM-SHA384 ECHO hello",
            "\(known) --tls-ciphersuites nonsense ECHO hello",
            "\(known) --tls-ciphersuites TLS_AES_128_GCM_SHA256 ECHO hello",
            "\(known) -r 3 INCR n", "\(known) -u rediss://127.0.0.1:%PORT%/0 ECHO hello",
            "-u rediss://127.0.0.1:%PORT% --cacert /missing ECHO hello", "\(known) --tls-ciphers",
            "\(known) --cluster info 127.0.0.1:%PORT%",
            "--cluster info 127.0.0.1:%PORT% --tls --cacert /missing",
            "--cluster info 127.0.0.1:%PORT% --tls --cacert %OTHER%/ca.crt",
        ]
        for line in lines {
            let outcomes = try servers.ports.flatMap { port in
                try RedisCLI.Program.allCases.map { program in
                    let arguments = line.replacing("%OWN%", with: servers.files.folder)
                        .replacing("%OTHER%", with: servers.strangers.folder)
                        .replacing("%PORT%", with: "\(port)").split(separator: " ")
                    if line.contains("INCR") {
                        _ = try servers.connect(port).send("DEL", "n")
                    }
                    let outcome = try RedisCLI.run(
                        ["-p", "\(port)"] + arguments.map(String.init), of: program)
                    return outcome.with(text: outcome.text.replacing("\(port)", with: "PORT"))
                }
            }
            #expect(Set(outcomes).count == 1, "\(line): \(outcomes)")
        }
    }

    @Test func `parameters have the same values, and are refused in the same words`() throws {
        let servers = try Servers()
        let clients = try servers.ports.map { try servers.connect($0) }
        let lines = [
            "CONFIG GET tls-*", "CONFIG SET tls-cert-file /missing", "CONFIG GET tls-cert-file",
            "CONFIG SET tls-cert-file \"\"", "CONFIG SET tls-protocols tlsv1.9",
            "CONFIG SET tls-protocols TLSv1.3", "CONFIG SET tls-ciphers nonsense",
            "CONFIG SET tls-ciphersuites nonsense", "CONFIG SET tls-dh-params-file /missing",
            "CONFIG SET tls-auth-clients maybe", "CONFIG SET tls-auth-clients optional",
            "CONFIG SET tls-session-caching no tls-session-cache-size 10",
            "CONFIG SET tls-session-cache-timeout x", "CONFIG SET tls-prefer-server-ciphers yes",
            "CONFIG SET tls-port 70000", "CONFIG SET cluster-announce-tls-port 70000",
            "CONFIG SET tls-ca-cert-file \"\" tls-auth-clients yes", "CONFIG GET tls-*",
        ]
        for line in lines {
            let replies = try clients.map { client in
                try client.send(splitArguments(Array(line.utf8)) ?? [])
            }
            let (redis, lab) = (
                normal(replies[0], of: servers, 0), normal(replies[1], of: servers, 1)
            )
            #expect(redis == lab, "\(line)")
        }
        let warnings = try (0...1).map { index in
            try servers.log(index).split(separator: "\n").filter { $0.contains(" # ") }
                .compactMap { $0.split(separator: " # ", maxSplits: 1).last }
                .filter { !$0.contains("Redis") && !$0.contains("overcommit") }
        }
        let shared = warnings[0].filter { $0.contains("tls") || $0.contains("Failed") }
        #expect(!shared.isEmpty)
        for line in shared { #expect(warnings[1].contains(line), "\(line)") }
    }

    /// CONFIG GET as sorted lines, without the port; another reply as it is.
    private func normal(_ reply: RESPValue, of servers: Servers, _ index: Int) -> [String] {
        guard let elements = reply.elements else { return ["\(reply)"] }
        let lines = stride(from: 0, to: elements.count - 1, by: 2).map { place in
            "\(elements[place].text ?? "") \(elements[place + 1].text ?? "")"
        }
        return lines.map { $0.replacing("\(servers.ports[index])", with: "PORT") }.sorted()
    }

    @Test func `a server without certificates does not start, and says why`() throws {
        let files = try TestCertificates()
        let whole = files.serverArguments(port: 1)
        let wrong = [
            ["--tls-port", "1"], ["--tls-port", "1", "--tls-cert-file", "/missing"],
            ["--tls-port", "1", "--tls-cert-file", "/missing", "--tls-key-file", "/missing"],
            Array(whole.dropLast(2)), whole + ["--tls-key-file", "/missing"],
            whole + ["--tls-ca-cert-file", "/missing"], whole + ["--tls-protocols", "x"],
            whole + ["--tls-dh-params-file", "/missing"],
            whole + ["--tls-dh-params-file", "\(files.folder)/ca.crt"], ["--port", "0"],
        ]
        for arguments in wrong {
            let texts = try [ServerProgram.Kind.redis, .lab].map { kind in
                let folder = try TemporaryFolder()
                let program = try ServerProgram(kind, arguments, in: folder.path)
                let text = program.outputToEnd().split(separator: "\n").compactMap { line in
                    line.split(separator: " # ", maxSplits: 1).last
                }.suffix(arguments.count > 2 || arguments[0] == "--tls-port" ? 2 : 1)
                return "\(program.status) \(text)"
            }
            #expect(texts[0] == texts[1], "\(arguments)")
        }
    }

    @Test(.enabled("redis-benchmark is not installed") { RedisBenchmark.path != nil })
    func `redis-benchmark gets all its answers`() throws {
        let servers = try Servers()
        let outcome = try RedisBenchmark.run(
            ["-p", "\(servers.ports[1])", "-t", "set,get", "-n", "20000", "-P", "16", "-q"]
                + servers.files.clientArguments)
        #expect(outcome.contains("SET: ") && outcome.contains("GET: "), "\(outcome)")
        #expect(try servers.connect(servers.ports[1]).send("DBSIZE") == .integer(1))
    }

    @Test(.enabled("python3 cannot import redis (pip install redis)") { Python.hasRedis })
    func `redis-py's cluster client works with ssl`() throws {
        let files = try TestCertificates()
        let cluster = try InProcessLab().start(
            ClusterPlan(
                port: try FreePorts(count: 6).first,
                tls: ClusterPlan.TLS(certificates: files.folder)))
        defer { cluster.shutDown() }
        let (status, output) = try Python.run(
            Self.program, arguments: ["\(cluster.nodes[0].port)", files.folder])
        #expect(status == 0)
        #expect(output == "300 b'299'\nrefused\n", "redis-py")
    }

    private static let program = """
        import sys
        import redis
        from redis.cluster import RedisCluster
        port, folder = int(sys.argv[1]), sys.argv[2]
        secure = dict(ssl=True, ssl_ca_certs=folder + "/ca.crt", ssl_certfile=folder + "/client.crt",
                      ssl_keyfile=folder + "/client.key")
        cluster = RedisCluster(host="localhost", port=port, **secure)
        for number in range(300):
            cluster.set("key:%d" % number, number)
        print(sum(1 for _ in cluster.scan_iter("key:*")), cluster.get("key:299"))
        try:
            redis.Redis(host="localhost", port=port, ssl=True, ssl_ca_certs=folder + "/ca.crt").ping()
        except redis.exceptions.ConnectionError:
            print("refused")
        """
}
