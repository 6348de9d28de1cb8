import Keyspace
import RESP

private let evalFlags: CommandFlags = [
    .noScript, .skipMonitor, .mayReplicate, .noMandatoryKeys, .stale, .movableKeys, .runsScript,
]
private let readOnlyEvalFlags: CommandFlags = [
    .noScript, .skipMonitor, .noMandatoryKeys, .stale, .readonly, .movableKeys, .runsScript,
]
private let keys = KeyPositions.counted(at: 2, "RW", "access", "update")
private let readKeys = KeyPositions.counted(at: 2, "RO", "access")
private let worst = "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE"
private let worstReading =
    "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS"

/// The commands that run scripts and functions (eval.c, functions.c).
let scriptCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "eval", arity: -3, keys: keys.noting(worst), evalFlags, .scripting, acl: .scripting,
        since: "2.6.0",
        complexity: "Depends on the script that is executed.",
        summary: "Runs a Lua script.", syntax: "script numkeys [key...] [arg...]"
    ) { node, arguments, reply throws(ReplyError) in
        try evaluate(&node, arguments, readOnly: false, &reply)
    },
    CommandSpec(
        "eval_ro", arity: -3, keys: readKeys.noting(worstReading), readOnlyEvalFlags, .scripting,
        acl: .scripting, since: "7.0.0", complexity: "Depends on the script that is executed.",
        summary: "Runs a Lua script that only reads.", syntax: "script numkeys [key...] [arg...]"
    ) { node, arguments, reply throws(ReplyError) in
        try evaluate(&node, arguments, readOnly: true, &reply)
    },
    CommandSpec(
        "evalsha", arity: -3, keys: keys, evalFlags, .scripting, acl: .scripting, since: "2.6.0",
        complexity: "Depends on the script that is executed.",
        summary: "Runs a Lua script by its hash.", syntax: "sha1 numkeys [key...] [arg...]"
    ) { node, arguments, reply throws(ReplyError) in
        try node.evaluate(arguments, byHash: true, readOnly: false, &reply)
    },
    CommandSpec(
        "evalsha_ro", arity: -3, keys: readKeys, readOnlyEvalFlags, .scripting, acl: .scripting,
        since: "7.0.0",
        complexity: "Depends on the script that is executed.",
        summary: "Runs a Lua script that only reads by its hash.",
        syntax: "sha1 numkeys [key...] [arg...]"
    ) { node, arguments, reply throws(ReplyError) in
        try node.evaluate(arguments, byHash: true, readOnly: true, &reply)
    },
    CommandSpec(
        "fcall", arity: -3, keys: keys.noting(worst), evalFlags, .scripting, acl: .scripting,
        since: "7.0.0",
        complexity: "Depends on the function that is executed.",
        summary: "Calls a function.", syntax: "function numkeys [key...] [arg...]"
    ) { node, arguments, reply throws(ReplyError) in
        try node.callFunction(arguments, readOnly: false, &reply)
    },
    CommandSpec(
        "fcall_ro", arity: -3, keys: readKeys.noting(worstReading), readOnlyEvalFlags, .scripting,
        acl: .scripting, since: "7.0.0", complexity: "Depends on the function that is executed.",
        summary: "Calls a function that only reads.", syntax: "function numkeys [key...] [arg...]"
    ) { node, arguments, reply throws(ReplyError) in
        try node.callFunction(arguments, readOnly: true, &reply)
    },
    CommandSpec(
        "script", arity: -2, [], .scripting, since: "2.6.0",
        complexity: "Depends on subcommand.",
        summary: "A container for commands about the scripts of EVAL.",
        subcommands: scriptSubcommands
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    },
]

private let everyShard = "request_policy:all_shards"
private let everyNode = "request_policy:all_nodes"
private let allSucceeded = "response_policy:all_succeeded"

