// Every option of redis-cli as a row.
extension CLIOptions {
    /// Where an option's effect goes.
    struct Target {
        var options: CLIOptions
        var cluster = ClusterRequestOptions()
    }

    /// An option by its name, and what it does.
    struct Row: Sendable {
        let name: String
        let effect: Effect

        enum Effect: Sendable {
            case flag(@Sendable (inout Target) -> Void)
            case value(@Sendable (inout Target, [UInt8]) throws(CLIExit) -> Void)
        }

        init(_ name: String, set: @escaping @Sendable (inout Target) -> Void) {
            self.name = name
            effect = .flag(set)
        }

        init(
            _ name: String,
            take: @escaping @Sendable (inout Target, [UInt8]) throws(CLIExit) -> Void
        ) {
            self.name = name
            effect = .value(take)
        }
    }

    /// The row of an option; nil for a name that is none.
    static func row(_ name: String) -> Row? { rowsByName[name] }

    private static let rowsByName: [String: Row] = Dictionary(
        (connectionRows + outputRows + modeRows + clusterRows).map { ($0.name, $0) },
        uniquingKeysWith: { first, _ in first })

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static let connectionRows: [Row] = [
        Row("-h", take: { $0.options.host = text($1) }),
        Row("-p", take: { $0.options.port = CText.int($1) }),
        Row("-s", take: { $0.options.socket = text($1) }),
        Row("-n", take: { $0.options.database = CText.int($1) }),
        Row("-a", take: { $0.options.password = $1 }),
        Row("--pass", take: { $0.options.password = $1 }),
        Row("--user", take: { $0.options.user = $1 }),
        Row("--askpass", set: { $0.options.asksPassword = true }),
        Row("--no-auth-warning", set: { $0.options.hidesPasswordWarning = true }),
        Row("-u", take: { target, uri throws(CLIExit) in try target.options.take(uri: uri) }),
        Row("-2", set: { $0.options.speaksRESP2 = true }),
        Row("-3", set: { $0.options.resp3 = .explicit }),
        Row("-c", set: { $0.options.followsRedirects = true }),
    ]

    private static let outputRows: [Row] = [
        Row("-r", take: { $0.options.times = CText.integer($1) }),
        Row(
            "-i",
            take: {
                $0.options.interval = .microseconds(Int(CText.double($1) * 1_000_000))
            }),
        Row("-x", set: { $0.options.takesLastArgumentFromInput = true }),
        Row("-X", take: { $0.options.inputTag = $1 }),
        Row("-d", take: { $0.options.format.elementDelimiter = $1 }),
        Row("-D", take: { $0.options.format.replyDelimiter = $1 }),
        Row("-e", set: { $0.options.failsOnError = true }),
        Row("--raw", set: { $0.options.format.style = .raw }),
        Row("--no-raw", set: { $0.options.format.style = .standard }),
        Row("--csv", set: { $0.options.format.style = .csv }),
        Row("--json", set: { $0.options.print(json: .json) }),
        Row("--quoted-json", set: { $0.options.print(json: .quotedJSON) }),
        Row("--quoted-input", set: { $0.options.isInputQuoted = true }),
        Row("--verbose", set: { $0.options.isVerbose = true }),
        Row("--show-pushes", take: { $0.options.showPushes(text($1)) }),
    ]

