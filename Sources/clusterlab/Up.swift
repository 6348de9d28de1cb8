import ArgumentParser
import Lab
import LabBackends

/// `clusterlab up`: a cluster for other clients, until it is told to end.
struct Up: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a cluster for any client, without a shell.",
        discussion: """
            Prints a line for each node and then `ready`. Ctrl-C or SIGTERM ends it.
            """)

    @OptionGroup var cluster: ClusterOptions

    @Option(help: "Keep each node's files in DIR/PORT.", completion: .directory)
    var dir: String?

    func run() throws {
        let plan = try cluster.plan()
        let lab = InProcessLab(dir: dir)
        let running = try lab.startServer(plan)
        print("ready")
        running.waitUntilAllNodesEnded()
    }
}
