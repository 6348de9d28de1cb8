#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// The command line, as far as it is about `--cluster`: whoever reads redis-cli's options hands these on.
extension VerbOptions {
    /// Why a command line ends before it begins.
    package enum Refusal: Error, Hashable, Sendable {
        /// redis-cli prints its usage.
        case usage
        /// The sentence that is printed, without its last newline.
        case text(String)
    }

    /// Takes in an option that begins with `--cluster`, and its values from what follows it.
    /// - Returns: false when the name is no such option, or lacks its value.
    package mutating func take(
        option name: String, from rest: inout ArraySlice<[UInt8]>
    ) throws(Refusal) -> Bool {
        switch name {
        case "--cluster":
            guard let word = rest.popFirst(), verb == nil else { throw .usage }
            take(verb: word, from: &rest)
            return true
        case "--cluster-weight" where !rest.isEmpty:
            try takeWeights(from: &rest)
            return true
        default: break
        }
        switch Self.effects[name] {
        case .flag(let set): set(&self)
        case .value(let take):
            guard let value = rest.popFirst() else { return false }
            take(&self, String(decoding: value, as: UTF8.self))
        case nil: return false
        }
        return true
    }

    /// Takes in a word that is no option: with others behind it the verb's arguments, where it has none yet.
    /// - Returns: false where there is no verb.
    package mutating func take(
        word: [UInt8], from rest: inout ArraySlice<[UInt8]>
    ) -> Bool {
        guard verb != nil else { return false }
        if words.isEmpty { words = [word] + Self.words(from: &rest) }
        return true
    }

    /// Puts what standard input holds behind the verb's arguments: `-x`.
    package mutating func append(input: [UInt8]) {
        words.append(input)
    }

    /// Puts what standard input holds in the place of a tag: `-X`.
    /// - Returns: false where the tag does not stand among the verb's arguments.
    package mutating func replace(tag: [UInt8], by input: [UInt8]) -> Bool {
        guard let place = words.firstIndex(of: tag) else { return false }
        words[place] = input
        return true
    }

    /// The names of all options, `--cluster` first, for those who propose them.
    package static var optionNames: [String] {
        ["--cluster"] + (effects.keys + ["--cluster-weight"]).sorted()
    }

    /// The names of all verbs, in the order of `help`.
    package static var verbNames: [String] { Verb.allCases.map(\.rawValue) }

    private mutating func takeWeights(from rest: inout ArraySlice<[UInt8]>) throws(Refusal) {
        guard weights == nil else {
            throw .text(
                """
                WARNING: you cannot use --cluster-weight more than once.
                You can set more weights by adding them as a space-separated list, ie:
                --cluster-weight n1=w n2=w
                """)
        }
        let found = rest.prefix { !$0.starts(with: "--".utf8) && $0.contains(UInt8(ascii: "=")) }
        rest.removeFirst(found.count)
        guard !found.isEmpty else { return }
        weights = found.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What an option does.
    private enum Effect: Sendable {
        case flag(@Sendable (inout VerbOptions) -> Void)
        case value(@Sendable (inout VerbOptions, String) -> Void)
    }

    private static let effects: [String: Effect] = [
        "--cluster-only-masters": .flag { $0.onlyMasters = true },
        "--cluster-only-replicas": .flag { $0.onlyReplicas = true },
        "--cluster-from-askpass": .flag { $0.asksForFromPassword = true },
        "--cluster-yes": .flag { $0.saysYes = true },
        "--cluster-simulate": .flag { $0.simulates = true },
        "--cluster-replace": .flag { $0.replaces = true },
        "--cluster-copy": .flag { $0.copies = true },
        "--cluster-slave": .flag { $0.addsReplica = true },
        "--cluster-use-empty-masters": .flag { $0.usesEmptyMasters = true },
        "--cluster-search-multiple-owners": .flag { $0.searchesMultipleOwners = true },
        "--cluster-fix-with-unreachable-masters": .flag { $0.fixesWithUnreachableMasters = true },
        "--cluster-replicas": .value { $0.replicas = leadingInteger($1) },
        "--cluster-master-id": .value { $0.masterName = $1 },
        "--cluster-from": .value { $0.from = $1 },
        "--cluster-to": .value { $0.to = $1 },
        "--cluster-from-user": .value { $0.fromUser = $1 },
        "--cluster-from-pass": .value { $0.fromPassword = $1 },
        "--cluster-slots": .value { $0.slots = leadingInteger($1) },
        "--cluster-timeout": .value { $0.timeout = leadingInteger($1) },
        "--cluster-pipeline": .value { $0.pipeline = leadingInteger($1) },
        "--cluster-threshold": .value { $0.threshold = Float(atof($1)) },
    ]
}

/// The number that a text begins with, as C's `atoi` reads it; 0 where there is none.
func leadingInteger(_ text: some StringProtocol) -> Int {
    Int(atoi(String(text)))
}
