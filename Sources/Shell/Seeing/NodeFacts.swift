import Lab
import RESP

/// What a node says of itself besides what it thinks of the cluster.
struct NodeFacts {
    /// Its INFO replication.
    var replication: [String: String]
    /// Its DBSIZE.
    var keys: Int?
    /// Commands of clients that it has run since it was started, the administrators' not counted.
    var calls: Int

    /// What is asked for them.
    static let questions = [["INFO", "replication"], ["DBSIZE"], ["INFO", "commandstats"]]

    /// What is no work for clients: questions about the server, and replication.
    private static let administration: Set = [
        "acl", "asking", "auth", "client", "cluster", "command", "config", "dbsize", "debug",
        "hello", "info", "latency", "memory", "multi", "exec", "ping", "psync", "readonly",
        "replconf", "role", "select", "slowlog", "subscribe", "monitor", "sync", "wait",
    ]

    /// Nil for replies that are none to the questions.
    init?(_ replies: [RESPValue]) {
        guard replies.count == Self.questions.count else { return nil }
        replication = LiveView.fields(of: replies[0].text ?? "")
        if case .integer(let count) = replies[1] { keys = Int(count) }
        calls = LiveView.fields(of: replies[2].text ?? "").reduce(0) { sum, field in
            let name = field.key.dropFirst("cmdstat_".count).prefix { $0 != "|" }
            guard !Self.administration.contains(String(name)) else { return sum }
            let count = field.value.prefix { $0 != "," }.drop { $0 != "=" }.dropFirst()
            return sum + (Int(count) ?? 0)
        }
    }

    /// How far the node has come in its master's stream, or a master in its own.
    var offset: Int? {
        Int(replication["slave_repl_offset"] ?? replication["master_repl_offset"] ?? "")
    }

    /// The link to the master in words; nil for a master.
    func link(behind master: NodeFacts?) -> String? {
        guard let status = replication["master_link_status"] else { return nil }
        guard status == "up" else {
            if replication["master_sync_in_progress"] == "1" { return "link down, syncing" }
            let seconds = replication["master_link_down_since_seconds"].flatMap { Int($0) }
            return "link down" + (seconds.map { $0 >= 0 ? " \($0) s" : "" } ?? "")
        }
        let seconds = replication["master_last_io_seconds_ago"].flatMap { Int($0) } ?? 0
        guard let offset, let ahead = master?.offset else {
            return "link up, heard \(seconds) s ago"
        }
        return "link up, lag \(max(0, ahead - offset)) B \(seconds) s"
    }
}
