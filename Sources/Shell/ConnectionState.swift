import RESP

/// What redis-cli's prompt shows of its connection: `127.0.0.1:7000[1](TX)>`.
struct ConnectionState {
    private var database = 0
    private var databaseBeforeTransaction = 0
    private var isInTransaction = false

    /// What stands between the address and `> `.
    var promptSuffix: String {
        (database == 0 ? "" : "[\(database)]") + (isInTransaction ? "(TX)" : "")
    }

    /// Follows SELECT, MULTI, EXEC, DISCARD and RESET as redis-cli does.
    mutating func note(_ arguments: [[UInt8]], _ reply: RESPValue) {
        let words = arguments.prefix(2).map { String(decoding: $0, as: UTF8.self).lowercased() }
        switch (words.first, arguments.count) {
        case ("exec", 1):
            if isInTransaction, reply.errorCode != nil || reply == .null {
                database = databaseBeforeTransaction
            }
            isInTransaction = false
        case _ where reply.errorCode != nil: break
        case ("select", 2): database = Int(words[1]) ?? database
        case ("multi", 1):
            isInTransaction = true
            databaseBeforeTransaction = database
        case ("discard", 1):
            isInTransaction = false
            database = databaseBeforeTransaction
        case ("reset", 1): self = ConnectionState()
        default: break
        }
    }
}
