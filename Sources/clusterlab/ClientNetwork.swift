import Lab
import LabBackends
import LabHost
import NodeServer

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The network as redis-cli sees it in this process: the machine's, or that of a container of the lab.
enum ClientNetwork {
    private static let variable = "CLUSTERLAB_CONTAINER"

    /// The `ContainerPlace` as whoever started this process has told it.
    static var text: String? { getenv(variable).map { String(cString: $0) } }

    /// Whether it has been told.
    static var isGiven: Bool { text != nil }

    private static let place = text.flatMap(ContainerPlace.init)

    /// Whether a container's program that was given no terminal runs at one all the same.
    static var isWithoutTerminal: Bool { place?.hasTerminal == false }

    /// Tells it to the program that this process becomes.
    static func hand(on text: String?) {
        guard let text else {
            unsetenv(variable)
            return
        }
        setenv(variable, text, 1)
        guard let place = ContainerPlace(text) else { return }
        // Docker says what kind of terminal it is only where there is one.
        if !place.hasTerminal { unsetenv("TERM") }
        if !place.hasInput {
            let nothing = open("/dev/null", O_RDONLY)
            dup2(nothing, STDIN_FILENO)
        }
    }

    /// Opens a connection to what is called `host` here.
    static func socket(
        host: String, port: Int, timeout: Duration?
    ) throws(ClientSocket.Failure) -> ClientSocket {
        switch place?.route(to: host) ?? .direct {
        case .direct: try ClientSocket(host: host, port: port, timeout: timeout)
        case .to(let real, let source):
            try ClientSocket(host: real, port: port, from: source, timeout: timeout)
        case .unreachable: throw ClientSocket.Failure(code: EHOSTUNREACH)
        }
    }

    /// The same, to speak RESP.
    static func connection(
        to address: NodeAddress, by client: TLSClient? = nil, timeout: Duration
    ) throws(LabError) -> RESPConnection {
        try RESPConnection(to: address) { () throws(ClientSocket.Failure) in
            var socket = try socket(host: address.host, port: address.port, timeout: timeout)
            if let client { try socket.secure(by: client, timeout: timeout) }
            return socket
        }
    }

    /// The address of a name that the container's network knows.
    static func address(of name: String) -> String? { place?.address(of: name) }
}
