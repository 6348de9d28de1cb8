import Keyspace
import RESP

/// FUNCTION (functions.c).
let functionCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "function", arity: -2, [], .scripting, since: "7.0.0",
        complexity: "Depends on subcommand.",
        summary: "A container for commands about functions.", subcommands: functionSubcommands
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    }
]

private let everyShard = ["request_policy:all_shards", "response_policy:all_succeeded"]
private let writeFlags: CommandFlags = [.noScript, .write]

private let functionSubcommands: [CommandSpec<Node>] = [
    CommandSpec(
        "load", arity: -3, writeFlags.union(.denyOOM), .scripting, acl: .scripting,
        tips: everyShard, since: "7.0.0",
        complexity: "O(1) (considering compilation time is redundant)",
        summary: "Adds a library.", syntax: "[REPLACE] function-code", run: load),
    CommandSpec(
        "delete", arity: 3, writeFlags, .scripting, acl: .scripting, tips: everyShard,
        since: "7.0.0", summary: "Removes a library.", syntax: "library-name"
    ) { node, arguments, reply throws(ReplyError) in
        let name = ByteString(arguments[2])
        guard node.scripting.functions.library(named: name) != nil else {
            throw ReplyError("ERR Library not found")
        }
        node.scripting.functions.remove(name, from: try node.scripting.functionEngine())
        node.database.changes += 1
        reply.ok()
    },
    CommandSpec(
        "flush", arity: -2, writeFlags, .scripting, acl: .scripting, tips: everyShard,
        since: "7.0.0", complexity: "O(N) where N is the number of functions deleted",
        summary: "Removes all libraries.", syntax: "[async<ASYNC|SYNC>]", run: flush),
    CommandSpec(
        "list", arity: -2, [.noScript], .scripting, acl: .scripting,
        tips: ["nondeterministic_output_order"], since: "7.0.0",
        complexity: "O(N) where N is the number of functions",
        summary: "Lists the libraries and their functions.",
        syntax: "[LIBRARYNAME library-name-pattern:string] [WITHCODE]", run: list),
    CommandSpec(
        "dump", arity: 2, [.noScript], .scripting, acl: .scripting, since: "7.0.0",
        complexity: "O(N) where N is the number of functions",
        summary: "Returns all libraries as bytes that FUNCTION RESTORE takes."
    ) { node, _, reply throws(ReplyError) in
        reply.bulkString(FunctionPayload.bytes(of: node.scripting.functions.codes))
    },
    CommandSpec(
        "restore", arity: -3, writeFlags.union(.denyOOM), .scripting, acl: .scripting,
        tips: everyShard, since: "7.0.0",
        complexity: "O(N) where N is the number of functions on the payload",
        summary: "Adds the libraries that FUNCTION DUMP gave out.",
        syntax: "serialized-value [policy<FLUSH|APPEND|REPLACE>]", run: restore),
    CommandSpec(
        "kill", arity: 2, [.noScript, .allowBusy], .scripting, acl: .scripting,
        tips: ["request_policy:all_shards", "response_policy:one_succeeded"], since: "7.0.0",
        summary: "Ends the function that runs, unless it has written."
    ) { node, _, reply throws(ReplyError) in
        try node.killScript(isFunction: true)
        reply.ok()
    },
    CommandSpec(
        "stats", arity: 2, [.noScript, .allowBusy], .scripting, acl: .scripting,
        tips: [
            "nondeterministic_output", "request_policy:all_shards", "response_policy:special",
        ], since: "7.0.0", summary: "Tells of the function that runs, and of the engines.",
        run: stats),
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .scripting, acl: .scripting, since: "7.0.0",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("FUNCTION", functionHelp)
    },
]

@Sendable private func load(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var replacing = false
    for index in 2..<arguments.count - 1 {
        guard arguments[index].isKeyword("REPLACE") else {
            throw ReplyError("ERR Unknown option given: \(arguments[index].text)")
        }
        replacing = true
    }
    let engine = try node.scripting.functionEngine()
    let name = try node.scripting.functions.load(
        ByteString(arguments[arguments.count - 1]), replacing: replacing,
        limit: node.database.obeysMaster ? 0 : FunctionLibraries.loadLimit, in: engine)
    node.database.changes += 1
    reply.bulkString(name)
}

@Sendable private func flush(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 3 else { throw functionSyntax(arguments) }
    guard arguments.count == 2 || isFlushMode(arguments[2]) else {
        throw ReplyError("ERR FUNCTION FLUSH only supports SYNC|ASYNC option")
    }
    if node.scripting.functions.count > 0 {
        node.scripting.functions.removeAll(from: try node.scripting.functionEngine())
    }
    node.database.changes += 1
    reply.ok()
}

/// `addReplySubcommandSyntaxError`.
private func functionSyntax(_ arguments: Arguments) -> ReplyError {
    ReplyError(
        "ERR unknown subcommand or wrong number of arguments for '\(arguments[1].text.prefix(128))'. "
            + "Try FUNCTION HELP.")
}

