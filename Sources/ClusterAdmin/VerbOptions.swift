/// What stands on the command line of `redis-cli --cluster …`, with redis-cli's defaults.
struct VerbOptions {
    /// `create`, `check` and so on.
    var verb: String?
    /// What follows the verb, up to the next option.
    var arguments: [String] = []

    // MARK: Of single verbs

    var replicas = 0
    var masterName: String?
    var from: String?
    var to: String?
    var fromUser: String?
    var fromPassword: String?
    var asksForFromPassword = false
    /// `NODE=WEIGHT`; nil where the option is not there.
    var weights: [String]?
    var slots = 0
    /// Of MIGRATE, in milliseconds.
    var timeout = 60_000
    /// How many keys one MIGRATE takes.
    var pipeline = 10
    /// In percent.
    var threshold: Float = 2
    var saysYes = false
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

    var user: String?
    var password: String?
    var asksForPassword = false
    var hidesPasswordWarning = false
    var isVerbose = false
    var isRESP2 = false
    var isRESP3 = false
}
