import CLI
import Lab
import RESP

// Which lines change the cluster: before these it is remembered.
extension ShellSession {
    static let changingWords: Set = [
        "stop", "crash", "boot", "freeze", "thaw", "partition", "lag", "drop", "heal",
    ]
    /// Commands that change a node though their category is not `write`.
    private static let administration: Set = [
        "DEBUG", "SHUTDOWN", "REPLICAOF", "SLAVEOF", "FAILOVER", "EXEC", "EVAL", "EVALSHA", "FCALL",
    ]
    private static let readingSubcommands: [String: Set<String>] = [
        "CLUSTER": [
            "INFO", "NODES", "SLOTS", "SHARDS", "KEYSLOT", "COUNTKEYSINSLOT", "GETKEYSINSLOT", "MYID",
            "LINKS", "COUNT-FAILURE-REPORTS", "REPLICAS", "SLAVES", "HELP",
        ],
        "CONFIG": ["GET", "HELP", "RESETSTAT"],
    ]

    /// Remembers the cluster as it is, if the line may change it.
    mutating func noteMoment(before typed: TypedLine, isProgram: Bool) {
        prepareDraft(for: typed, isProgram: isProgram)
        let isChange = isProgram || changes(typed)
        if isLearners, isChange, let control = cluster.control {
            noteMoment(before: HistoryFile.masked(typed.command), control)
        }
        record(typed, isProgram: isProgram, isChange: isChange)
    }

    /// The command of a `redis-cli` that has one, else the line.
    func sent(by typed: TypedLine) -> String {
        SingleCommand(typed.command, on: system)?.text ?? typed.command
    }

    private func changes(_ typed: TypedLine) -> Bool {
        var words = sent(by: typed).split(whereSeparator: \.isWhitespace).map(String.init)
        if let first = words.first, first.hasPrefix("@") || Int(first) != nil { words.removeFirst() }
        guard let first = words.first else { return false }
        if Self.changingWords.contains(first.lowercased()) { return true }
        let name = first.uppercased()
        if let reading = Self.readingSubcommands[name] {
            return words.count > 1 && !reading.contains(words[1].uppercased())
        }
        return Self.administration.contains(name)
            || completer.writeCommands(of: session.address).contains(name)
    }
}

extension RESPValue {
    /// An error with which a node refuses a command before it changes anything. MIGRATE may have moved some keys when it
    /// tells of an IOERR, and a script ends where it fails.
    var refuses: Bool {
        guard let code = errorCode, code != "IOERR" else { return false }
        return text?.firstRange(of: "script: ") == nil
    }
}
