import ArgumentParser
import CLI
import Export
import Lab
import LabBackends

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `clusterlab export`: files that start the cluster at hand on real servers elsewhere.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write files that start the same cluster on real servers elsewhere.",
        discussion: """
            Looks at a running cluster through its nodes, such as one of `clusterlab up`, and writes what \
            starts the same nodes, slots and pairs of master and replica: compose (docker-compose.yml), systemd \
            (units and a redis.conf a node) or k8s (a StatefulSet and what belongs to it). Parameters that \
            differ from Redis' defaults go along; passwords and users do not. --data takes the keys along, \
            too, as dumps of the masters.
            """)

    @Argument(help: "compose, systemd or k8s.")
    var kind: ExportKind

    @Option(
        help: "The folder to write to; without it redis-cluster-KIND, here.", completion: .directory
    )
    var dir: String?

    @Option(
        help: ArgumentHelp("Any node of the cluster.", valueName: "host:port"))
    var connect: String?

    @Option(help: "The same on 127.0.0.1.")
    var port: Int?

    @OptionGroup var login: LoginOptions

    @Option(help: "The name of the whole: the compose project, the StatefulSet.")
    var name = "redis-cluster"

    @Option(help: "The container image; without it redis:7.0, by the version of the cluster.")
    var image: String?

    @Option(
        help: ArgumentHelp(
            "The address by which other machines reach the servers (compose and systemd). Without it they "
                + "listen on 127.0.0.1.", valueName: "address"))
    var announce: String?

    @Option(help: "The size of each node's volume (k8s).")
    var storage = "1Gi"

    @Flag(help: "Take the keys along (compose and systemd).")
    var data = false

    @Flag(help: "Write into a folder that has files already.")
    var force = false

    func validate() throws {
        guard connect == nil || port == nil else {
            throw ValidationError("--connect and --port say the same: give one of them.")
        }
        guard (1...65535).contains(port ?? ClusterOptions.firstPort) else {
            throw ValidationError("--port takes 1 to 65535; got \(port ?? 0).")
        }
        guard name.wholeMatch(of: /[a-z]([-a-z0-9]{0,40}[a-z0-9])?/) != nil else {
            throw ValidationError(
                "--name takes small letters, digits and hyphens, a letter first; got \(name).")
        }
        guard storage.wholeMatch(of: /[0-9]+(Ki|Mi|Gi|Ti|k|M|G|T)?/) != nil else {
            throw ValidationError("--storage takes a size such as 1Gi; got \(storage).")
        }
        guard announce?.wholeMatch(of: /[0-9a-fA-F.:]+/) != nil || announce == nil else {
            throw ValidationError(
                "--announce takes an IP address, which is what nodes tell one another; got \(announce ?? "")."
            )
        }
        guard kind != .k8s || announce == nil else {
            throw ValidationError(
                "--announce is for compose and systemd: a pod announces its own address.")
        }
        guard kind != .k8s || !data else {
            throw ValidationError(
                "--data is for compose and systemd. Once the pods are up, take the keys over with "
                    + "redis-cli --cluster import, or from the dumps of redis-cli --cluster backup."
            )
        }
        _ = try address()
    }

    func run() throws {
        let first = try address()
        let folder = dir ?? "redis-cluster-\(kind.rawValue)"
        if !force, TextFile.exists(folder), try !TextFile.list(folder).isEmpty {
            throw LabError.file(
                path: folder, reason: "it has files already. Choose another --dir, or add --force")
        }
        let cluster = try ClusterTopology.read(from: first) { node throws(LabError) in
            try ClientNetwork.connection(to: node, login)
        }
        let options = ExportOptions(
            name: name, image: image ?? "redis:\(cluster.shortVersion)", announce: announce,
            storage: storage, hasData: data)
        let files = kind.files(of: cluster, options)
        for file in files { try write(file, in: folder) }
        if data { try takeData(of: cluster, from: first, to: folder) }
        for remark in cluster.remarks { StandardOutput.error.write("\(remark)\n") }
        let lines =
            ["\(cluster.summary) in \(folder):"] + files.map { "  \($0.path)" }
            + ["Next, there:"] + kind.nextSteps(options).map { "  \($0)" }
        StandardOutput.output.write(lines.map { "\($0)\n" }.joined())
    }

    private func address() throws -> NodeAddress {
        guard let connect else { return NodeAddress(port: port ?? ClusterOptions.firstPort) }
        guard let address = NodeAddress(parsing: connect) else {
            throw ValidationError("--connect takes HOST:PORT; got \(connect).")
        }
        return address
    }

    private func write(_ file: ExportedFile, in folder: String) throws(LabError) {
        let path = "\(folder)/\(file.path)"
        try TextFile.replace(path, with: file.text, isPrivate: false)
        guard file.isExecutable else { return }
        guard chmod(path, 0o755) == 0 else {
            throw .file(path: path, reason: String(cString: strerror(errno)))
        }
    }
}

extension ExportKind: ExpressibleByArgument {}

// MARK: - Data

extension ExportCommand {
    /// Lets `redis-cli --cluster backup` save the masters' dumps, and puts each where its server looks for it.
    private func takeData(
        of cluster: ClusterTopology, from first: NodeAddress, to folder: String
    ) throws {
        let backup = "\(folder)/backup"
        try TextFile.makeFolder(backup)
        var words = ["--cluster", "backup", "\(first)", backup]
        if let user = login.user { words += ["--user", user] }
        if let pass = login.pass { words += ["--pass", pass, "--no-auth-warning"] }
        var said: [UInt8] = []
        let output = CLIOutput(isTerminal: false, write: { said += $0 }, writeError: { said += $0 })
        let status = CLISession.run(
            words.map { Array($0.utf8) }, on: CLISystem.process, output: output)
        guard status == 0 else {
            throw LabError.unsupported(
                "the backup failed:\n" + String(decoding: said, as: UTF8.self))
        }
        let dumps = try TextFile.list(backup)
        for node in cluster.nodes where node.master == nil {
            guard let dump = dumps.first(where: { $0.contains("-\(node.host)-\(node.port)-") })
            else { throw LabError.file(path: backup, reason: "it has no dump of \(node.name)") }
            try place(dump: "\(backup)/\(dump)", of: node, in: "\(folder)/data/\(node.name)")
        }
        // A replica's folder is there as well: what is mounted has to be.
        for node in cluster.nodes where node.master != nil {
            try TextFile.makeFolder("\(folder)/data/\(node.name)")
        }
    }

    /// A server with an append-only file reads that, and no dump: then the dump becomes its base.
    private func place(
        dump: String, of node: ClusterTopology.Node, in folder: String
    ) throws(LabError) {
        let name = "appendonly.aof.1.base.rdb"
        let place = node.isAppendOnly ? "\(folder)/appendonlydir" : folder
        let target = "\(place)/\(node.isAppendOnly ? name : "dump.rdb")"
        try TextFile.makeFolder(place)
        guard rename(dump, target) == 0 else {
            throw .file(path: target, reason: String(cString: strerror(errno)))
        }
        guard node.isAppendOnly else { return }
        try TextFile.replace(
            "\(place)/appendonly.aof.manifest", with: "file \(name) seq 1 type b\n",
            isPrivate: false)
    }
}
