import ClusterAdmin
import Lab

// Every option of redis-cli as a row.
extension CLIOptions {
    /// An option by its name, and what it does.
    struct Row: Sendable {
        let name: String
        let effect: Effect

        enum Effect: Sendable {
            case flag(@Sendable (inout CLIOptions) -> Void)
            case value(@Sendable (inout CLIOptions, [UInt8]) throws(CLIExit) -> Void)
        }

        init(_ name: String, set: @escaping @Sendable (inout CLIOptions) -> Void) {
            self.name = name
            effect = .flag(set)
        }

        init(
            _ name: String,
            take: @escaping @Sendable (inout CLIOptions, [UInt8]) throws(CLIExit) -> Void
        ) {
            self.name = name
            effect = .value(take)
        }
    }

    /// The row of an option; nil for a name that is none.
    static func row(_ name: String) -> Row? { rowsByName[name] }

    private static let rowsByName: [String: Row] = Dictionary(
        (connectionRows + tlsRows + outputRows + modeRows).map { ($0.name, $0) },
        uniquingKeysWith: { first, _ in first })

    /// The names of all options, for those who propose them.
    package static var optionNames: [String] {
        (Array(rowsByName.keys) + ["--help", "--version"]).sorted() + VerbOptions.optionNames
    }

    /// The verbs of `--cluster`.
    package static var verbNames: [String] { VerbOptions.verbNames }

    /// The words of the command behind options that may be incomplete; empty where none has begun.
    package static func command(behind words: [String]) -> [String] {
        var rest = words[...]
        while let word = rest.first, word.hasPrefix("-") {
            rest.removeFirst()
            if case .value = row(word)?.effect { rest = rest.dropFirst() }
        }
        return Array(rest)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static let connectionRows: [Row] = [
        Row("-h", take: { $0.host = text($1) }),
        Row("-p", take: { $0.port = CText.int($1) }),
        Row("-s", take: { $0.socket = text($1) }),
        Row("-n", take: { $0.database = CText.int($1) }),
        Row("-a", take: { $0.password = $1 }),
        Row("--pass", take: { $0.password = $1 }),
        Row("--user", take: { $0.user = $1 }),
        Row("--askpass", set: { $0.asksPassword = true }),
        Row("--no-auth-warning", set: { $0.hidesPasswordWarning = true }),
        Row("-u", take: { options, uri throws(CLIExit) in try options.take(uri: uri) }),
        Row("-2", set: { $0.speaksRESP2 = true }),
        Row("-3", set: { $0.resp3 = .explicit }),
        Row("-c", set: { $0.followsRedirects = true }),
    ]

    private static let tlsRows: [Row] = [
        Row("--tls", set: { $0.usesTLS = true }),
        Row("--sni", take: { $0.tlsOptions.serverName = text($1) }),
        Row("--cacertdir", take: { $0.tlsOptions.authorityFolder = text($1) }),
        Row("--cacert", take: { $0.tlsOptions.authorityFile = text($1) }),
        Row("--cert", take: { $0.tlsOptions.certificateFile = text($1) }),
        Row("--key", take: { $0.tlsOptions.keyFile = text($1) }),
        Row("--tls-ciphers", take: { $0.tlsOptions.ciphers = text($1) }),
        Row("--insecure", set: { $0.tlsOptions.skipsVerification = true }),
        Row("--tls-ciphersuites", take: { $0.tlsOptions.suites = text($1) }),
    ]

    private static let outputRows: [Row] = [
        Row("-r", take: { $0.times = CText.integer($1) }),
        Row(
            "-i",
            take: {
                $0.interval = .microseconds(Int(CText.double($1) * 1_000_000))
            }),
        Row("-x", set: { $0.takesLastArgumentFromInput = true }),
        Row("-X", take: { $0.inputTag = $1 }),
        Row("-d", take: { $0.format.elementDelimiter = $1 }),
        Row("-D", take: { $0.format.replyDelimiter = $1 }),
        Row("-e", set: { $0.failsOnError = true }),
        Row("--raw", set: { $0.format.style = .raw }),
        Row("--no-raw", set: { $0.format.style = .standard }),
        Row("--csv", set: { $0.format.style = .csv }),
        Row("--json", set: { $0.print(json: .json) }),
        Row("--quoted-json", set: { $0.print(json: .quotedJSON) }),
        Row("--quoted-input", set: { $0.isInputQuoted = true }),
        Row("--verbose", set: { $0.isVerbose = true }),
        Row("--show-pushes", take: { $0.showPushes(text($1)) }),
    ]

    private static let modeRows: [Row] = [
        Row("--latency", set: { $0.modes.insert(.latency) }),
        Row(
            "--latency-history",
            set: {
                $0.modes.insert(.latency)
                $0.isLatencyHistory = true
            }),
        Row("--latency-dist", set: { $0.modes.insert(.latencyDistribution) }),
        Row("--mono", set: { $0.hasGreyPalette = true }),
        Row("--lru-test", take: { options, _ in options.modes.insert(.lruTest) }),
        Row("--slave", set: { $0.modes.insert(.replica) }),
        Row("--replica", set: { $0.modes.insert(.replica) }),
        Row("--stat", set: { $0.modes.insert(.statistics) }),
        Row("--scan", set: { $0.modes.insert(.scan) }),
        Row("--pattern", take: { $0.pattern = $1 }),
        Row(
            "--quoted-pattern",
            take: { options, text throws(CLIExit) in
                guard let pattern = unquoted(text) else {
                    throw .refused("Invalid quoted string specified for --quoted-pattern.")
                }
                options.pattern = pattern
            }),
        Row(
            "--intrinsic-latency",
            take: {
                $0.modes.insert(.intrinsicLatency)
                $0.intrinsicLatencySeconds = CText.int($1)
            }),
        Row(
            "--rdb",
            take: {
                $0.modes.insert(.dump)
                $0.dumpFile = $1
            }),
        Row(
            "--functions-rdb",
            take: {
                $0.modes.insert(.functionsDump)
                $0.dumpFile = $1
            }),
        Row("--pipe", set: { $0.modes.insert(.pipe) }),
        Row("--pipe-timeout", take: { $0.pipeTimeout = CText.int($1) }),
        Row("--bigkeys", set: { $0.modes.insert(.bigKeys) }),
        Row(
            "--memkeys",
            set: {
                $0.modes.insert(.memoryKeys)
                $0.sampleCount = 0
            }),
        Row(
            "--memkeys-samples",
            take: {
                $0.modes.insert(.memoryKeys)
                $0.sampleCount = CText.int($1)
            }),
        Row("--hotkeys", set: { $0.modes.insert(.hotKeys) }),
        Row("--eval", take: { $0.script = $1 }),
        Row("--ldb", set: { $0.debugScript(inSync: false) }),
        Row("--ldb-sync-mode", set: { $0.debugScript(inSync: true) }),
    ]

    private mutating func debugScript(inSync: Bool) {
        debugsScript = true
        if inSync { debugsInSync = true }
        format.style = .raw
    }

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
