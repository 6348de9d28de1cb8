import ClusterAdmin
package import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `redis-cli` as a program for prompts that have no shell to run one: its `--cluster` verbs and what else is no prompt.
package enum InlineCLI {
    /// Runs it to its end.
    /// - Parameters:
    ///   - write: takes what it prints, standard error among it.
    ///   - readLine: answers its questions; nil where standard input has ended, so that only `--cluster-yes` does.
    /// - Returns: redis-cli's exit code.
    package static func run(
        _ arguments: [[UInt8]], on cluster: any LabCluster, write: @escaping ([UInt8]) -> Void,
        readLine: @escaping () throws(LabError) -> String? = { () throws(LabError) in nil }
    ) -> Int32 {
        let output = CLIOutput(isTerminal: false, write: write, writeError: write)
        let system = system(cluster, readLine)
        defer { output.flush() }
        do throws(CLIExit) {
            let options = try CLIOptions.parse(arguments, on: system)
            var session = CLISession(options: options, system: system, output: output)
            return try session.run()
        } catch {
            output.end(error)
            return error.status
        }
    }

    private static func system(
        _ cluster: any LabCluster, _ readLine: @escaping () throws(LabError) -> String?
    ) -> CLISystem {
        CLISystem(
            connect: { endpoint throws(StreamFailure) in try cluster.openStream(to: endpoint) },
            variable: { _ in nil }, isInputTerminal: false, isOutputTerminal: false,
            readInput: { _ throws(StreamFailure) in [] }, pause: { _ in },
            runCluster: { options, output in
                ClusterManager.run(options, in: surroundings(cluster, output, readLine))
            })
    }

    private static func surroundings(
        _ cluster: any LabCluster, _ output: CLIOutput,
        _ readLine: @escaping () throws(LabError) -> String?
    ) -> Surroundings {
        Surroundings(
            connect: { address throws(LabError) in try cluster.connect(to: address) },
            obstacle: { address throws(LabError) in try obstacle(address, in: cluster) },
            resolve: { $0 == "localhost" ? "127.0.0.1" : $0 },
            standardOutput: output.print, standardError: output.complain,
            readLine: { () throws(LabError) in
                output.flush()
                return try readLine()
            },
            sleep: { duration throws(LabError) in
                output.flush()
                try cluster.pass(duration)
            },
            unixTime: { UInt32(truncatingIfNeeded: time(nil)) }, environment: { _ in nil })
    }

    private static func obstacle(
        _ address: NodeAddress, in cluster: any LabCluster
    ) throws(LabError) -> String? {
        do throws(LabError) {
            try cluster.connect(to: address).close()
            return nil
        } catch {
            switch error {
            case .interrupted: throw error
            case .refused(_, let reason): return reason
            default: return "\(error)"
            }
        }
    }
}
