import ArgumentParser
import Lab
import LabBackends

/// `--connect`: a cluster that runs already, on whatever machines.
struct ConnectOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Visit a cluster that runs already, found from one of these nodes; nothing of it is changed without --allow-changes.",
            valueName: "host:port,…"))
    var connect: String?

    @Option(help: "With --connect: the user to log in as.")
    var user: String?

    @Option(help: "With --connect: the password.")
    var pass: String?

    @Option(
        help: ArgumentHelp(
            "With --connect: where a node is really reached, behind NAT or in a container: 10.0.0.5:6379=localhost:16379, or 10.0.0.5=localhost. May be repeated.",
            valueName: "address=host:port"))
    var map: [String] = []

    @Flag(help: "With --connect: let commands and lessons change the cluster.")
    var allowChanges = false

    /// What they say; nil without `--connect`.
    func settings() throws -> ConnectedLab.Settings? {
        guard let connect else { return nil }
        let seeds = try connect.split(separator: ",").map { text in
            guard let address = NodeAddress(parsing: String(text)) else {
                throw ValidationError(
                    "--connect takes HOST:PORT, several with commas; got '\(text)'.")
            }
            return address
        }
        var settings = ConnectedLab.Settings(seeds: seeds)
        (settings.user, settings.password, settings.allowsChanges) = (user, pass, allowChanges)
        for rule in map where !settings.map.add(rule) {
            throw ValidationError(
                "--map takes ADDRESS:PORT=HOST:PORT, or ADDRESS=HOST for all ports; got '\(rule)'.")
        }
        return settings
    }

    /// Where the learner is.
    func greeting(of cluster: ConnectedCluster) -> String {
        let count = cluster.nodes.count
        let head =
            "Connected to a cluster of \(count) node\(count == 1 ? "" : "s"). It is not the lab's: no faults, no way back."
        guard cluster.changeRefusal != nil else { return head }
        return head + "\nCommands that change something are refused; --allow-changes lets them."
    }

    func validate() throws {
        guard connect == nil, user != nil || pass != nil || !map.isEmpty || allowChanges else {
            return
        }
        throw ValidationError(
            "--user, --pass, --map and --allow-changes go with --connect HOST:PORT.")
    }
}
