import CLI
import Lab
import LabBackends
import RESP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CLISystem {
    /// This process: its streams, its environment, and the network.
    static var process: CLISystem {
        CLISystem(
            connect: { endpoint throws(StreamFailure) in
                try SocketStream(endpoint) { host, port throws(ClientSocket.Failure) in
                    try ClientNetwork.socket(host: host, port: port, timeout: nil)
                }
            },
            variable: { name in getenv(name).map { String(cString: $0) } },
            isInputTerminal: isatty(STDIN_FILENO) == 1 && !ClientNetwork.isWithoutTerminal,
            isOutputTerminal: isatty(STDOUT_FILENO) == 1 && !ClientNetwork.isWithoutTerminal,
            readInput: readInput,
            pause: { duration in
                let (seconds, attoseconds) = duration.components
                var time = timespec(
                    tv_sec: time_t(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
                nanosleep(&time, nil)
            },
            runCluster: ClusterVerbs.run, ownCommands: ownCommands)
    }

    /// A node of a simulated lab knows them, and needs no port.
    private static func ownCommands() -> RESPValue? {
        let plan = ClusterPlan(masters: 1, replicas: 0, isEmpty: true)
        guard let lab = try? SimulatedLab().start(plan), let node = lab.nodes.first else {
            return nil
        }
        defer { lab.shutDown() }
        return try? lab.connect(to: node).send("COMMAND", "DOCS")
    }

    private static func readInput(_ count: Int) throws(StreamFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = read(STDIN_FILENO, &bytes, count)
        guard received < 0 else { return Array(bytes.prefix(received)) }
        throw StreamFailure(
            kind: errno == EINTR ? .interrupted : .other,
            reason: String(cString: strerror(errno)))
    }
}
