/// What is to be said about a line that redis-server, redis-cli, docker or Python printed.
struct OutputRule: Sendable {
    /// Stands in the output.
    let fragment: String
    let reason: String
    let advice: [(String, String)]

    /// `reason` and the advice are text as it is.
    init(_ fragment: String, _ reason: String, _ advice: [(String, String)] = []) {
        self.fragment = fragment
        self.reason = reason
        self.advice = advice
    }

    /// Every rule that the output has a line for, each with that line.
    static func rules(for output: String) -> [(rule: OutputRule, line: String)] {
        let lines = output.split(whereSeparator: \.isNewline).map(String.init)
        return (server + client + python + others).compactMap { rule in
            lines.first { $0.contains(rule.fragment) }.map { (rule, $0) }
        }
    }
}

extension OutputRule {
    // MARK: redis-server

    static let server: [OutputRule] = [
        OutputRule(
            "is already used by a different Redis Cluster node",
            "Each node keeps its identity in a file, and two nodes may not share it. A relative name such as "
                + "nodes.conf is taken from the folder where the server was started, not from that of its "
                + "redis.conf: started from one folder, all nodes mean the same file.",
            [
                ("dir ./redis-7001", "in each redis.conf: a folder of its own"),
                ("cd redis-7001 && redis-server redis.conf", "or start each from its own folder"),
            ]),
        OutputRule(
            "can't open config file",
            "The file that was named is not there, as seen from the folder where it was typed.",
            [("ls", "what is here")]),
        OutputRule(
            "Redis port number too high",
            "In cluster mode the bus listens at the port plus 10000, and that has to be a port, too: 55535 is "
                + "the last one for clients."),
        OutputRule(
            "Address already in use",
            "Another program listens at that port, or at the bus port 10000 above it. Often it is the same "
                + "node, started before.",
            [("doctor", "who has which port")]),
    ]

    // MARK: redis-cli

    static let client: [OutputRule] = [
        OutputRule(
            "is not empty! Reshard data away",
            "A node that owns slots cannot be taken out: nobody would serve them. Weight 0 gives all of its slots "
                + "to the other masters.",
            [
                (
                    "redis-cli --cluster rebalance HOST:PORT --cluster-weight ID=0",
                    "ID is the node's, with all its forty characters; then del-node"
                )
            ]),
        OutputRule(
            "is not empty. Either the node already knows other nodes",
            "create wants new nodes: without keys, and without others in their table. After a half attempt "
                + "they have some of it.",
            [
                ("@all FLUSHALL", "throw the keys away"),
                ("@all CLUSTER RESET HARD", "forget the cluster; then create again"),
            ]),
        OutputRule(
            "requires at least 3 master nodes",
            "With two masters there is no majority once one is gone, so redis-cli refuses fewer than three. It "
                + "is redis-cli's rule alone: one node can own all slots.",
            [("CLUSTER ADDSLOTSRANGE 0 16383", "a cluster of one node")]),
        OutputRule(
            "This is not possible with",
            "Each master needs as many nodes beside it as --cluster-replicas says: 3 masters with 1 replica "
                + "each are 6 nodes.",
            [("--cluster-replicas 0", "masters only, from 3 nodes on")]),
        OutputRule(
            "is not configured as a cluster node",
            "That node was started without cluster-enabled yes."),
        OutputRule(
            "Nodes don't agree about configuration",
            "The nodes were asked while news was still on its way between them. That takes a second or two.",
            [("redis-cli --cluster check HOST:PORT", "look again")]),
        OutputRule(
            "Not all 16384 slots are covered by nodes",
            "Some slots have no owner that is alive.",
            [("redis-cli --cluster fix HOST:PORT", "give them to nodes that are")]),
        OutputRule(
            "slots in importing state",
            "A move of slots was begun and not ended.",
            [("redis-cli --cluster fix HOST:PORT", "end it")]),
        OutputRule(
            "slots in migrating state",
            "A move of slots was begun and not ended.",
            [("redis-cli --cluster fix HOST:PORT", "end it")]),
        OutputRule(
            "Some slaves are in the same host as their master",
            "All nodes are on one machine: enough to learn with, but the machine takes masters and replicas "
                + "with it."),
        OutputRule(
            "Unrecognized option or bad number of args for",
            "redis-cli does not know the option, or a value is missing.",
            [("redis-cli --cluster help", "the verbs and their options")]),
    ]

    // MARK: docker, sh

    static let others: [OutputRule] = [
        OutputRule(
            "Cannot connect to the Docker daemon", "docker is there, but its daemon does not run.",
            [("doctor", "what this machine has")]),
        OutputRule(
            "port is already allocated", "Another container has published that port.",
            [("docker ps", "which"), ("docker rm -f NAME", "take it away")]),
        OutputRule(
            "is already in use by container", "A container of that name is there, perhaps stopped.",
            [("docker ps -a", "which"), ("docker rm -f NAME", "take it away")]),
        OutputRule(
            "Published ports are discarded when using host network mode",
            "On the machine's own network there is nothing to publish: the node listens at its --port itself, so "
                + "each needs a port of its own.",
            [("--network host … --port 7001", "and without -p")]),
        OutputRule(
            "user specified IP address is supported on user defined networks only",
            "On the network bridge docker gives the addresses. A network of one's own takes wishes.",
            [("docker network create NAME", "then --network NAME --ip …")]),
        OutputRule(
            "pull access denied", "The lab's docker has one image, redis, under any tag.",
            [("docker images", "what there is")]),
        OutputRule(
            "the lab's docker has no",
            "The lab's docker knows what is needed for Redis in containers, and says so where the real one "
                + "could do more.",
            [("docker --help", "what it has")]),
        OutputRule(
            "command not found", "The system has no program of this name.",
            [("doctor", "what it has")]),
    ]
}
