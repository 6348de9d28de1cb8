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
