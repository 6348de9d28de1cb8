/// The flags of a command that COMMAND INFO shows, and that decide where it may run.
package struct CommandFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let write = CommandFlags(rawValue: 1 << 0)
    package static let readonly = CommandFlags(rawValue: 1 << 1)
    package static let denyOOM = CommandFlags(rawValue: 1 << 2)
    package static let admin = CommandFlags(rawValue: 1 << 3)
    package static let pubsub = CommandFlags(rawValue: 1 << 4)
    package static let noScript = CommandFlags(rawValue: 1 << 5)
    package static let blocking = CommandFlags(rawValue: 1 << 6)
    package static let loading = CommandFlags(rawValue: 1 << 7)
    package static let stale = CommandFlags(rawValue: 1 << 8)
    package static let skipMonitor = CommandFlags(rawValue: 1 << 9)
    package static let skipSlowlog = CommandFlags(rawValue: 1 << 10)
    package static let asking = CommandFlags(rawValue: 1 << 11)
    package static let fast = CommandFlags(rawValue: 1 << 12)
    package static let noAuth = CommandFlags(rawValue: 1 << 13)
    /// Waits while writes are paused, although it changes no key. COMMAND INFO does not show it either.
    package static let mayReplicate = CommandFlags(rawValue: 1 << 14)
    package static let noMandatoryKeys = CommandFlags(rawValue: 1 << 15)
    package static let movableKeys = CommandFlags(rawValue: 1 << 16)
    package static let protected = CommandFlags(rawValue: 1 << 17)
    package static let noAsyncLoading = CommandFlags(rawValue: 1 << 18)
    package static let noMulti = CommandFlags(rawValue: 1 << 19)
    package static let allowBusy = CommandFlags(rawValue: 1 << 20)

    // MARK: Flags of this program, which COMMAND INFO does not show

    /// Runs at once within a transaction, as all commands do that are about the transaction itself.
    package static let unqueued = CommandFlags(rawValue: 1 << 24)
    /// EXEC: what it may do depends on the commands of the transaction.
    package static let runsQueue = CommandFlags(rawValue: 1 << 25)
    /// The reply comes later, when something outside has happened: not within a transaction.
    package static let answersLater = CommandFlags(rawValue: 1 << 26)

    /// Allowed to a client of RESP2 that is subscribed to something.
    package static let whileSubscribed = CommandFlags(rawValue: 1 << 27)
    /// EVAL and its kind: a script may have flags of its own.
    package static let runsScript = CommandFlags(rawValue: 1 << 28)
    /// An internal command, as COMMAND DOCS says (`syscmd`).
    package static let system = CommandFlags(rawValue: 1 << 29)

    /// The flags with the names that COMMAND INFO gives them, in its order.
    package static let names: [(flag: CommandFlags, name: String)] = [
        (.write, "write"), (.readonly, "readonly"), (.denyOOM, "denyoom"), (.admin, "admin"),
        (.pubsub, "pubsub"), (.noScript, "noscript"), (.blocking, "blocking"),
        (.loading, "loading"),
        (.stale, "stale"), (.skipMonitor, "skip_monitor"), (.skipSlowlog, "skip_slowlog"),
        (.asking, "asking"), (.fast, "fast"), (.noAuth, "no_auth"),
        (.noMandatoryKeys, "no_mandatory_keys"),
        (.noAsyncLoading, "no_async_loading"), (.noMulti, "no_multi"),
        (.allowBusy, "allow_busy"), (.movableKeys, "movablekeys"),
    ]
}
