import ClusterAdmin
package import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `redis-cli --cluster …` for those who type without a terminal: transcripts of solutions.
package enum TranscriptVerbs {
    /// The lines that redis-cli prints, standard error among them. Standard input has ended: a question is
    /// answered by `--cluster-yes` or not at all.
    package static func lines(
        _ arguments: [String], on cluster: any LabCluster
    ) throws(LabError) -> [String] {
        var printed: [UInt8] = []
        let output = CLIOutput(
            isTerminal: false, write: { printed += $0 }, writeError: { printed += $0 })
        let system = system(cluster)
        do throws(CLIExit) {
            let options = try CLIOptions.parse(arguments.map { Array($0.utf8) }, on: system)
            var session = CLISession(options: options, system: system, output: output)
            _ = try session.run()
            output.flush()
        } catch {
            output.end(error)
        }
        let text = String(decoding: printed, as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    private static func system(_ cluster: any LabCluster) -> CLISystem {
        CLISystem(
            connect: { endpoint throws(StreamFailure) in try cluster.openStream(to: endpoint) },
            variable: { _ in nil }, isInputTerminal: false, isOutputTerminal: false,
            readInput: { _ throws(StreamFailure) in [] }, pause: { _ in },
            runCluster: { options, output in
                ClusterManager.run(options, in: surroundings(cluster, output))
            })
    }

    private static func surroundings(
        _ cluster: any LabCluster, _ output: CLIOutput
    ) -> Surroundings {
        Surroundings(
            connect: { address throws(LabError) in try cluster.connect(to: address) },
            obstacle: { address throws(LabError) in try obstacle(address, in: cluster) },
            resolve: { $0 == "localhost" ? "127.0.0.1" : $0 },
            standardOutput: output.print, standardError: output.complain,
            readLine: { () throws(LabError) in nil },
            sleep: { duration throws(LabError) in try cluster.pass(duration) },
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
