import RESP

extension CLIOptions {
    /// Reads redis-cli's arguments, those after the program's name, and what the environment says. Throws for
    /// what redis-cli refuses, and for `--help` and `--version`.
    package static func parse(_ arguments: [[UInt8]], on system: CLISystem) throws(CLIExit)
        -> CLIOptions
    {
        let isTerminal = system.isOutputTerminal || system.variable("FAKETTY") != nil
        var parser = OptionParser(
            target: Target(options: CLIOptions(isOutputTerminal: isTerminal)),
            rest: arguments[...])
        do throws(CLIExit) {
            try parser.run(on: system)
            try parser.target.options.validate()
        } catch {
            var exit = error
            exit.complaint = parser.target.options.warnings + exit.complaint
            throw exit
        }
        var options = parser.target.options
        if let password = system.variable("REDISCLI_AUTH"), options.password == nil {
            options.password = Array(password.utf8)
        }
        if system.variable("REDISCLI_CLUSTER_YES") == "1" { parser.target.cluster.agrees = true }
        options.complete(with: parser.target.cluster, arguments)
        return options
    }

    /// The text in its quotes, as redis-cli takes it for one argument; nil when it is not exactly one.
    static func unquoted(_ text: [UInt8]) -> [UInt8]? {
        guard let words = splitArguments(text), words.count == 1 else { return nil }
        return words[0]
    }

    private mutating func complete(with options: ClusterRequestOptions, _ arguments: [[UInt8]]) {
        cluster?.options = options
        cluster?.user = user
        cluster?.password = password
        cluster?.isVerbose = isVerbose
        cluster?.commandLine = arguments
    }

    private mutating func validate() throws(CLIExit) {
        if socket != nil, followsRedirects {
            throw .refused("Options -c and -s are mutually exclusive.")
        }
        if speaksRESP2, resp3 == .explicit {
            throw .refused("Options -2 and -3 are mutually exclusive.")
        }
        if debugsScript, script == nil {
            throw .refused(
                """
                Options --ldb and --ldb-sync-mode require --eval.
                Try redis-cli --help for more information.
                """)
        }
        if !hidesPasswordWarning, password != nil {
            warnings +=
                "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n"
        }
        if modes.isSuperset(of: [.dump, .functionsDump]) {
            throw .refused("Option --functions-rdb and --rdb are mutually exclusive.")
        }
        if takesLastArgumentFromInput, inputTag != nil {
            throw .refused("Options -x and -X are mutually exclusive.")
        }
    }
}

/// Goes through the arguments up to the command.
private struct OptionParser {
    var target: CLIOptions.Target
    var rest: ArraySlice<[UInt8]>

    mutating func run(on system: CLISystem) throws(CLIExit) {
        while let word = rest.popFirst() {
            let name = String(decoding: word, as: UTF8.self)
            switch name {
            case "--help": throw CLIExit(status: 0, output: CLIUsage.text)
            case "-h" where rest.isEmpty: throw CLIExit(status: 0, output: CLIUsage.text)
            case "-v", "--version": throw CLIExit(status: 0, output: CLIUsage.version + "\n")
            case "--cluster": try takeCluster(on: system)
            case "--cluster-weight" where !rest.isEmpty: try takeWeights()
            default:
                if try take(name) { continue }
                guard word.first != UInt8(ascii: "-") else {
                    throw .refused("Unrecognized option or bad number of args for: '\(name)'")
                }
                guard target.options.cluster != nil else {
                    target.options.command = [word] + rest
                    return
                }
                takeClusterArguments(from: word)
            }
        }
    }

    /// False when the name is no option, or lacks its value.
    private mutating func take(_ name: String) throws(CLIExit) -> Bool {
        switch CLIOptions.row(name)?.effect {
        case .flag(let set): set(&target)
        case .value(let take):
            guard let value = rest.popFirst() else { return false }
            try take(&target, value)
        case nil: return false
        }
        return true
    }

    private mutating func takeCluster(on system: CLISystem) throws(CLIExit) {
        guard let verb = rest.popFirst(), target.options.cluster == nil else {
            throw CLIExit(status: 1, complaint: CLIUsage.text)
        }
        var arguments = takeWords()
        if target.options.takesLastArgumentFromInput {
            arguments.append(try system.readInputToEnd())
        } else if let tag = target.options.inputTag {
            let input = try system.readInputToEnd()
            guard let place = arguments.firstIndex(of: tag) else {
                throw .refused("Using -X option but stdin tag not match.")
            }
            arguments[place] = input
        }
        target.options.cluster = ClusterRequest(
            verb: String(decoding: verb, as: UTF8.self), arguments: Self.texts(arguments))
    }

    /// Arguments of `--cluster` that stand behind other options.
    private mutating func takeClusterArguments(from first: [UInt8]) {
        guard target.options.cluster?.arguments.isEmpty == true else { return }
        let words = [first] + takeWords()
        target.options.cluster?.arguments = Self.texts(words)
    }

    private mutating func takeWeights() throws(CLIExit) {
        guard target.cluster.weights == nil else {
            throw .refused(
                """
                WARNING: you cannot use --cluster-weight more than once.
                You can set more weights by adding them as a space-separated list, ie:
                --cluster-weight n1=w n2=w
                """)
        }
        let weights = rest.prefix {
            !$0.starts(with: "--".utf8) && $0.contains(UInt8(ascii: "="))
        }
        rest.removeFirst(weights.count)
        if !weights.isEmpty { target.cluster.weights = Self.texts(weights) }
    }

    private mutating func takeWords() -> [[UInt8]] {
        let words = rest.prefix { $0.first != UInt8(ascii: "-") }
        rest.removeFirst(words.count)
        return Array(words)
    }

    private static func texts(_ words: some Collection<[UInt8]>) -> [String] {
        words.map { String(decoding: $0, as: UTF8.self) }
    }
}
