#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads the command line as redis-cli's `parseOptions` does: an option that needs a value and stands last is
/// unknown, and those that only matter without `--cluster` are passed over.
struct VerbOptionsParser {
    private let words: [String]
    private let surroundings: Surroundings
    private var index = 0
    private var options = VerbOptions()

    init(_ words: [String], in surroundings: Surroundings) {
        self.words = words
        self.surroundings = surroundings
    }

    /// The options.
    /// - Throws: where redis-cli says what is wrong and ends.
    mutating func parse() throws(VerbFailure) -> VerbOptions {
        while index < words.count {
            let word = words[index]
            if !word.hasPrefix("-") {
                guard options.verb != nil else { break }
                if options.arguments.isEmpty {
                    options.arguments = takeArguments(from: index)
                    continue
                }
                index += 1
            } else if try !takeFlag(word), try !takeClusterOption(word), try !takeValue(word) {
                throw fail("Unrecognized option or bad number of args for: '\(word)'\n")
            }
        }
        if options.isRESP2, options.isRESP3 {
            throw fail("Options -2 and -3 are mutually exclusive.\n")
        }
        try completePasswords()
        return options
    }

    /// The command line has priority over the environment, and a question over both.
    private mutating func completePasswords() throws(VerbFailure) {
        if options.password != nil, !options.hidesPasswordWarning {
            surroundings.complain(
                "Warning: Using a password with '-a' or '-u' option on the command"
                    + " line interface may not be safe.\n")
        }
        options.password = options.password ?? surroundings.environment("REDISCLI_AUTH")
        if surroundings.environment("REDISCLI_CLUSTER_YES") == "1" { options.saysYes = true }
        do {
            if options.asksForPassword {
                options.password = try surroundings.readSecret("Please input password: ")
            }
        } catch {
            throw VerbFailure(error)
        }
    }

    private mutating func takeFlag(_ word: String) throws(VerbFailure) -> Bool {
        switch word {
        case "--help": throw leave(surroundings.usage)
        case "-h" where isLast: throw leave(surroundings.usage)
        case "-v", "--version": throw leave("redis-cli 7.0.15\n")
        case "--no-auth-warning": options.hidesPasswordWarning = true
        case "--askpass": options.asksForPassword = true
        case "--verbose": options.isVerbose = true
        case "-2": options.isRESP2 = true
        case "-3": options.isRESP3 = true
        case "--cluster-only-masters": options.onlyMasters = true
        case "--cluster-only-replicas": options.onlyReplicas = true
        case "--cluster-from-askpass": options.asksForFromPassword = true
        case "--cluster-yes": options.saysYes = true
        case "--cluster-simulate": options.simulates = true
        case "--cluster-replace": options.replaces = true
        case "--cluster-copy": options.copies = true
        case "--cluster-slave": options.addsReplica = true
        case "--cluster-use-empty-masters": options.usesEmptyMasters = true
        case "--cluster-search-multiple-owners": options.searchesMultipleOwners = true
        case "--cluster-fix-with-unreachable-masters": options.fixesWithUnreachableMasters = true
        default: guard Self.flagsWithoutMeaning.contains(word) else { return false }
        }
        index += 1
        return true
    }

    private mutating func takeClusterOption(_ word: String) throws(VerbFailure) -> Bool {
        switch word {
        case "--cluster":
            guard !isLast, options.verb == nil else { throw fail(surroundings.usage) }
            options.verb = words[index + 1]
            options.arguments = takeArguments(from: index + 2)
        case "--cluster-weight" where !isLast: try takeWeights()
        default: return false
        }
        return true
    }

    private mutating func takeValue(_ word: String) throws(VerbFailure) -> Bool {
        guard !isLast else { return false }
        let value = words[index + 1]
        switch word {
        case "-a", "--pass": options.password = value
        case "--user": options.user = value
        case "-u": takeCredentials(ofURI: value)
        case "--cluster-replicas": options.replicas = leadingInteger(value)
        case "--cluster-master-id": options.masterName = value
        case "--cluster-from": options.from = value
        case "--cluster-to": options.to = value
        case "--cluster-from-user": options.fromUser = value
        case "--cluster-from-pass": options.fromPassword = value
        case "--cluster-slots": options.slots = leadingInteger(value)
        case "--cluster-timeout": options.timeout = leadingInteger(value)
        case "--cluster-pipeline": options.pipeline = leadingInteger(value)
        case "--cluster-threshold": options.threshold = Float(atof(value))
        default: guard Self.valuesWithoutMeaning.contains(word) else { return false }
        }
        index += 2
        return true
    }

    private mutating func takeWeights() throws(VerbFailure) {
        guard options.weights == nil else {
            throw fail(
                "WARNING: you cannot use --cluster-weight more than once.\n"
                    + "You can set more weights by adding them as a space-separated list, ie:\n"
                    + "--cluster-weight n1=w n2=w\n")
        }
        let weights = words[(index + 1)...].prefix { !$0.hasPrefix("--") && $0.contains("=") }
        if !weights.isEmpty { options.weights = Array(weights) }
        index += 1 + weights.count
    }

    /// `redis://user:password@host:port`: the host does not matter here.
    private mutating func takeCredentials(ofURI text: String) {
        guard let at = text.lastIndex(of: "@") else { return }
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        guard start < at else { return }
        let parts = text[start..<at].split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        options.password = String(parts[parts.count - 1])
        if parts.count == 2, !parts[0].isEmpty { options.user = String(parts[0]) }
    }

    /// The words up to the next option.
    private mutating func takeArguments(from start: Int) -> [String] {
        let arguments = words[start...].prefix { !$0.hasPrefix("-") }
        index = start + arguments.count
        return Array(arguments)
    }

    private var isLast: Bool { index == words.count - 1 }

    private func fail(_ text: String) -> VerbFailure {
        surroundings.complain(text)
        return .failed
    }

    private func leave(_ text: String) -> VerbFailure {
        surroundings.say(text)
        return .exit(0)
    }

    private static let flagsWithoutMeaning: Set = [
        "-x", "-c", "-e", "--raw", "--no-raw", "--quoted-input", "--csv", "--json",
        "--quoted-json", "--latency", "--latency-dist", "--mono", "--latency-history", "--slave",
        "--replica", "--stat", "--scan", "--pipe", "--bigkeys", "--memkeys", "--hotkeys", "--ldb",
        "--ldb-sync-mode", "--tls", "--insecure",
    ]

    private static let valuesWithoutMeaning: Set = [
        "-h", "-p", "-s", "-r", "-i", "-n", "-X", "-d", "-D", "--lru-test", "--pattern",
        "--quoted-pattern", "--intrinsic-latency", "--rdb", "--functions-rdb", "--pipe-timeout",
        "--memkeys-samples", "--eval", "--show-pushes", "--sni", "--cacertdir", "--cacert",
        "--cert", "--key", "--tls-ciphers", "--tls-ciphersuites",
    ]
}

/// The number that a text begins with, as C's `atoi` reads it; 0 where there is none.
func leadingInteger(_ text: some StringProtocol) -> Int {
    Int(atoi(String(text)))
}
