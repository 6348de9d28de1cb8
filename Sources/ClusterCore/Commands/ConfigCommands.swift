import Keyspace
import RESP

/// CONFIG (config.c), over the rows of `ConfigurationParameter`.
let configCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "config", arity: -2, [], .server, since: "2.0.0", complexity: "Depends on subcommand.",
        summary: "A container for commands about the configuration.",
        subcommands: configSubcommands
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    }
]

private let configSubcommands: [CommandSpec<Node>] = [
    CommandSpec(
        "get", arity: -3, [.admin, .noScript, .loading, .stale], .server, since: "2.0.0",
        complexity: "O(N) when N is the number of configuration parameters provided",
        summary: "Returns the parameters whose names match, with their values.",
        syntax: "parameter(parameter)...", run: get),
    CommandSpec(
        "set", arity: -4, [.admin, .noScript, .loading, .stale], .server,
        tips: ["request_policy:all_nodes", "response_policy:all_succeeded"], since: "2.0.0",
        complexity: "O(N) when N is the number of configuration parameters provided",
        summary: "Sets parameters of the running node, all of them or none.",
        syntax: "parameter_value(parameter value)...", run: set),
    CommandSpec(
        "resetstat", arity: 2, [.admin, .noScript, .loading, .stale], .server, since: "2.0.0",
        summary: "Sets the counters of INFO back to zero."
    ) { node, _, reply throws(ReplyError) in
        node.statistics = Node.Statistics(commandCount: node.commands.rows.count)
        node.times = CommandTimes(commandCount: node.commands.rows.count)
        node.database.statistics = Database.Statistics()
        reply.ok()
    },
    CommandSpec(
        "rewrite", arity: 2, [.admin, .noScript, .loading, .stale, .answersLater], .server,
        since: "2.8.0",
        summary: "Writes the configuration of the running node to its file."
    ) { node, _, _ throws(ReplyError) in
        guard !node.configuration.configFile.isEmpty else {
            throw ReplyError("ERR The server is running without a config file")
        }
        node.configuration.users = node.access.users.map(\.definitionWords)
        node.save(.configuration, contents: node.configuration.rewriting([]))
    },
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .server, since: "5.0.0",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("CONFIG", configHelp)
    },
]

@Sendable private func get(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let matching = ConfigurationParameter.all.filter { parameter in
        (2..<arguments.count).contains { matchesGlob(parameter.name, arguments[$0].buffer) }
    }
    reply.map(matching.count)
    for parameter in matching {
        reply.bulkString(parameter.name)
        reply.bulkString(node.value(of: parameter))
    }
}

extension Node {
    /// What CONFIG shows of a parameter.
    fileprivate func value(of parameter: ConfigurationParameter) -> String {
        guard ["replicaof", "slaveof"].contains(parameter.name) else {
            return parameter.value(in: configuration)
        }
        return replication.master.map { "\($0.host) \($0.port)" } ?? ""
    }
}

@Sendable private func set(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count % 2 == 0 else { throw .syntax }
    let pairs = stride(from: 2, to: arguments.count, by: 2).map {
        (name: arguments[$0].text, value: arguments[$0 + 1].buffer)
    }
    let parameters = try settable(pairs.map(\.name))
    var configuration = node.configuration
    for (parameter, pair) in zip(parameters, pairs) {
        // Redis takes any bytes; here a password of other bytes could not be matched again.
        guard let value = String(validating: pair.value, as: UTF8.self) else {
            throw failure(pair.name, "argument must be text in UTF-8")
        }
        do throws(ConfigurationParameter.Refusal) {
            try parameter.set(value, in: &configuration)
        } catch {
            throw failure(pair.name, error.reason)
        }
    }
    let wasAppending = node.configuration.appendonly
    guard !configuration.appendonly || !configuration.dir.isEmpty else {
        throw failure("appendonly", "Unable to turn on AOF. Check server logs.")
    }
    let previous = node.configuration
    if let problem = node.applyTLS(configuration, from: previous, named: parameters.map(\.name)) {
        node.log(
            .warning,
            "Failed applying new configuration. Possibly related to new \(problem.name) setting. "
                + "Restoring previous settings.")
        throw failure(problem.name, problem.reason)
    }
    node.configuration = configuration
    node.access.follow(configuration, from: previous)
    node.slowLog.trim(to: configuration.slowlogMaxLen)
    node.configurationChanged()
    if configuration.appendonly, !wasAppending { node.startAppendOnly() }
    if !configuration.appendonly, wasAppending { node.stopAppendOnly() }
    node.database.follow(configuration)
    node.updateObservers()
    reply.ok()
}

/// The parameters of those names, if all may be set. Redis looks at all of them before it sets the first.
private func settable(_ names: [String]) throws(ReplyError) -> [ConfigurationParameter] {
    var parameters: [ConfigurationParameter] = []
    for name in names {
        guard let parameter = ConfigurationParameter.named(name) else {
            throw ReplyError("ERR Unknown option or number of arguments for CONFIG SET - '\(name)'")
        }
        switch parameter.change {
        case .immutable: throw failure(name, "can't set immutable config")
        case .protected: throw failure(name, "can't set protected config")
        case .allowed, .unsupported: break
        }
        guard !parameters.contains(where: { $0.name == parameter.name }) else {
            throw failure(name, "duplicate parameter")
        }
        parameters.append(parameter)
    }
    return parameters
}

private func failure(_ name: String, _ reason: String) -> ReplyError {
    ReplyError("ERR CONFIG SET failed (possibly related to argument '\(name)') - \(reason)")
}

private let configHelp: [StaticString] = [
    "GET <pattern>",
    "    Return parameters matching the glob-like <pattern> and their values.",
    "SET <directive> <value>",
    "    Set the configuration <directive> to <value>.",
    "RESETSTAT",
    "    Reset statistics reported by the INFO command.",
    "REWRITE",
    "    Rewrite the configuration file.",
]
