import ClusterCore
import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The folder of one planned node: redis.conf and nodes.conf, as `redis-cli --cluster create` would have left it.
struct EngineConf {
    let port: Int
    let folder: String
    let nodeTimeout: Duration
    /// The folder outlasts the lab: what was written is to be there again.
    let isKept: Bool
    /// nodes.conf at the beginning.
    let clusterConfiguration: String

    var file: String { "\(folder)/redis.conf" }
    var log: String { "\(folder)/\(Self.logName)" }

    var clusterFile: String { "\(folder)/nodes.conf" }

    private static let logName = "redis.log"

    /// Writes what is not there yet: a folder that has been a node's goes on from what it holds.
    /// - Returns: whether the node is new.
    func write() throws(LabError) -> Bool {
        let isNew = !TextFile.exists(clusterFile)
        if isNew { try TextFile.replace(clusterFile, with: clusterConfiguration) }
        if !TextFile.exists(file) { try TextFile.replace(file, with: text) }
        return isNew
    }

    /// Takes the dump away that is there.
    func forgetDump() { unlink("\(folder)/dump.rdb") }

    /// Verbose, because only then a server tells of epochs that collide. An empty replica loads what its master sends
    /// without a file: a node that saves nothing is empty after a crash, and not what its last sync was.
    private var text: String {
        let milliseconds = Int(nodeTimeout / .milliseconds(1))
        return """
            port \(port)
            bind 127.0.0.1
            dir \(Self.quoted(folder))
            logfile \(Self.logName)
            loglevel verbose
            cluster-enabled yes
            cluster-config-file nodes.conf
            cluster-node-timeout \(milliseconds)
            enable-debug-command local
            repl-diskless-load on-empty-db
            appendonly \(isKept ? "yes" : "no")

            """
    }

    /// As redis.conf has words with blanks and quotes.
    private static func quoted(_ text: String) -> String {
        let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "\"\(String(escaped))\""
    }
}

extension ClusterLayout {
    /// What nodes.conf says of each node and its epochs at the beginning.
    func clusterConfiguration(_ ordinal: Int, for engine: RedisEngine) -> String {
        let text = node(ordinal, configuration: Configuration(), wallClockAtStart: 0, at: .start)
            .clusterConfiguration()
        guard engine.knowsShards else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map(Self.withShard).joined(separator: "\n")
    }

    /// A line with the shard that the node belongs to, the same for a master and its replicas. Where it is missing each
    /// node makes one up, and until all have heard of it a node may save a file that it refuses to load again.
    private static func withShard(_ line: Substring) -> String {
        var fields = line.split(separator: " ").map(String.init)
        guard fields.count > 7, fields[1].contains("@") else { return String(line) }
        let master = fields[3] == "-" ? fields[0] : fields[3]
        let shard = NodeID(master)?.ofFirstShard.description ?? master
        fields[1] += (fields[1].contains(",") ? "" : ",") + ",shard-id=\(shard)"
        return fields.joined(separator: " ")
    }

    /// The name of a node.
    func name(_ ordinal: Int) -> String {
        node(ordinal, configuration: Configuration(), wallClockAtStart: 0, at: .start)
            .cluster.myself.id.description
    }
}
