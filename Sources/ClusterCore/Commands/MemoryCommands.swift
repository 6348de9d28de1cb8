import Keyspace
import RESP

/// MEMORY: what the data takes (object.c). The figures are those of these nodes' own structures.
let memoryCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "memory", arity: -2, [], .server, since: "4.0.0", complexity: "Depends on subcommand.",
        summary: "A container for commands about memory.", subcommands: memorySubcommands
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    }
]

private let everywhere = "request_policy:all_shards"
private let special = ["nondeterministic_output", everywhere, "response_policy:special"]

private let memorySubcommands: [CommandSpec<Node>] = [
    CommandSpec(
        "usage", arity: -3, keys: .at(2, "RO"), [.readonly], .server, since: "4.0.0",
        complexity: "O(N) where N is the number of samples.",
        summary: "Estimates what a key with its value takes of memory.",
        syntax: "key [SAMPLES count:integer]", run: usage),
    CommandSpec(
        "stats", arity: 2, [], .server, tips: special, since: "4.0.0",
        summary: "Returns what takes how much memory.", run: statistics),
    CommandSpec(
        "doctor", arity: 2, [], .server, tips: special, since: "4.0.0",
        summary: "Returns a report on trouble with memory."
    ) { node, _, reply throws(ReplyError) in
        reply.verbatimString(node.memoryReport)
    },
    CommandSpec(
        "malloc-stats", arity: 2, [], .server, tips: special, since: "4.0.0",
        summary: "Returns what the allocator tells of itself."
    ) { _, _, reply throws(ReplyError) in
        reply.bulkString("Stats not supported for the current allocator")
    },
    CommandSpec(
        "purge", arity: 2, [], .server,
        tips: [everywhere, "response_policy:all_succeeded"], since: "4.0.0",
        summary: "Asks the allocator to give memory back."
    ) { _, _, reply throws(ReplyError) in
        reply.ok()
    },
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .server, since: "4.0.0",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("MEMORY", memoryHelp)
    },
]

@Sendable private func usage(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var samples = 5
    for index in stride(from: 3, to: arguments.count, by: 2) {
        guard arguments[index].isKeyword("SAMPLES"), index + 1 < arguments.count else {
            throw .syntax
        }
        guard let number = arguments[index + 1].integer else { throw .notAnInteger }
        guard number >= 0 else { throw .syntax }
        samples = number == 0 ? .max : Int(number)
    }
    guard let bytes = node.database.memoryUsage(of: arguments[2], samples: samples) else {
        return reply.null()
    }
    reply.integer(bytes)
}

// MARK: - STATS

/// What MEMORY STATS and INFO memory are made of.
struct MemoryFigures {
    let keys: KeyspaceMemory
    let keyCount: Int
    let backlog: Int
    /// Of clients, and of replicas what they have not taken.
    let clients: Int
    let replicas: Int
    /// Of the process, which all nodes of a lab share; by the data where nobody knows it.
    let used: Int
    let peak: Int
    let resident: Int

    init(_ node: Node) {
        keys = node.database.memory()
        keyCount = node.database.count
        backlog = node.replication.backlog?.count ?? 0
        clients = node.normalClientsMemory
        replicas = node.replicaOutput
        let own = keys.overhead + keys.contents + backlog + clients + replicas
        // What is held against maxmemory is the node's own.
        used = node.configuration.maxmemory > 0 ? node.usedMemory : node.host.memory?.used ?? own
        peak = max(node.host.memory?.peak ?? own, used)
        resident = node.host.memory?.resident ?? own
    }

    var overhead: Int { keys.overhead + backlog + clients + replicas }

    func percentage(_ part: Int, of whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) * 100 / Double(whole)
    }

    func ratio(_ part: Int, to whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}

