// What Python, pip and redis-py print.
extension OutputRule {
    static let python: [OutputRule] = [
        // MARK: pip

        OutputRule(
            "externally-managed-environment",
            "This system keeps pip away from its own Python: packages go into an environment of their own.",
            [
                ("python3 -m venv venv", "make one"),
                ("venv/bin/pip install redis", "and put redis-py into it"),
            ]),
        OutputRule(
            "No matching distribution found for",
            "pip found no package of that name that fits this Python, or did not reach pypi.org at all: the lines "
                + "above tell which.",
            [("pip install redis", "the package is called redis")]),
        OutputRule(
            "ensurepip is not available",
            "Debian and Ubuntu deliver the part of Python that makes environments separately.",
            [("apt install python3-venv", "that part")]),
        OutputRule(
            "No module named pip", "This Python has no pip.", [("apt install python3-pip", "pip")]),

        // MARK: import

        OutputRule(
            "'dict' object has no attribute 'name'",
            "redis-py wants nodes as ClusterNode, not as dictionaries: those were the way of the former "
                + "package redis-py-cluster. RedisCluster(host=\"127.0.0.1\", port=7000) is enough.",
            [
                (
                    "[ClusterNode(\"127.0.0.1\", 7000)]",
                    "startup_nodes, from redis.cluster import ClusterNode"
                )
            ]
        ),
        OutputRule(
            "No module named 'redis.cluster'",
            "This redis-py is too old to know clusters. redis-py-cluster brings such an old one along.",
            [
                ("pip uninstall redis-py-cluster", "it is no longer kept up"),
                ("pip install --upgrade redis", "a current one"),
            ]),
        OutputRule(
            "No module named 'rediscluster'",
            "That is the former package redis-py-cluster. Its way has been part of redis-py since 4.1: from "
                + "redis.cluster import RedisCluster.",
            [("pip install redis", "redis-py")]),
        OutputRule(
            "No module named 'redis'", "redis-py is not installed for this Python.",
            [
                ("python3 -m venv venv", "an environment"),
                ("venv/bin/pip install redis", "redis-py in it"),
                ("venv/bin/python3 app.py", "the Python that has it"),
            ]),
        OutputRule(
            "cannot import name 'RedisCluster' from",
            "This redis-py is too old for clusters, or a file of yours is called redis.py and stands before it.",
            [("ls redis.py", "is there one?"), ("pip install --upgrade redis", "a current one")]),

        // MARK: redis-py

        OutputRule(
            "Cluster mode is not enabled on this node",
            "redis-py asked a node that runs without cluster-enabled yes."),
        OutputRule(
            "Redis Cluster cannot be connected",
            "RedisCluster asks the nodes that it is given for CLUSTER SLOTS, and none of them gave it: none is "
                + "there, or none is part of a cluster yet. Behind the colon stands what the last one did.",
            [("nodes", "which nodes there are"), ("CLUSTER INFO", "whether they are a cluster")]),
        OutputRule(
            "all keys must map to the same key slot",
            "redis-py does not split this command: use mset_nonatomic, mget_nonatomic and their like, which ask "
                + "slot by slot, or hash tags.",
            [("CLUSTER KEYSLOT {user}:1", "keys with one tag share a slot")]),
        OutputRule(
            "Cannot watch or send commands on different slots",
            "A transaction runs on one node, so all of its keys have to be in one slot. redis-py refuses the rest "
                + "before anything is sent.",
            [
                ("CLUSTER KEYSLOT {user}:1", "keys with one tag share a slot"),
                ("pipeline()", "without transaction=True: redis-py splits it by node"),
            ]),
        OutputRule(
            "All keys involved in a cluster transaction must map to the same slot",
            "A transaction runs on one node, so all of its keys have to be in one slot: give them one hash tag, or "
                + "use a pipeline without transaction=True.",
            [("CLUSTER KEYSLOT {user}:1", "keys with one tag share a slot")]),
        OutputRule(
            "is not covered by the cluster",
            "The table of slots that redis-py got has no owner for this one: slots are missing, or their owner had "
                + "just failed when it asked.",
            [("CLUSTER INFO", "cluster_slots_assigned, cluster_slots_ok")]),
        OutputRule(
            "Timeout reading from",
            "The node took the connection and did not answer in time (socket_timeout): it is frozen or busy. "
                + "redis-py gives no promise whether the command was done.",
            [("nodes", "whether the others miss it")]),
        OutputRule(
            "Invalid input of type:",
            "Values for Redis are bytes, strings and numbers. Convert others first, such as by json.dumps."
        ),
    ]
}
