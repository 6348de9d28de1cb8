import Keyspace
import RESP

/// The commands about the node as a process.
let serverCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "time", arity: 1, [.loading, .stale, .fast], .server, tips: ["nondeterministic_output"],
        since: "2.6.0",
        summary: "Returns the node's time: Unix seconds, and microseconds beyond them."
    ) { node, _, reply throws(ReplyError) in
        let (seconds, microseconds) = node.unixMicroseconds.quotientAndRemainder(
            dividingBy: 1_000_000)
        reply.array(2)
        reply.bulkString(seconds)
        reply.bulkString(microseconds)
    },
    CommandSpec(
        "monitor", arity: 1, [.admin, .noScript, .loading, .stale], .server, since: "1.0.0",
        summary: "Shows every command that the node executes.", run: monitor),
    CommandSpec(
        "shutdown", arity: -1, [.admin, .noScript, .loading, .stale, .noMulti, .allowBusy], .server,
        since: "1.0.0",
        complexity: "O(N) when saving, where N is the total number of keys in all databases when "
            + "saving data, otherwise O(1)",
        summary: "Ends the node.",
        syntax: "[nosave_save<NOSAVE|SAVE>] [NOW@7.0.0] [FORCE@7.0.0] [ABORT@7.0.0]", run: shutDown),
]

@Sendable private func monitor(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard !node.isInTransaction else {
        throw ReplyError("ERR MONITOR isn't allowed for DENY BLOCKING client")
    }
    let client = node.clients[node.caller]
    guard client.flags.isDisjoint(with: [.replica, .monitor]) else { return }
    node.clients[node.caller].flags.insert(.monitor)
    node.monitors.append(client.id)
    node.updateObservers()
    reply.ok()
}

/// What a SHUTDOWN asks for.
struct ShutdownOptions: Sendable {
    var isWithoutSaving = false
    var isSaving = false
    var isForced = false
    var isAbort = false
    var isNow = false

    init() {}

    /// What shutdown-on-sigint and shutdown-on-sigterm may say.
    static let signalWords = ["default", "save", "nosave", "now", "force"]

    /// What a signal asks for by the configuration.
    init(signal: String, _ configuration: Configuration) {
        let words =
            signal == "SIGINT" ? configuration.shutdownOnSIGINT : configuration.shutdownOnSIGTERM
        for word in words.split(separator: " ") {
            switch word {
            case "save": isSaving = true
            case "nosave": isWithoutSaving = true
            case "now": isNow = true
            case "force": isForced = true
            default: break
            }
        }
    }

    init(_ arguments: Arguments) throws(ReplyError) {
        for index in 1..<arguments.count {
            let option = arguments[index]
            if option.isKeyword("NOSAVE") {
                isWithoutSaving = true
            } else if option.isKeyword("SAVE") {
                isSaving = true
            } else if option.isKeyword("NOW") {
                isNow = true
            } else if option.isKeyword("FORCE") {
                isForced = true
            } else if option.isKeyword("ABORT") {
                isAbort = true
            } else {
                throw .syntax
            }
        }
        let hasOthers = isWithoutSaving || isSaving || isNow || isForced
        if isAbort && hasOthers || isWithoutSaving && isSaving { throw .syntax }
    }
}

@Sendable private func shutDown(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try ShutdownOptions(arguments)
    // A script that is in the middle of its writes must not be saved.
    if !options.isWithoutSaving, let busyError = node.busyError { throw busyError }
    guard options.isAbort else { return node.beginShutdown(options) }
    guard node.abortShutdown() else { throw ReplyError("ERR No shutdown in progress.") }
    reply.ok()
}
