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

    @OptionGroup var login: LoginOptions

    @Option(help: "With --connect and --tls: the certificate of whom to trust.")
    var cacert: String?

    @Option(help: "With --connect and --tls: the certificate to show, and its key in --key.")
    var cert: String?

    @Option(help: "With --connect and --tls: the key of --cert.")
    var key: String?

    @Option(help: "With --connect and --tls: the name that the server is asked for.")
    var sni: String?

    @Flag(help: "With --connect and --tls: take any server's certificate.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "With --connect: where a node is really reached, behind NAT or in a container: 10.0.0.5:6379=localhost:16379, or 10.0.0.5=localhost. May be repeated.",
            valueName: "address=host:port"))
    var map: [String] = []

    @Flag(help: "With --connect: let commands and lessons change the cluster.")
    var allowChanges = false

    /// Whether something is said about how TLS is to be.
    private var namesTLS: Bool {
        cacert != nil || cert != nil || key != nil || sni != nil || insecure
    }

    private var tlsOptions: TLSOptions {
        var options = TLSOptions()
        (options.authorityFile, options.serverName) = (cacert, sni)
        (options.certificateFile, options.keyFile) = (cert, key)
        options.skipsVerification = insecure
        return options
    }

    /// What they say; nil without `--connect`.
    /// - Parameter usesTLS: `--tls`, which clusters of the lab take, too.
    func settings(usesTLS: Bool) throws -> ConnectedLab.Settings? {
        guard let connect else { return nil }
        let seeds = try connect.split(separator: ",").map { text in
            guard let address = NodeAddress(parsing: String(text)) else {
                throw ValidationError(
                    "--connect takes HOST:PORT, several with commas; got '\(text)'.")
            }
            return address
        }
        var settings = ConnectedLab.Settings(seeds: seeds)
        (settings.user, settings.password, settings.allowsChanges) = (login.user, login.pass, allowChanges)
        guard usesTLS || !namesTLS else {
            throw ValidationError("--cacert, --cert, --key, --sni and --insecure go with --tls.")
        }
        settings.tls = usesTLS ? tlsOptions : nil
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
        guard connect == nil,
            !login.isEmpty || !map.isEmpty || allowChanges || namesTLS
        else { return }
        throw ValidationError(
            "--user, --pass, --map, --allow-changes, --cacert, --cert, --key, --sni and --insecure go with "
                + "--connect HOST:PORT.")
    }
}
