package import ClusterAdmin
package import Lab

/// What redis-cli's arguments and environment say.
package struct CLIOptions: Sendable {
    package var host = "127.0.0.1"
    package var port = 6379
    /// A Unix socket; it overrides host and port.
    package var socket: String?
    package var usesTLS = false
    /// What TLS goes by where it is used.
    package var tlsOptions = TLSOptions()
    package var user: [UInt8]?
    package var password: [UInt8]?
    package var asksPassword = false
    package var hidesPasswordWarning = false
    package var database = 0

    /// How often a command is sent; negative for ever.
    package var times = 1
    package var interval = Duration.zero
    package var format = ReplyFormat()
    package var showsPushes = false
    package var speaksRESP2 = false
    package var resp3 = RESP3Wish.none
    package var followsRedirects = false
    package var failsOnError = false
    package var isInputQuoted = false
    package var takesLastArgumentFromInput = false
    /// The argument in whose place standard input stands.
    package var inputTag: [UInt8]?
    package var isVerbose = false

    /// What it does instead of running commands. The first one in the order of `Mode.allCases` is done.
    package var modes: Set<Mode> = []
    package var isLatencyHistory = false
    package var hasGreyPalette = false
    package var intrinsicLatencySeconds = 0
    package var pattern: [UInt8]?
    package var sampleCount = 0
    package var pipeTimeout = 30
    package var dumpFile: [UInt8] = []
    package var script: [UInt8]?
    package var debugsScript = false
    /// On the server itself: what the script changes stays.
    package var debugsInSync = false
    /// What `--cluster` and the options that begin so say.
    package var cluster = VerbOptions()

    /// What is to be said on standard error before anything else.
    package var warnings = ""
    /// What follows the options: the command.
    package var command: [[UInt8]] = []

    /// Whether RESP3 is wanted.
    package enum RESP3Wish: Sendable {
        case none
        /// By `-3`: without it nothing goes.
        case explicit
        /// By `--json`: where the server knows it.
        case implicit
    }

    /// In redis-cli's order of precedence.
    package enum Mode: CaseIterable, Sendable {
        case latency, latencyDistribution, replica, dump, functionsDump, pipe, bigKeys, memoryKeys
        case hotKeys, statistics, scan, lruTest, intrinsicLatency
    }

    /// - Parameter isOutputTerminal: whether replies are printed for the eye unless the arguments say otherwise.
    package init(isOutputTerminal: Bool) {
        format.style = isOutputTerminal ? .standard : .raw
        showsPushes = isOutputTerminal
    }

    /// What redis-cli is for.
    package enum Purpose: Sendable {
        /// The commands of whoever types them.
        case prompt
        /// The one command of the command line, with nothing from standard input.
        case command
        /// All that has a course of its own: cluster verbs, scripts, measuring, whatever reads standard input or has no
        /// end.
        case program
    }

    /// What these options make of redis-cli.
    package var purpose: Purpose {
        let readsInput = takesLastArgumentFromInput || inputTag != nil || asksPassword
        guard cluster.verb == nil, mode == nil, script == nil, !readsInput else { return .program }
        guard !command.isEmpty else { return .prompt }
        return times < 0 || CLISession.isEndless(command) ? .program : .command
    }

    /// How connections are made secure; nil for those that are not.
    package var tls: TLSOptions? { usesTLS ? tlsOptions : nil }

    /// What is done instead of running commands, if anything.
    var mode: Mode? { Mode.allCases.first { modes.contains($0) } }
}
