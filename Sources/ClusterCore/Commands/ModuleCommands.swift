import Keyspace
import RESP

/// MODULE (module.c). These nodes take no modules, as a Redis whose enable-module-command is `no`: tools ask for the
/// list, which is empty.
let moduleCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "module", arity: -2, [], .server, since: "4.0.0", complexity: "Depends on subcommand.",
        summary: "A container for commands about modules.", subcommands: moduleSubcommands
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    }
]

private let flags: CommandFlags = [.admin, .noScript]
private let guarded = flags.union([.noAsyncLoading, .protected])

private let moduleSubcommands: [CommandSpec<Node>] = [
    CommandSpec(
        "list", arity: 2, flags, .server, tips: ["nondeterministic_output_order"], since: "4.0.0",
        complexity: "O(N) where N is the number of loaded modules.",
        summary: "Returns the modules of the node: none."
    ) { _, _, reply throws(ReplyError) in
        reply.array(0)
    },
    CommandSpec(
        "load", arity: -3, guarded, .server, since: "4.0.0",
        summary: "Loads a module, where that is allowed.", syntax: "path [arg...]", run: refuse),
    CommandSpec(
        "loadex", arity: -3, guarded, .server, since: "7.0.0",
        summary: "Loads a module with its configuration, where that is allowed.",
        syntax: "path [CONFIG... configs(name value)] [ARGS args(arg)...]", run: refuse),
    CommandSpec(
        "unload", arity: 3, guarded, .server, since: "4.0.0",
        summary: "Unloads a module, where that is allowed.", syntax: "name", run: refuse),
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .server, since: "5.0.0",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("MODULE", moduleHelp)
    },
]

@Sendable private func refuse(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    preconditionFailure("a protected command is refused before it runs")
}

private let moduleHelp: [StaticString] = [
    "LIST",
    "    Return a list of loaded modules.",
    "LOAD <path> [<arg> ...]",
    "    Load a module library from <path>, passing to it any optional arguments.",
    "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
    "    Load a module library from <path>, while passing it module configurations and optional arguments.",
    "UNLOAD <name>",
    "    Unload a module.",
]
