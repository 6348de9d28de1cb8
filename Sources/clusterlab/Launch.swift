import ArgumentParser
import Lab
import LabHost
import NodeServer

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the lab's redis-server, redis-cli and docker are: a word with the running lab.
struct Launch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the running lab for a program.", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough)
    var arguments: [String] = []

    func run() throws {
        guard !arguments.isEmpty else { throw ValidationError("launch wants a program.") }
        if arguments[0] == "redis-cli" { try becomeRedisCLI() }
        let signals = TerminationSignals(sparesIgnored: true)
        let client = try connect()
        signals.handle { client.signal($0 == SIGINT ? "SIGINT" : "SIGTERM") }
        var status: Int32 = 1
        var program: [String] = []
        var container: String?
        client.run { event in
            switch event {
            case .output(let bytes): StandardOutput.output.write(bytes)
            case .error(let bytes): StandardOutput.error.write(bytes)
            case .exit(let code): status = code
            case .become(let words, let address): (program, container) = (words, address)
            case .lost: StandardOutput.error.write("clusterlab: the lab has ended\n")
            }
        }
        if !program.isEmpty { try Programs.become(program, inContainer: container) }
        Programs.leave(status)
    }

    /// Of the lab redis-cli only wants to know where the containers are. Without a lab there are none.
    private func becomeRedisCLI() throws -> Never {
        var place: String?
        var question = ControlRequest()
        question.arguments = ["redis-cli"]
        if !ClientNetwork.isGiven, let socket = Self.socket,
            let client = try? ControlClient(path: socket, request: question)
        {
            client.run { event in
                if case .become(_, let text) = event { place = text }
            }
        }
        try Programs.become(arguments, inContainer: place ?? ClientNetwork.text)
    }

    private func connect() throws -> ControlClient {
        guard let socket = Self.socket else {
            throw LabError.unsupported(
                "no lab is running. In another terminal type ./lab play, or ./lab up.")
        }
        do throws(LabError) {
            return try ControlClient(path: socket, request: request)
        } catch {
            throw LabError.unsupported(
                """
                the lab that this terminal was set up for has ended (\(error)). Open one with ./lab play in \
                another terminal, then type here: eval "$(clusterlab env)"
                """)
        }
    }

    private static var socket: String? {
        getenv("CLUSTERLAB_SOCKET").map { String(cString: $0) } ?? LabPlaces().running.first?.socket
    }

    private var request: ControlRequest {
        var request = ControlRequest()
        request.arguments = arguments
        request.folder = workingFolder()
        request.processID = Int(getpid())
        for name in ["HOME", "USER", "TERM", "COLUMNS"] {
            request.variables[name] = getenv(name).map { String(cString: $0) }
        }
        if arguments.first == "redis-server", arguments.contains("-") {
            request.input = Programs.standardInput()
        }
        return request
    }
}
