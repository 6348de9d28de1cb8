import Keyspace

/// The commands between a client's MULTI and its EXEC.
package struct Transaction: Sendable {
    /// A command that was checked when it came.
    struct Command: Sendable {
        let index: Int
        let arguments: [[UInt8]]
    }

    private(set) var commands: [Command] = []
    /// The flags of all commands together; `stale` only where all have it.
    private(set) var flags: CommandFlags = .stale
    /// What the arguments hold; client-query-buffer-limit counts it.
    private(set) var byteCount = 0

    package var count: Int { commands.count }

    mutating func append(_ command: Command, flags: CommandFlags) {
        commands.append(command)
        byteCount += command.arguments.reduce(0) { $0 + $1.count }
        let isStale = self.flags.contains(.stale) && flags.contains(.stale)
        self.flags.formUnion(flags)
        if !isStale { self.flags.remove(.stale) }
    }
}

/// An EXEC at work, as it is kept while a script within it takes long, or the target of a MIGRATE.
struct TransactionRun: Sendable {
    let transaction: Transaction
    let client: ClientID
    /// The Unix time that it lives in, in milliseconds.
    let time: Int64
    /// The slot of all keys.
    let slot: HashSlot?
    /// EXEC as the client has written it.
    let name: ByteString
    /// EXEC in the command table.
    let command: Int?
    /// The command that is next.
    var next = 0
    /// The replies so far.
    var reply: [UInt8] = []
    /// Its effects while it waits for the target of a MIGRATE; those of a script hold them themselves.
    var held: HeldEffects?
    /// What is noted of it when it ends, once it has had to wait.
    var unfinished: SlowLog.UnfinishedCommand?
}
