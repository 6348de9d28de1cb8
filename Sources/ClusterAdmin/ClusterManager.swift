import Lab
import RESP

/// `redis-cli --cluster`: sets up a cluster, looks after it and moves its slots, over the same client connections
/// that anyone has.
package struct ClusterManager {
    let options: VerbOptions
    let surroundings: Surroundings
    /// The nodes that the verb works on; the one that was named comes first.
    var nodes: [ManagedNode] = []
    /// What the check found wrong.
    var errors: [String] = []
    var unreachableMasters = 0

    init(_ options: VerbOptions, in surroundings: Surroundings) {
        self.options = options
        self.surroundings = surroundings
    }

    /// Runs the verb that the command line names.
    /// - Returns: redis-cli's exit code.
    package static func run(_ options: VerbOptions, in surroundings: Surroundings) -> Int32 {
        do throws(VerbFailure) {
            var manager = ClusterManager(options, in: surroundings)
            try manager.runVerb()
            return 0
        } catch {
            switch error {
            case .exit(let code): return code
            case .lost(let reason):
                surroundings.complain("\(reason)\n")
                return 1
            case .interrupted: return 130
            }
        }
    }

    private mutating func runVerb() throws(VerbFailure) {
        guard let name = options.verb, let verb = Verb(rawValue: name) else {
            throw fail("Unknown --cluster subcommand\n")
        }
        guard verb.takes(options.arguments.count) else {
            throw fail("[ERR] Wrong number of arguments for specified --cluster sub command\n")
        }
        switch verb {
        case .create: try create()
        case .check: try check(fixes: false)
        case .info: try info()
        case .fix: try check(fixes: true)
        case .reshard: try reshard()
        case .rebalance: try rebalance()
        case .addNode: try addNode()
        case .deleteNode: try deleteNode()
        case .call: try call()
        case .setTimeout: try setTimeout()
        case .importKeys: try importKeys()
        case .backup: try backup()
        case .help: try help()
        }
    }

    // MARK: Talking

    enum LogLevel: String {
        case info = "29;1m"
        case error = "31;1m"
        case success = "32;1m"
        case warning = "33;1m"
    }

    /// Prints to standard output.
    func say(_ text: String) { surroundings.say(text) }

    /// Prints in the level's colour.
    func log(_ level: LogLevel, _ text: String) {
        say(surroundings.hasColour ? "\u{1B}[\(level.rawValue)\(text)\u{1B}[0m" : text)
    }

    /// Prints to standard error what ends the verb.
    func fail(_ text: String) -> VerbFailure {
        surroundings.complain(text)
        return .failed
    }

    /// Prints and keeps what the check finds wrong.
    mutating func remember(_ text: String) {
        errors.append(text)
        log(.error, text + "\n")
    }

    /// Prints a node's error reply.
    func tellError(_ message: String, of node: ManagedNode) {
        log(.error, "Node \(node.address) replied with error:\n\(message)\n")
    }

    /// Whether `yes` is typed, or need not be.
    func confirms(_ question: String, evenIfForced: Bool = false) throws(VerbFailure) -> Bool {
        if options.saysYes, !evenIfForced { return true }
        say("\(question) (type 'yes' to accept): ")
        return try line()?.hasPrefix("yes") == true
    }

    /// The next line that is typed; nil at the end.
    func line() throws(VerbFailure) -> String? {
        do { return try surroundings.readLine() } catch { throw VerbFailure(error) }
    }

    /// Waits, unless Ctrl-C ends it.
    func pause(_ duration: Duration) throws(VerbFailure) {
        do { try surroundings.sleep(duration) } catch { throw VerbFailure(error) }
    }

    /// The node that the arguments name: `HOST:PORT` in one word, or host and port in two.
    func node(_ words: some Collection<String>) throws(VerbFailure) -> ManagedNode {
        guard let address = Self.address(words) else {
            throw fail(
                "[ERR] Invalid arguments: you need to pass either a valid address (ie. 120.0.0.1:7000) "
                    + "or space separated IP and port (ie. 120.0.0.1 7000)\n")
        }
        return ManagedNode(address)
    }

    /// The address that one or two words make; nil where they make none.
    static func address(_ words: some Collection<String>) -> NodeAddress? {
        let words = Array(words)
        if words.count == 1 {
            guard let place = splitAddress(words[0]), place.port != 0 else { return nil }
            return NodeAddress(host: place.host, port: place.port)
        }
        guard words.count > 1, leadingInteger(words[1]) != 0 else { return nil }
        return NodeAddress(host: words[0], port: leadingInteger(words[1]))
    }
}
