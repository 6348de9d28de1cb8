// The refusals of CLUSTER's subcommands.
extension ErrorRule {
    static let cluster: [ErrorRule] = [
        // MARK: FAILOVER
        ErrorRule(
            "You should send CLUSTER FAILOVER to a replica",
            "CLUSTER FAILOVER goes to the replica that is to take over, not to the master that is to step "
                + "down; and {node} is a master.",
            [
                ("@{replicaPort} CLUSTER FAILOVER", "let its replica take over"),
                ("CLUSTER REPLICAS {id}", "its replicas"),
            ]),
        ErrorRule(
            "Master is down or failed, please use CLUSTER FAILOVER FORCE",
            "A plain CLUSTER FAILOVER is agreed with the master: it stops its clients until the replica has "
                + "everything. The master of {node}, {master}, could not be asked. {masterAnswers}",
            [
                ("INFO replication", "master_link_status: up is needed"),
                ("CLUSTER FAILOVER FORCE", "without the master, with the votes of the others"),
                ("CLUSTER FAILOVER TAKEOVER", "even without votes; only where no majority is left"),
            ]),
        ErrorRule(
            "I'm a replica but my master is unknown to me",
            "{node} is a replica, but of a master that it has no entry for.",
            [
                ("CLUSTER NODES", "whom it knows"),
                ("CLUSTER REPLICATE MASTER-ID", "give it another"),
            ]),

        // MARK: REPLICATE
        ErrorRule(
            "To set a master the node must be empty and without assigned slots",
            "CLUSTER REPLICATE throws away what a node has, so it works only on a node without slots and "
                + "keys, or one that is a replica already. {node} is a master with one of them.",
            [
                ("@{port} DBSIZE", "its keys"),
                ("redis-cli --cluster reshard {node}", "move its slots away first"),
            ]),
        ErrorRule(
            "Can't replicate myself",
            "The id is that of {node} itself. REPLICATE is said to the node that is to copy, with the id of the one "
                + "that is copied.",
            [("nodes", "who could be which"), ("CLUSTER NODES", "the ids")]),
        ErrorRule(
            "I can only replicate a master, not a replica",
            "The id is that of a replica. Redis Cluster has no replicas of replicas: name its master.",
            [("CLUSTER NODES", "masters and their ids")]),

        // MARK: ADDSLOTS, DELSLOTS, SETSLOT
        ErrorRule(
            "is already busy",
            "Slot {number} has an owner, {owner}, and ADDSLOTS only takes slots that nobody has. A "
                + "slot of a live cluster is moved, with its keys.",
            [
                ("redis-cli --cluster reshard {node}", "move slots between nodes"),
                ("why slot {number}", "what each node says of it"),
            ]),
        ErrorRule(
            "is already unassigned",
            "{node} knows no owner of slot {number}, so there is nothing to take away. DELSLOTS changes "
                + "only this node's own map, not the cluster's.",
            [("CLUSTER ADDSLOTS {number}", "give it to this node")]),
        ErrorRule("specified multiple times", "Slot {number} stands twice in the command."),
        ErrorRule(
            "start slot number",
            "A range is two numbers, the smaller first: CLUSTER ADDSLOTSRANGE 0 5460."),
        ErrorRule("Invalid or out of range slot", "Slots are the numbers 0 to 16383."),
        ErrorRule("Invalid slot", "Slots are the numbers 0 to 16383."),
        ErrorRule(
            "I'm already the owner of hash slot",
            "IMPORTING prepares a node for a slot that it is to get, and {node} owns slot {number} already.",
            [("CLUSTER SETSLOT {number} STABLE", "forget that it was open")]),
        ErrorRule(
            "I'm not the owner of hash slot",
            "MIGRATING is said to the owner of a slot; that of {number} is {owner}.",
            [("connect {ownerPort}", "say it there")]),
        ErrorRule(
            "Can't assign hashslot",
            "{node} still holds keys of slot {number}. Given away now, they would be lost to every client: "
                + "move them first.",
            [
                ("CLUSTER GETKEYSINSLOT {number} 10", "keys that are still here"),
                ("redis-cli --cluster fix {node}", "moves them and ends the move"),
            ]),
        ErrorRule(
            "Please use SETSLOT only with masters",
            "{node} is a replica; slots are its master's, {master}."),
        ErrorRule(
            "Target node is not a master",
            "Slots belong to masters, and the id is that of a replica."),
        ErrorRule(
            "Invalid CLUSTER SETSLOT action",
            "After the slot come MIGRATING id, IMPORTING id, NODE id, or STABLE."),

        // MARK: Other nodes
        ErrorRule(
            "I don't know about node",
            "{node} has no node with this id in its table. Ids have 40 digits and are told by CLUSTER "
                + "NODES or CLUSTER MYID; a port or an address is none.",
            [("CLUSTER NODES", "the ids that it knows")]),
        ErrorRule(
            "Unknown node",
            "{node} has no node with this id in its table. Ids have 40 digits; a port or an address is none.",
            [("CLUSTER NODES", "the ids that it knows")]),
        ErrorRule(
            "Invalid node address specified",
            "CLUSTER MEET takes an IP address and a port as two words, and no host name: the node opens the "
                + "connection itself and does not look names up.",
            [("CLUSTER MEET 127.0.0.1 7001", "the form")]),
        ErrorRule(
            "Invalid TCP b",
            "Ports are numbers up to 65535; a bus port is the client port plus 10000."),
        ErrorRule(
            "I tried hard but I can't forget myself",
            "The id is that of {node} itself. FORGET is said to all the other nodes, within 60 seconds: "
                + "else gossip brings it back.",
            [("redis-cli --cluster del-node {node} ID", "says it to all of them")]),
        ErrorRule(
            "Can't forget my master",
            "{node} is a replica of that node. Give it another master first, or let it take over.",
            [("CLUSTER REPLICATE OTHER-ID", "another master"), ("CLUSTER FAILOVER", "take over")]),

        // MARK: RESET, FLUSHSLOTS, epochs
        ErrorRule(
            "CLUSTER RESET can't be called with master nodes containing keys",
            "RESET makes a node forget the cluster, and its keys would be nobody's. {node} still has some.",
            [("FLUSHALL", "throw them away; then CLUSTER RESET HARD")]),
        ErrorRule(
            "DB must be empty to perform CLUSTER FLUSHSLOTS",
            "{node} still has keys, which would belong to no slot.",
            [("FLUSHALL", "throw them away first")]),
        ErrorRule(
            "assign a config epoch only when",
            "SET-CONFIG-EPOCH is for a new node, before it has met others: later, epochs are given out by "
                + "elections."),
        ErrorRule(
            "Node config epoch is already non-zero",
            "The node has an epoch already, and it is set only once by hand."),
        ErrorRule(
            "This instance has cluster support disabled",
            "{node} was started without cluster-enabled yes, and that cannot be changed while it runs.",
            [("CONFIG GET cluster-enabled", "what it was started with")]),
    ]
}
