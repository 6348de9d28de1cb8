package import Lab

/// What the command line says of `redis-cli --cluster …`, with redis-cli's defaults.
package struct VerbOptions: Sendable {
    /// `create`, `check` and so on, not yet known to be one; nil where `--cluster` is not there.
    package private(set) var verb: String?
    /// What follows the verb, up to the next option; `call` hands them on as they are.
    package internal(set) var words: [[UInt8]] = []

    // MARK: Of single verbs

    var replicas = 0
    var masterName: String?
    var from: String?
    var to: String?
    var fromUser: String?
    package var fromPassword: String?
    /// `fromPassword` is to be asked for: by whoever reads the command line, before the verb begins.
    package internal(set) var asksForFromPassword = false
    /// `NODE=WEIGHT`; nil where the option is not there.
    var weights: [String]?
    var slots = 0
    /// Of MIGRATE, in milliseconds.
    var timeout = 60_000
    /// How many keys one MIGRATE takes.
    var pipeline = 10
    /// In percent.
    var threshold: Float = 2
    /// Nothing is asked: `--cluster-yes`, or REDISCLI_CLUSTER_YES=1.
    package var saysYes = false
    var onlyMasters = false
    var onlyReplicas = false
    var simulates = false
    var replaces = false
    var copies = false
    var addsReplica = false
    var usesEmptyMasters = false
    var searchesMultipleOwners = false
    var fixesWithUnreachableMasters = false

    // MARK: Of all of redis-cli

    package var user: String?
    package var password: String?
    package var isVerbose = false
    /// How connections are made secure; nil for those that are not.
    package var tls: TLSOptions?

    /// No verb, and redis-cli's defaults.
    package init() {}

    /// What follows the verb, as text.
    package var arguments: [String] { words.map { String(decoding: $0, as: UTF8.self) } }

    /// Takes the verb and the words behind it, as `--cluster` has them.
    mutating func take(verb word: [UInt8], from rest: inout ArraySlice<[UInt8]>) {
        verb = String(decoding: word, as: UTF8.self)
        words = Self.words(from: &rest)
    }

    /// The words up to the next option.
    static func words(from rest: inout ArraySlice<[UInt8]>) -> [[UInt8]] {
        let words = rest.prefix { $0.first != UInt8(ascii: "-") }
        rest.removeFirst(words.count)
        return Array(words)
    }
}
