import CLI
import ClusterAdmin
import Lab
import RESP

/// A server that answers each command from a script, for sessions without a network.
final class ScriptedServer {
    /// What is answered to a line; nil closes the connection.
    private let answer: (String) -> String?
    /// What was asked, a line each, over all connections.
    private(set) var asked: [String] = []
    /// Where connections went.
    private(set) var endpoints: [String] = []
    /// What `--cluster` was to do.
    private(set) var verb: VerbOptions?
    /// What redis-cli knows of commands where no server tells.
    var ownCommands: RESPValue?
    private var output = ""
    private var complaints = ""

    init(_ answer: @escaping (String) -> String?) {
        self.answer = answer
    }

    /// What a run of redis-cli left.
    struct Run: Hashable {
        var status: Int32
        var output: String
        var complaints = ""
    }

    /// Runs redis-cli with the arguments of a line.
    func run(
        _ arguments: String, input: String = "", variables: [String: String] = [:]
    ) -> Run {
        var rest = Array(input.utf8)[...]
        let system = CLISystem(
            connect: { [self] endpoint throws(StreamFailure) in
                endpoints.append(endpoint.description)
                if endpoint == .tcp(host: "127.0.0.1", port: 1) {
                    throw StreamFailure(reason: "Connection refused")
                }
                return Connection(self)
            },
            variable: { variables[$0] }, isInputTerminal: false, isOutputTerminal: false,
            readInput: { count throws(StreamFailure) in
                defer { rest = rest.dropFirst(count) }
                return Array(rest.prefix(count))
            },
            pause: { _ in },
            runCluster: { [self] options, _ in
                verb = options
                return 0
            },
            ownCommands: { [self] in ownCommands })
        let cliOutput = CLIOutput(
            isTerminal: false,
            write: { [self] in output += String(decoding: $0, as: UTF8.self) },
            writeError: { [self] in complaints += String(decoding: $0, as: UTF8.self) })
        let words = arguments.split(separator: " ").map { Array($0.utf8) }
        let status = CLISession.run(words, on: system, output: cliOutput)
        return Run(status: status, output: output, complaints: complaints)
    }

    private final class Connection: ByteStream {
        private let server: ScriptedServer
        private var parser = RequestReader()
        private var replies: [UInt8] = []
        private var isClosed = false

        init(_ server: ScriptedServer) { self.server = server }

        func send(_ bytes: ArraySlice<UInt8>) -> Int {
            for words in parser.requests(in: bytes) {
                let line = words.joined(separator: " ")
                server.asked.append(line)
                if let answer = server.answer(line) {
                    replies += Array(answer.utf8)
                } else {
                    isClosed = true
                }
            }
            return bytes.count
        }

        func receive(atMost count: Int) -> [UInt8]? {
            if replies.isEmpty { return isClosed ? [] : nil }
            defer { replies.removeFirst(min(count, replies.count)) }
            return Array(replies.prefix(count))
        }

        func wait(for events: StreamEvents, timeout: Duration?) -> StreamEvents { events }
        func close() {}
    }

    /// A request is a reply's array, too.
    private struct RequestReader {
        private var parser = RESPParser()

        mutating func requests(in bytes: ArraySlice<UInt8>) -> [[String]] {
            parser.append(bytes)
            var requests: [[String]] = []
            while let request = try? parser.next() {
                requests.append((request.elements ?? []).compactMap(\.text))
            }
            return requests
        }
    }
}
