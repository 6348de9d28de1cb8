import CLI
import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CLISystem {
    /// For those who only read what a command line says.
    static var unconnected: CLISystem {
        CLISystem(
            connect: { _ throws(StreamFailure) in throw StreamFailure(reason: "not connected") },
            variable: { _ in nil }, isInputTerminal: false, isOutputTerminal: true,
            readInput: { _ throws(StreamFailure) in [] }, pause: { _ in }, runCluster: { _, _ in 1 }
        )
    }

    /// The machine as redis-cli finds it at the lab's prompt: connections are the lab's, replies are printed as on a
    /// terminal, and standard input belongs to the prompt.
    static func lab(_ cluster: any LabCluster) -> CLISystem {
        CLISystem(
            connect: { endpoint throws(StreamFailure) in try cluster.openStream(to: endpoint) },
            variable: { name in getenv(name).map { String(cString: $0) } },
            isInputTerminal: false, isOutputTerminal: true,
            readInput: { _ throws(StreamFailure) in [] },
            pause: { duration in
                let (seconds, attoseconds) = duration.components
                var time = timespec(
                    tv_sec: time_t(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
                nanosleep(&time, nil)
            },
            runCluster: { _, _ in 1 })
    }
}