@Sendable private func statistics(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let figures = MemoryFigures(node)
    reply.map(27 + (figures.keyCount > 0 ? 1 : 0))
    reply.fields([
        ("peak.allocated", figures.peak), ("total.allocated", figures.used),
        ("startup.allocated", 0), ("replication.backlog", figures.backlog),
        ("clients.slaves", figures.replicas), ("clients.normal", figures.clients),
        ("cluster.links", 0), ("aof.buffer", 0),
        ("lua.caches", node.scripting.scriptBytes),
        ("functions.caches", node.scripting.functions.byteCount),
    ])
    if figures.keyCount > 0 {
        reply.bulkString("db.0")
        reply.map(3)
        reply.fields([
            ("overhead.hashtable.main", figures.keys.tables),
            ("overhead.hashtable.expires", figures.keys.expiries),
            ("overhead.hashtable.slot-to-keys", figures.keys.slots),
        ])
    }
    let bytes = figures.keys.tables + figures.keys.contents
    reply.fields([
        ("overhead.total", figures.overhead), ("keys.count", figures.keyCount),
        ("keys.bytes-per-key", figures.keyCount == 0 ? 0 : bytes / figures.keyCount),
        ("dataset.bytes", figures.keys.contents),
    ])
    reply.field(
        "dataset.percentage", figures.percentage(figures.keys.contents, of: figures.used))
    reply.field("peak.percentage", figures.percentage(figures.used, of: figures.peak))
    reply.allocatorFields(figures)
}

extension ReplyBuffer {
    /// The allocator holds what is used and no more, as far as is known; what the process has besides is the rest.
    fileprivate mutating func allocatorFields(_ figures: MemoryFigures) {
        fields([
            ("allocator.allocated", figures.used), ("allocator.active", figures.used),
            ("allocator.resident", figures.used),
        ])
        field("allocator-fragmentation.ratio", 1)
        fields([("allocator-fragmentation.bytes", 0)])
        field("allocator-rss.ratio", 1)
        fields([("allocator-rss.bytes", 0)])
        let rest = figures.resident - figures.used
        let ratio = figures.ratio(figures.resident, to: figures.used)
        field("rss-overhead.ratio", ratio)
        fields([("rss-overhead.bytes", rest)])
        field("fragmentation", ratio)
        fields([("fragmentation.bytes", rest)])
    }

    fileprivate mutating func fields(_ fields: [(name: String, value: Int)]) {
        for field in fields {
            bulkString(field.name)
            integer(field.value)
        }
    }

    fileprivate mutating func field(_ name: String, _ value: Double) {
        bulkString(name)
        double(value == value.rounded() ? "\(Int(value))" : "\(value)")
    }
}

// MARK: - DOCTOR

extension Node {
    /// What may be wrong with the memory, by Redis' thresholds.
    fileprivate var memoryReport: String {
        let figures = MemoryFigures(self)
        guard figures.used >= 5 * 1024 * 1024 else {
            return
                "Hi Sam, this instance is empty or is using very little memory, my issues detector "
                + "can't be used in these conditions. Please, leave for your mission on Earth and fill "
                + "it with some data. The new Sam and I will be back to our programming as soon as I "
                + "finished rebooting.\n"
        }
        var findings: [String] = []
        if figures.ratio(figures.peak, to: figures.used) > 1.5 {
            findings.append(
                "Peak memory: at some time this process used more than one and a half times the memory "
                    + "that it uses now, and may not have given it back to the system.")
        }
        let rest = figures.resident - figures.used
        if figures.ratio(figures.resident, to: figures.used) > 1.4, rest > 10 << 20 {
            findings.append(
                "High total RSS: this process has more than 1.4 times the memory that it uses. It may "
                    + "be fragmented, or have kept what it used at its peak.")
        }
        guard !findings.isEmpty else {
            return "Hi Sam, I can't find any memory issue in your instance. I can only account for "
                + "what occurs on this base.\n"
        }
        return "Sam, I detected a few issues in this Redis instance memory implants:\n\n"
            + findings.map { " * \($0)\n\n" }.joined()
            + "I'm here to keep you safe, Sam. I want to help you.\n"
    }
}

private let memoryHelp: [StaticString] = [
    "DOCTOR",
    "    Return memory problems reports.",
    "MALLOC-STATS",
    "    Return internal statistics report from the memory allocator.",
    "PURGE",
    "    Attempt to purge dirty pages for reclamation by the allocator.",
    "STATS",
    "    Return information about the memory usage of the server.",
    "USAGE <key> [SAMPLES <count>]",
    "    Return memory in bytes used by <key> and its value. Nested values are",
    "    sampled up to <count> times (default: 5, 0 means sample all).",
]
