import ClusterAdmin
package import Lab
package import RESP

/// redis-cli 7.0.15: one run of it, from its arguments to its exit code.
///
/// What it prints, when it connects and how it ends is redis-cli's (redis 7.0.15: src/redis-cli.c, whose
/// functions are named where the order of things matters), so that what a learner sees here is what they see
/// with the real one.
package struct CLISession {
    package var options: CLIOptions
    let system: CLISystem
    let output: CLIOutput
    let input: InputLines
    /// Nil until connected, and again after the server has gone.
    var connection: CLIConnection?
    /// The database of the connection; `options.database` is the one that is wanted.
    var database = 0
    var isInTransaction = false
    var databaseBeforeTransaction = 0
    /// Lines are read, and a server that goes away is no reason to end.
    var isInteractive = false
    /// Ctrl-C ends the wait for a reply, not the program.
    package var handlesInterrupts = false
    /// A redirect has come: the command is to be sent again, elsewhere.
    var hasToReissue = false
    /// What the server sends without being asked.
    var stream: Stream?
    var isShuttingDown = false
    /// The last reply to a command; nil where there was none.
    package internal(set) var lastReply: RESPValue?
    /// The redirects that were followed for the last command.
    package internal(set) var redirects: [Redirect] = []
    /// More of them for one command means that nodes point at each other. redis-cli would go on for ever.
    var redirectLimit = Int.max
    /// Why the last command has no reply.
    package internal(set) var trouble: LabError?
    /// The server's debugger for scripts.
    var debugging = ScriptDebugging()
    /// The server's commands; nil until somebody needs them.
    var help: CommandHelp?

    /// Replies that never end.
    enum Stream {
        case monitor, messages
    }

    package init(options: CLIOptions, system: CLISystem, output: CLIOutput) {
        self.options = options
        self.system = system
        self.output = output
        input = InputLines(system)
    }

    /// Runs redis-cli with these arguments; the result is its exit code. All that it prints is printed then.
    package static func run(_ arguments: [[UInt8]], on system: CLISystem, output: CLIOutput)
        -> Int32
    {
        do throws(CLIExit) {
            let options = try CLIOptions.parse(arguments, on: system)
            var session = CLISession(options: options, system: system, output: output)
            let status = try session.run()
            output.flush()
            return status
        } catch {
            output.end(error)
            return error.status
        }
    }

    /// redis-cli's `main`, after its options.
    package mutating func run() throws(CLIExit) -> Int32 {
        if !options.warnings.isEmpty { output.complain(options.warnings) }
        if options.asksPassword {
            options.password = try ask("Please input password: ")
        }
        if options.cluster.asksForFromPassword {
            options.cluster.fromPassword = try ask("Please input import source node password: ")
                .map { String(decoding: $0, as: UTF8.self) }
        }
        if options.cluster.verb != nil {
            return system.runCluster(verbOptions, output)
        }
        if let mode = options.mode { return try run(mode) }
        if let script = options.script {
            guard connect() else { return 1 }
            return try evaluate(script)
        }
        guard options.command.isEmpty else {
            _ = connect(isQuiet: true)
            return try runCommand()
        }
        _ = connect()
        return try prompt()
    }

    private func ask(_ question: String) throws(CLIExit) -> [UInt8]? {
        try PasswordPrompt(system: system, output: output, input: input).ask(question)
    }

    /// What `--cluster` says, with what the other options say of user and password.
    private var verbOptions: VerbOptions {
        var verbs = options.cluster
        verbs.user = options.user.map { String(decoding: $0, as: UTF8.self) }
        verbs.password = options.password.map { String(decoding: $0, as: UTF8.self) }
        verbs.isVerbose = options.isVerbose
        return verbs
    }

    private mutating func run(_ mode: CLIOptions.Mode) throws(CLIExit) -> Int32 {
        switch mode {
        case .intrinsicLatency: return IntrinsicLatency(self).run()
        case .lruTest:
            throw .refused(
                "clusterlab cli has no --lru-test: it fills a cache for minutes. The real redis-cli has it."
            )
        case .latency, .latencyDistribution, .replica, .dump, .functionsDump, .pipe, .bigKeys,
            .memoryKeys, .hotKeys, .statistics, .scan:
            break
        }
        guard connect() else { return 1 }
        switch mode {
        case .latency: try measureLatency()
        case .latencyDistribution: try showLatencyDistribution()
        case .replica: try replicate()
        case .dump: try fetchDump(onlyFunctions: false)
        case .functionsDump: try fetchDump(onlyFunctions: true)
        case .pipe: return try pipe()
        case .bigKeys: try findBigKeys(.elements)
        case .memoryKeys: try findBigKeys(.memory(samples: options.sampleCount))
        case .hotKeys: try findHotKeys()
        case .statistics: try showStatistics()
        case .scan: try scan()
        case .intrinsicLatency, .lruTest: break
        }
        return 0
    }

    /// The one command of the command line, `noninteractive`.
    private mutating func runCommand() throws(CLIExit) -> Int32 {
        var arguments = options.command
        if options.isInputQuoted {
            let words = arguments.compactMap(CLIOptions.unquoted)
            guard words.count == arguments.count else {
                throw CLIExit(status: 1, output: "Invalid quoted string\n")
            }
            arguments = words
        }
        if options.takesLastArgumentFromInput {
            arguments.append(try system.readInputToEnd())
        } else if let tag = options.inputTag {
            guard let place = arguments.firstIndex(of: tag) else {
                throw .refused("Using -X option but stdin tag not match.")
            }
            arguments[place] = try system.readInputToEnd()
        }
        return try issue(arguments, times: options.times) ? 0 : 1
    }
}
