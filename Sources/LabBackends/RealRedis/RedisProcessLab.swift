import ClusterCore
package import Lab
import NodeServer
import RESP

/// Clusters of real redis-server or valkey-server processes, each with a folder of its own.
package struct RedisProcessLab: LabBackend {
    private let processes: RedisProcesses
    private let folder: String
    private let isScratch: Bool
    private let onStart: @Sendable (Progress) -> Void

    /// What its clusters cannot do.
    package static let lacks: Set<LabAbility> = [.networkFaults, .speed, .snapshots, .containers]

    /// How far a start is, for those who wait.
    package enum Progress: Sendable {
        /// So many servers of that name were started, and find one another.
        case waiting(String)
        case done
    }

    /// - Parameters:
    ///   - processes: what starts servers, and ends them.
    ///   - dir: where each node gets a folder named after its port.
    ///   - isScratch: the folders begin empty with each cluster.
    ///   - onStart: is told how far a start is: it takes two seconds, for so long a master that has just begun
    ///     refuses to serve.
    package init(
        processes: RedisProcesses, dir: String, isScratch: Bool,
        onStart: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.processes = processes
        self.isScratch = isScratch
        self.onStart = onStart
        folder = absolutePath(dir)
    }

    package func start(_ plan: ClusterPlan) throws(LabError) -> any LabCluster {
        try startCluster(plan)
    }

    /// `start`, for callers that also wait for the nodes to end.
    package func startCluster(_ plan: ClusterPlan) throws(LabError) -> RedisProcessCluster {
        processes.beginAnew()
        if isScratch { FolderImage.empty(folder) }
        let layout = ClusterLayout(
            masters: plan.masters, replicas: plan.replicas, spares: plan.spares, port: plan.port,
            isEmpty: plan.isEmpty, seed: plan.seed)
        for port in layout.ports {
            for wanted in [port, port + 10_000] { try Self.awaitFree(wanted) }
        }
        let cluster = RedisProcessCluster(
            processes, nodes: layout.ports.map { NodeAddress(port: $0) })
        onStart(.waiting(names(of: layout.count)))
        defer { onStart(.done) }
        do throws(LabError) {
            let fresh = try start(layout, plan)
            try settle(cluster, plan)
            // What a replica got at its first sync is no more on its disk than on its master's.
            for conf in fresh { conf.forgetDump() }
            let names = layout.ports.enumerated().map { ordinal, port in
                (NodeAddress(port: port), layout.name(ordinal))
            }
            processes.beginTelling(Dictionary(uniqueKeysWithValues: names))
        } catch {
            processes.endAll()
            throw error
        }
        return cluster
    }

    /// `6 × Redis 7.0.15`, or `3 × Redis 7.0.15, 3 × clusterlab`.
    private func names(of count: Int) -> String {
        let names = (0..<count).map { processes.engine(of: $0).name }
        return Set(names).sorted().map { name in
            "\(names.count { $0 == name }) × \(name)"
        }.joined(separator: ", ")
    }

    /// A port whose server has just ended may be taken for a moment more.
    private static func awaitFree(_ port: Int) throws(LabError) {
        let deadline = ContinuousClock.now + .milliseconds(300)
        while !LocalPort.isFree(port) {
            guard ContinuousClock.now < deadline else { throw .portInUse(port) }
            try RealTime.pass(.milliseconds(10))
        }
    }

    /// - Returns: the folders of the nodes that are new.
    private func start(
        _ layout: ClusterLayout, _ plan: ClusterPlan
    ) throws(LabError) -> [EngineConf] {
        var fresh: [EngineConf] = []
        for (ordinal, port) in layout.ports.enumerated() {
            let conf = EngineConf(
                port: port, folder: "\(folder)/\(port)", nodeTimeout: plan.nodeTimeout,
                isKept: !isScratch,
                clusterConfiguration: layout.clusterConfiguration(
                    ordinal, for: processes.engine(of: ordinal)))
            let isNew = try conf.write()
            if isNew { fresh.append(conf) }
            try processes.start(
                NodeAddress(port: port),
                processes.engine(of: ordinal).launch([conf.file]),
                RedisProcesses.Files(log: conf.log, cluster: conf.clusterFile),
                isScratch: isScratch,
                onlyNow: isNew && !plan.isEmpty ? Self.withoutDelay : [])
        }
        return fresh
    }

    /// A planned cluster begins in sync: its first full syncs wait for nobody.
    private static let withoutDelay = ["--repl-diskless-sync-delay", "0"]

    /// Waits until the planned cluster is as it was planned, and its servers go by their defaults.
    private func settle(_ cluster: RedisProcessCluster, _ plan: ClusterPlan) throws(LabError) {
        for node in cluster.nodes { try processes.awaitListening(node, within: .seconds(10)) }
        guard !plan.isEmpty else { return }
        let members = cluster.nodes.prefix(plan.nodeCount - plan.spares)
        let deadline = ContinuousClock.now + plan.nodeTimeout * 2 + .seconds(20)
        for node in members {
            do throws(LabError) {
                let connection = try cluster.connect(to: node)
                defer { connection.close() }
                while try !Self.isSettled(connection) {
                    guard ContinuousClock.now < deadline else {
                        throw .refused(node, reason: "its cluster is not settled; its log says why")
                    }
                    try RealTime.pass(.milliseconds(20))
                }
            } catch .connectionLost(let lost) {
                throw processes.cause(of: .connectionLost(lost), at: node)
            }
        }
        for node in cluster.nodes {
            let connection = try cluster.connect(to: node)
            defer { connection.close() }
            _ = try connection.send("CONFIG", "SET", "repl-diskless-sync-delay", "5")
        }
    }

    /// Whether a node serves, reaches all others, and is in sync with its master or its replicas.
    private static func isSettled(_ connection: any LabConnection) throws(LabError) -> Bool {
        guard try connection.send("CLUSTER", "INFO").text?.hasPrefix("cluster_state:ok") == true,
            try connection.send("CLUSTER", "NODES").text?.contains("disconnected") == false
        else { return false }
        // The child that has served a sync would still keep a SAVE from its work.
        guard
            try connection.send("INFO", "persistence").text?.contains("rdb_bgsave_in_progress:0")
                == true
        else { return false }
        let replication = try connection.send("INFO", "replication").text ?? ""
        let lines = replication.split(whereSeparator: \.isNewline)
        let isReplica = lines.contains("role:slave")
        let isSynced = lines.allSatisfy {
            !$0.hasPrefix("slave") || !$0.contains("state=") || $0.contains("state=online")
        }
        return isSynced && (!isReplica || lines.contains("master_link_status:up"))
    }
}
