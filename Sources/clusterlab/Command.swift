import ArgumentParser
import Lab
import LabBackends

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The program: parses its arguments and wires the parts together.
@main
struct ClusterLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusterlab",
        abstract: "A learning lab for Redis Cluster: a real cluster in one process.",
        subcommands: [Up.self])
}