    private static let modeRows: [Row] = [
        Row("--latency", set: { $0.options.modes.insert(.latency) }),
        Row(
            "--latency-history",
            set: {
                $0.options.modes.insert(.latency)
                $0.options.isLatencyHistory = true
            }),
        Row("--latency-dist", set: { $0.options.modes.insert(.latencyDistribution) }),
        Row("--mono", set: { $0.options.hasGreyPalette = true }),
        Row("--lru-test", take: { target, _ in target.options.modes.insert(.lruTest) }),
        Row("--slave", set: { $0.options.modes.insert(.replica) }),
        Row("--replica", set: { $0.options.modes.insert(.replica) }),
        Row("--stat", set: { $0.options.modes.insert(.statistics) }),
        Row("--scan", set: { $0.options.modes.insert(.scan) }),
        Row("--pattern", take: { $0.options.pattern = $1 }),
        Row(
            "--quoted-pattern",
            take: { target, text throws(CLIExit) in
                guard let pattern = unquoted(text) else {
                    throw .refused("Invalid quoted string specified for --quoted-pattern.")
                }
                target.options.pattern = pattern
            }),
        Row(
            "--intrinsic-latency",
            take: {
                $0.options.modes.insert(.intrinsicLatency)
                $0.options.intrinsicLatencySeconds = CText.int($1)
            }),
        Row(
            "--rdb",
            take: {
                $0.options.modes.insert(.dump)
                $0.options.dumpFile = $1
            }),
        Row(
            "--functions-rdb",
            take: {
                $0.options.modes.insert(.functionsDump)
                $0.options.dumpFile = $1
            }),
        Row("--pipe", set: { $0.options.modes.insert(.pipe) }),
        Row("--pipe-timeout", take: { $0.options.pipeTimeout = CText.int($1) }),
        Row("--bigkeys", set: { $0.options.modes.insert(.bigKeys) }),
        Row(
            "--memkeys",
            set: {
                $0.options.modes.insert(.memoryKeys)
                $0.options.sampleCount = 0
            }),
        Row(
            "--memkeys-samples",
            take: {
                $0.options.modes.insert(.memoryKeys)
                $0.options.sampleCount = CText.int($1)
            }),
        Row("--hotkeys", set: { $0.options.modes.insert(.hotKeys) }),
        Row("--eval", take: { $0.options.script = $1 }),
        Row("--ldb", set: { $0.options.debugsScript = true }),
        Row("--ldb-sync-mode", set: { $0.options.debugsScript = true }),
    ]

    private static let clusterRows: [Row] = [
        Row("--cluster-only-masters", set: { $0.cluster.onlyMasters = true }),
        Row("--cluster-only-replicas", set: { $0.cluster.onlyReplicas = true }),
        Row("--cluster-replicas", take: { $0.cluster.replicas = CText.int($1) }),
        Row("--cluster-master-id", take: { $0.cluster.masterID = text($1) }),
        Row("--cluster-from", take: { $0.cluster.from = text($1) }),
        Row("--cluster-to", take: { $0.cluster.to = text($1) }),
        Row("--cluster-from-user", take: { $0.cluster.fromUser = text($1) }),
        Row("--cluster-from-pass", take: { $0.cluster.fromPassword = text($1) }),
        Row("--cluster-from-askpass", set: { $0.cluster.asksFromPassword = true }),
        Row("--cluster-slots", take: { $0.cluster.slots = CText.int($1) }),
        Row("--cluster-timeout", take: { $0.cluster.timeout = CText.int($1) }),
        Row("--cluster-pipeline", take: { $0.cluster.pipeline = CText.int($1) }),
        Row("--cluster-threshold", take: { $0.cluster.threshold = CText.double($1) }),
        Row("--cluster-yes", set: { $0.cluster.agrees = true }),
        Row("--cluster-simulate", set: { $0.cluster.simulates = true }),
        Row("--cluster-replace", set: { $0.cluster.replaces = true }),
        Row("--cluster-copy", set: { $0.cluster.copies = true }),
        Row("--cluster-slave", set: { $0.cluster.addsReplica = true }),
        Row("--cluster-use-empty-masters", set: { $0.cluster.usesEmptyMasters = true }),
        Row("--cluster-search-multiple-owners", set: { $0.cluster.searchesMultipleOwners = true }),
        Row(
            "--cluster-fix-with-unreachable-masters",
            set: { $0.cluster.fixesWithUnreachableMasters = true }),
    ]

    /// `-3` is not overwritten.
    private mutating func print(json style: ReplyFormat.Style) {
        if resp3 == .none { resp3 = .implicit }
        format.style = style
    }

    private mutating func showPushes(_ answer: String) {
        switch answer.first {
        case "n", "N": showsPushes = false
        case "y", "Y": showsPushes = true
        default:
            warnings += "Unknown --show-pushes value '\(answer)' (valid: '[y]es', '[n]o')\n"
        }
    }
}
