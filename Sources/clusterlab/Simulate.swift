import ArgumentParser
import LabBackends

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `clusterlab simulate`: clusters under seeded faults, in virtual time.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run clusters under seeded faults and check what must always hold.",
        discussion: """
            Each run is one cluster in virtual time: clients write, things go wrong, then everything is repaired \
            and the cluster has to recover. The seed decides everything: the same seed gives the same run. With \
            one run its trace is printed.
            """)

    @Option(help: "Nodes of each cluster, 3 to 1000.")
    var nodes: Int

    @Option(help: "The seed of the first run; the others follow.")
    var seed: UInt64 = 1

    @Option(help: "Runs.")
    var runs = 100

    @Option(
        help: ArgumentHelp(
            "Only these faults, separated by commas, or `none`: "
                + SimulationRuns.faultNames.joined(separator: ", ") + "."))
    var faults: String?

    @Option(
        help: ArgumentHelp(
            "A PING tells of one node in so many; Redis takes 10, and so do clusters of up to 100 nodes "
                + "here, larger ones 50."))
    var gossipShare: Int?

    private static let knownNodes = 3...1000

    func validate() throws {
        guard Self.knownNodes.contains(nodes) else {
            throw ValidationError("--nodes takes 3 to 1000; got \(nodes).")
        }
        guard gossipShare ?? 1 > 0 else {
            throw ValidationError("--gossip-share takes at least 1; got \(gossipShare ?? 1).")
        }
        guard runs > 0 else { throw ValidationError("--runs takes at least 1; got \(runs).") }
        guard simulation != nil else {
            throw ValidationError(
                "--faults takes `none` or some of \(SimulationRuns.faultNames.joined(separator: ","))."
            )
        }
    }

    func run() throws {
        guard let simulation else { return }
        var progress = ProgressLine()
        var failures = 0
        for index in 0..<runs {
            let outcome = simulation.run(seed: seed &+ UInt64(index), isTraced: runs == 1)
            progress.clear()
            for line in outcome.trace { StandardOutput.output.write(line + "\n") }
            if !outcome.isWell || runs == 1 { StandardOutput.output.write(outcome.text + "\n") }
            if !outcome.isWell { failures += 1 }
            progress.show("\(index + 1) of \(runs) runs, \(failures) with a violation")
        }
        progress.clear()
        if runs > 1 {
            StandardOutput.output.write("\(runs) runs, \(failures) with a violation\n")
        }
        guard failures == 0 else { throw ExitCode(ExitStatus.failure.rawValue) }
    }

    private var simulation: SimulationRuns? {
        let names = faults.map { $0 == "none" ? [] : $0.split(separator: ",").map(String.init) }
        return SimulationRuns(nodes: nodes, faults: names, gossipShare: gossipShare)
    }
}
