/// What stands on the command line of `redis-cli --cluster …`, with redis-cli's defaults.
package struct VerbOptions: Sendable {
    /// `create`, `check` and so on.
    package var verb: String?
    /// What follows the verb, up to the next option.
    package var arguments: [String] = []

    // MARK: Of single verbs

    package var replicas = 0
    package var masterName: String?
    package var from: String?
    package var to: String?
    package var fromUser: String?
    package var fromPassword: String?
    package var asksForFromPassword = false
    /// `NODE=WEIGHT`; nil where the option is not there.
    package var weights: [String]?
    package var slots = 0
    /// Of MIGRATE, in milliseconds.
    package var timeout = 60_000
    /// How many keys one MIGRATE takes.
    package var pipeline = 10
    /// In percent.
    package var threshold: Float = 2
    package var saysYes = false
    package var onlyMasters = false
    package var onlyReplicas = false
    package var simulates = false
    package var replaces = false
    package var copies = false
    package var addsReplica = false
    package var usesEmptyMasters = false
    package var searchesMultipleOwners = false
    package var fixesWithUnreachableMasters = false

    // MARK: Of all of redis-cli

    package var user: String?
    package var password: String?
    package var asksForPassword = false
    package var hidesPasswordWarning = false
    package var isVerbose = false
    package var isRESP2 = false
    package var isRESP3 = false

    /// No verb, and redis-cli's defaults.
    package init() {}
}