@Sendable private func restore(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 4 else { throw functionSyntax(arguments) }
    let policy = arguments.count == 4 ? arguments[3] : nil
    let isFlush = policy?.isKeyword("FLUSH") ?? false
    let isReplace = policy?.isKeyword("REPLACE") ?? false
    guard isFlush || isReplace || policy?.isKeyword("APPEND") ?? true else {
        throw ReplyError(
            "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.")
    }
    let codes: [ByteString]
    do throws(FunctionPayload.Failure) {
        codes = try FunctionPayload.codes(of: arguments[2])
    } catch {
        throw ReplyError("ERR \(error.reason)")
    }
    let engine = try node.scripting.functionEngine()
    var restored = FunctionLibraries()
    do throws(ReplyError) {
        for code in codes {
            _ = try restored.load(code, replacing: false, limit: 0, in: engine)
        }
        if isFlush { node.scripting.functions.removeAll(from: engine) }
        try node.scripting.functions.join(restored, replacing: isReplace, in: engine)
    } catch {
        restored.removeAll(from: engine)
        throw error
    }
    node.database.changes += 1
    reply.ok()
}

@Sendable private func list(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var hasCode = false
    var pattern: Argument?
    var index = 2
    while index < arguments.count {
        if !hasCode, arguments[index].isKeyword("WITHCODE") {
            hasCode = true
        } else if pattern == nil, arguments[index].isKeyword("LIBRARYNAME") {
            guard index + 1 < arguments.count else {
                throw ReplyError("ERR library name argument was not given")
            }
            index += 1
            pattern = arguments[index]
        } else {
            throw ReplyError("ERR Unknown argument \(arguments[index].text)")
        }
        index += 1
    }
    let libraries = node.scripting.functions.libraries.filter { library in
        guard let pattern else { return true }
        let name = library.name.description.lowercased()
        return ByteString(pattern.text.lowercased()).withBuffer { matchesGlob(name, $0) }
    }
    reply.array(libraries.count)
    for library in libraries { reply.describe(library, hasCode: hasCode) }
}

extension ReplyBuffer {
    fileprivate mutating func describe(_ library: FunctionLibrary, hasCode: Bool) {
        map(hasCode ? 4 : 3)
        bulkString("library_name")
        bulkString(library.name)
        bulkString("engine")
        bulkString("LUA")
        bulkString("functions")
        array(library.functions.count)
        for function in library.functions { describe(function) }
        guard hasCode else { return }
        bulkString("library_code")
        bulkString(library.code)
    }

    private mutating func describe(_ function: FunctionLibrary.Function) {
        map(3)
        bulkString("name")
        bulkString(function.name)
        bulkString("description")
        if let description = function.description { bulkString(description) } else { null() }
        bulkString("flags")
        let flags = ScriptFlags.names.filter { function.flags.contains($0.flag) }
        set(flags.count)
        for flag in flags { simpleString(flag.name) }
    }
}

@Sendable private func stats(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    if let run = node.scripting.running, !run.isFunction { throw .busyScript }
    reply.map(2)
    reply.bulkString("running_script")
    if let run = node.scripting.running {
        reply.map(3)
        reply.bulkString("name")
        reply.bulkString(run.name)
        reply.bulkString("command")
        reply.array(run.command.count)
        for argument in run.command { reply.bulkString(argument) }
        reply.bulkString("duration_ms")
        reply.integer(run.begun.duration(to: node.now).wholeMilliseconds)
    } else {
        reply.null()
    }
    reply.bulkString("engines")
    reply.map(1)
    reply.bulkString("LUA")
    reply.map(2)
    reply.bulkString("libraries_count")
    reply.integer(node.scripting.functions.count)
    reply.bulkString("functions_count")
    reply.integer(node.scripting.functions.functionCount)
}

private let functionHelp: [StaticString] = [
    "LOAD [REPLACE] <FUNCTION CODE>",
    "    Create a new library with the given library name and code.",
    "DELETE <LIBRARY NAME>",
    "    Delete the given library.",
    "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
    "    Return general information on all the libraries:",
    "    * Library name",
    "    * The engine used to run the Library",
    "    * Library description",
    "    * Functions list",
    "    * Library code (if WITHCODE is given)",
    "    It also possible to get only function that matches a pattern using LIBRARYNAME argument.",
    "STATS",
    "    Return information about the current function running:",
    "    * Function name",
    "    * Command used to run the function",
    "    * Duration in MS that the function is running",
    "    If no function is running, return nil",
    "    In addition, returns a list of available engines.",
    "KILL",
    "    Kill the current running function.",
    "FLUSH [ASYNC|SYNC]",
    "    Delete all the libraries.",
    "    When called without the optional mode argument, the behavior is determined by the",
    "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
    "    * ASYNC: Asynchronously flush the libraries.",
    "    * SYNC: Synchronously flush the libraries.",
    "DUMP",
    "    Return a serialized payload representing the current libraries, can be restored using FUNCTION RESTORE command",
    "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
    "    Restore the libraries represented by the given payload, it is possible to give a restore policy to",
    "    control how to handle existing libraries (default APPEND):",
    "    * FLUSH: delete all existing libraries.",
    "    * APPEND: appends the restored libraries to the existing libraries. On collision, abort.",
    "    * REPLACE: appends the restored libraries to the existing libraries, On collision, replace the old",
    "      libraries with the new libraries (notice that even on this option there is a chance of failure",
    "      in case of functions name collision with another library).",
]
