/// The verbs of `--cluster`, as `help` lists them.
enum Verb: String, CaseIterable {
    case create, check, info, fix, reshard, rebalance
    case addNode = "add-node"
    case deleteNode = "del-node"
    case call
    case setTimeout = "set-timeout"
    case importKeys = "import"
    case backup, help

    /// Whether the verb takes so many arguments.
    func takes(_ count: Int) -> Bool {
        switch self {
        case .create, .call: count >= 2
        case .check, .info, .fix, .reshard, .rebalance: count >= 1
        case .addNode, .deleteNode, .setTimeout, .backup: count == 2
        case .importKeys: count == 1
        case .help: true
        }
    }

    /// The arguments as `help` shows them.
    var argumentNames: String {
        switch self {
        case .create: "host1:port1 ... hostN:portN"
        case .check, .info, .fix, .reshard, .rebalance:
            "<host:port> or <host> <port> - separated by either colon or space"
        case .addNode: "new_host:new_port existing_host:existing_port"
        case .deleteNode: "host:port node_id"
        case .call: "host:port command arg arg .. arg"
        case .setTimeout: "host:port milliseconds"
        case .importKeys: "host:port"
        case .backup: "host:port backup_directory"
        case .help: ""
        }
    }

    /// The options as `help` shows them, without `--cluster-`.
    var optionNames: [String] {
        switch self {
        case .create: ["replicas <arg>"]
        case .check: ["search-multiple-owners"]
        case .fix: ["search-multiple-owners", "fix-with-unreachable-masters"]
        case .reshard:
            [
                "from <arg>", "to <arg>", "slots <arg>", "yes", "timeout <arg>", "pipeline <arg>",
                "replace",
            ]
        case .rebalance:
            [
                "weight <node1=w1...nodeN=wN>", "use-empty-masters", "timeout <arg>", "simulate",
                "pipeline <arg>", "threshold <arg>", "replace",
            ]
        case .addNode: ["slave", "master-id <arg>"]
        case .call: ["only-masters", "only-replicas"]
        case .importKeys:
            ["from <arg>", "from-user <arg>", "from-pass <arg>", "from-askpass", "copy", "replace"]
        case .info, .deleteNode, .setTimeout, .backup, .help: []
        }
    }
}

extension ClusterManager {
    /// Lists the verbs. redis-cli reports failure after that, and so does this.
    func help() throws(VerbFailure) {
        say("Cluster Manager Commands:\n")
        for verb in Verb.allCases {
            say("  \(Self.padded(verb.rawValue))\(verb.argumentNames)\n")
            for option in verb.optionNames { say("\(Self.padded(""))  --cluster-\(option)\n") }
        }
        say(
            """

            For check, fix, reshard, del-node, set-timeout, info, rebalance, call, import, backup \
            you can specify the host and port of any working node in the cluster.

            Cluster Manager Options:
              \(Self.padded("--cluster-yes"))Automatic yes to cluster commands prompts


            """)
        throw .failed
    }

    private static func padded(_ text: String) -> String {
        text + String(repeating: " ", count: max(0, 15 - text.utf8.count))
    }
}