private let scriptSubcommands: [CommandSpec<Node>] = [
    CommandSpec(
        "debug", arity: 3, [.noScript], .scripting, acl: .scripting, since: "3.2.0",
        summary: "Sets how scripts of this connection are debugged.", syntax: "mode<YES|SYNC|NO>",
        run: debug),
    CommandSpec(
        "exists", arity: -3, [.noScript], .scripting, acl: .scripting,
        tips: [everyShard, "response_policy:agg_logical_and"], since: "2.6.0",
        complexity:
            "O(N) with N being the number of scripts to check (so checking a single script is an "
            + "O(1) operation).",
        summary: "Tells which scripts are kept.", syntax: "sha1..."
    ) { node, arguments, reply throws(ReplyError) in
        reply.array(arguments.count - 2)
        for index in 2..<arguments.count {
            reply.integer(node.scripting.script(named: arguments[index]) == nil ? 0 : 1)
        }
    },
    CommandSpec(
        "flush", arity: -2, [.noScript], .scripting, acl: .scripting,
        tips: [everyNode, allSucceeded], since: "2.6.0",
        complexity: "O(N) with N being the number of scripts in cache",
        summary: "Forgets all scripts.", syntax: "[async<ASYNC|SYNC>@6.2.0]"
    ) { node, arguments, reply throws(ReplyError) in
        guard arguments.count == 2 || arguments.count == 3 && isFlushMode(arguments[2]) else {
            throw ReplyError("ERR SCRIPT FLUSH only support SYNC|ASYNC option")
        }
        node.scripting.removeScripts()
        reply.ok()
    },
    CommandSpec(
        "kill", arity: 2, [.noScript, .allowBusy], .scripting, acl: .scripting,
        tips: [everyShard, "response_policy:one_succeeded"], since: "2.6.0",
        summary: "Ends the script that runs, unless it has written."
    ) { node, _, reply throws(ReplyError) in
        try node.killScript(isFunction: false)
        reply.ok()
    },
    CommandSpec(
        "load", arity: 3, [.noScript, .stale], .scripting, acl: .scripting,
        tips: [everyNode, allSucceeded], since: "2.6.0",
        complexity: "O(N) with N being the length in bytes of the script body.",
        summary: "Keeps a script without running it.", syntax: "script"
    ) { node, arguments, reply throws(ReplyError) in
        reply.bulkString(try node.scripting.script(of: arguments[2]).script.hash)
    },
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .scripting, acl: .scripting, since: "5.0.0",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("SCRIPT", scriptHelp)
    },
]

/// Whether an argument says whether memory is freed at once or on the side, which is the same here.
func isFlushMode(_ mode: Argument) -> Bool { mode.isKeyword("SYNC") || mode.isKeyword("ASYNC") }

/// SCRIPT DEBUG, for the next EVAL of the client. It stays on the node once it was there, as in Redis.
@Sendable private func debug(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard reply.count == 0 else {
        throw ReplyError("ERR SCRIPT DEBUG must be called outside a pipeline")
    }
    if arguments[2].isKeyword("NO") {
        node.clients[node.caller].flags.subtract([.debugsScripts, .debugsOnNode])
    } else if arguments[2].isKeyword("YES") {
        node.clients[node.caller].flags.insert(.debugsScripts)
    } else if arguments[2].isKeyword("SYNC") {
        node.clients[node.caller].flags.formUnion([.debugsScripts, .debugsOnNode])
    } else {
        throw ReplyError("ERR Use SCRIPT DEBUG YES/SYNC/NO")
    }
    reply.ok()
}

/// EVAL and EVAL_RO, line by line where the client debugs.
private func evaluate(
    _ node: inout Node, _ arguments: Arguments, readOnly: Bool, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard !node.debugsScripts else {
        return node.debug(arguments, readOnly: readOnly, &reply)
    }
    try node.evaluate(arguments, byHash: false, readOnly: readOnly, &reply)
}

private let scriptHelp: [StaticString] = [
    "DEBUG (YES|SYNC|NO)",
    "    Set the debug mode for subsequent scripts executed.",
    "EXISTS <sha1> [<sha1> ...]",
    "    Return information about the existence of the scripts in the script cache.",
    "FLUSH [ASYNC|SYNC]",
    "    Flush the Lua scripts cache. Very dangerous on replicas.",
    "    When called without the optional mode argument, the behavior is determined by the",
    "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
    "    * ASYNC: Asynchronously flush the scripts cache.",
    "    * SYNC: Synchronously flush the scripts cache.",
    "KILL",
    "    Kill the currently executing Lua script.",
    "LOAD <script>",
    "    Load a script into the scripts cache without executing it.",
]
