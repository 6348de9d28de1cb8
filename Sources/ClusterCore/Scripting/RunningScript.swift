import Keyspace

/// A script that runs (`scriptRunCtx`). Most have ended before anybody else gets to see this.
struct RunningScript: Sendable {
    /// The hash of a script, or the name of a function.
    let name: ByteString
    let isFunction: Bool
    /// Who has it run; nil where it came from the master or from the append-only file.
    let client: ClientID?
    /// The command that runs it, which is counted as failed where it fails; nil without a client.
    let commandIndex: Int?
    let isReadOnly: Bool
    let allowsOOM: Bool
    let allowsCrossSlotKeys: Bool
    /// Whether there was too little memory when it began.
    let isOutOfMemory: Bool
    let interpreter: ScriptInterpreter
    /// When it began; of one that is debugged, when it last went on.
    var begun: Instant
    /// Whether it runs within EXEC, or within a transaction of the master.
    let isInTransaction: Bool
    /// Its keys, where somebody tracks keys.
    var keys: [ByteString] = []
    /// The slot of its keys.
    var slot: HashSlot?
    /// Whether it has called a command that writes.
    var hasWritten = false
    /// Where in `Node.propagated` its effects begin.
    var firstEffect: Int

    // MARK: One that takes long

    /// Its effects while it waits for its next turn.
    var held: HeldEffects?
    /// Whether others are told that the node is busy, and do not wait any more.
    var isBusy = false
    var isKilled = false
    /// Whether it has gone on in another copy of the node: it cannot do so twice.
    var isLost = false
    /// The command, for FUNCTION STATS.
    var command: [ByteString] = []
    /// The instant and Unix time that it lives in.
    var time: Int64

    /// Instructions until it lets others have a turn: some ten milliseconds.
    static let slice: UInt64 = 1_000_000
    /// The time between two turns.
    static let gap = Duration.microseconds(500)
    /// What an instruction takes where no time passes by itself.
    static let timeOfInstruction = Duration.nanoseconds(10)

    /// Whether it may not take more memory: there was too little when it began, and it has not begun to write.
    var isRefusedMemory: Bool { isOutOfMemory && !allowsOOM && !hasWritten }
    /// Whether it waits for its next turn.
    var isPaused: Bool { held != nil }
}

/// What a script has written so far, and the transaction that it runs in: nobody is to see it before all of it is there.
struct HeldEffects: Sendable {
    /// The turn that the script has had; 0 where it is a transaction that waits.
    let turn: UInt64
    private(set) var bytes: [UInt8]
    private(set) var partial: [PartialPropagation]

    init(turn: UInt64, bytes: [UInt8], partial: [PartialPropagation]) {
        self.turn = turn
        self.bytes = bytes
        self.partial = partial
    }

    /// Adds what a command has changed in the meantime, for those that redis.set_repl has named.
    mutating func append(_ effects: [UInt8], for replication: Int32) {
        guard !effects.isEmpty, replication != 0 else { return }
        let range = bytes.count..<bytes.count + effects.count
        bytes += effects
        guard replication != 3 else { return }
        partial.append(PartialPropagation(range: range, for: replication))
    }
}

/// A part of what is propagated that is not for everybody: redis.set_repl.
struct PartialPropagation: Sendable {
    let range: Range<Int>
    let isForFile: Bool
    let isForReplicas: Bool

    private init(range: Range<Int>, isForFile: Bool, isForReplicas: Bool) {
        self.range = range
        self.isForFile = isForFile
        self.isForReplicas = isForReplicas
    }

    /// - Parameter replication: what redis.set_repl says, 1 for the file and 2 for replicas.
    init(range: Range<Int>, for replication: Int32) {
        self.init(range: range, isForFile: replication == 1, isForReplicas: replication == 2)
    }

    /// The same in bytes that have others in front of them, or no others any more.
    func moved(by count: Int) -> PartialPropagation {
        PartialPropagation(
            range: range.moved(by: count), isForFile: isForFile, isForReplicas: isForReplicas)
    }
}
