// Refusals that are not CLUSTER's own, but met on the way.
extension ErrorRule {
    static let general: [ErrorRule] = [
        ErrorRule(
            "SELECT is not allowed in cluster mode",
            "A cluster has one database, number 0: a slot says where a key is, and a database number would "
                + "say it twice. Prefixes such as app1:key take its place."),
        ErrorRule(
            "MOVE is not allowed in cluster mode", "A cluster has one database, number 0.",
            [("RENAME {tag}:old {tag}:new", "another name in the same slot")]),
        ErrorRule("SWAPDB is not allowed in cluster mode", "A cluster has one database, number 0."),
        ErrorRule(
            "DB index is out of range", "A cluster has one database, number 0."),
        ErrorRule(
            "REPLICAOF not allowed in cluster mode",
            "In a cluster a node's master is named by its id, so that the others can be told.",
            [("CLUSTER REPLICATE MASTER-ID", "on the node that is to be a replica")]),
        ErrorRule(
            "FAILOVER not allowed in cluster mode",
            "In a cluster it is the replica that is told to take over.",
            [("@{replicaPort} CLUSTER FAILOVER", "let a replica of this node take over")]),
        ErrorRule(
            "non local key in a cluster node script",
            "A script runs on one node and may touch only keys that were declared to it (after the number of "
                + "keys), all in one slot that this node owns.",
            [("EVAL script 1 key", "declare each key, and use KEYS[1] in the script")]),
        ErrorRule(
            "can't set immutable config",
            "This parameter is read at the start only: it stands in redis.conf or on the command line.",
            [("CONFIG GET cluster-enabled", "what the node was started with")]),
        ErrorRule(
            "Unknown option or number of arguments for CONFIG SET",
            "The node has no parameter of this name, or a value is missing.",
            [("CONFIG GET cluster*", "names and values; * stands for anything")]),
        ErrorRule(
            "DEBUG command not allowed",
            "DEBUG is switched off unless the node was started with enable-debug-command local or yes."
        ),
        ErrorRule(
            "without any password configured",
            "{node} asks for no password, so AUTH has nothing to compare.",
            [("CONFIG GET requirepass", "empty: no password is set")]),
        ErrorRule(
            "WRONGTYPE",
            "The key holds another kind of value than the command is for.",
            [("why key {key}", "what it holds")]),
        ErrorRule(
            "WAIT cannot be used with replica instances",
            "WAIT asks how many replicas have the writes of this connection, and {node} is a replica."
        ),
        ErrorRule(
            "EXEC without MULTI", "No transaction was open: MULTI opens one, on this connection."),
        ErrorRule("DISCARD without MULTI", "No transaction was open: MULTI opens one."),
        ErrorRule(
            "MULTI calls can not be nested",
            "A transaction is open already: EXEC or DISCARD ends it."),
        ErrorRule(
            "BUSYKEY",
            "RESTORE and MIGRATE do not overwrite a key that is there, unless they are told REPLACE.",
            [("{line} REPLACE", "overwrite it")]),
        ErrorRule(
            "IOERR",
            "MIGRATE did not reach the other node, or lost it on the way. The key is still here.",
            [("nodes", "who is reachable")]),
        ErrorRule(
            "Target instance replied with error: MOVED",
            "The node that the key was to go to does not expect the slot: before the first key travels it has to be "
                + "told CLUSTER SETSLOT SLOT IMPORTING, with the id of {node}, which is {id}.",
            [("why slot {number}", "which node has it open")]),
        ErrorRule(
            "Target instance replied with error",
            "The node that the key was to go to refused it; its reason stands behind the words above."
        ),
        ErrorRule(
            "MISCONF",
            "The last write to disk failed, and a node that cannot save takes no writes.",
            [("INFO persistence", "what failed"), ("CONFIG GET dir", "where it writes")]),
        ErrorRule(
            "OOM", "The node is at its maxmemory and its policy forbids to throw keys away.",
            [("CONFIG GET maxmemory*", "its limit and policy")]),
        ErrorRule(
            "Script killed by user",
            "Somebody has ended the script with SCRIPT KILL while it ran. It had written nothing: one that has "
                + "written cannot be ended so. In a transaction the commands behind it have run all the same.",
            [("SLOWLOG GET 1", "how long it had run")]),
        ErrorRule(
            "BUSY", "A script has been running for long.",
            [("SCRIPT KILL", "end it, if it wrote nothing")]),
        ErrorRule(
            "NOSCRIPT",
            "The node does not know this script: each node has its own, and a new master may lack it.",
            [("SCRIPT LOAD script", "teach it this node, or use EVAL")]),
        ErrorRule("NOPROTO", "HELLO takes protocol 2 or 3."),
        ErrorRule(
            "value is not an integer or out of range",
            "A number was wanted: of 64 bits, without spaces, point or leading zeros."),
        ErrorRule("no such key", "The key is not there.", [("why key {key}", "where it would be")]),
        ErrorRule("syntax error", "The words after the command's name are not as it wants them."),
        ErrorRule(
            "invalid cursor", "A scan begins with cursor 0 and goes on with the one that it got."),
        ErrorRule(
            "Protocol error",
            "{node} could not read what was sent as a command, and closes such connections."),
    ]
}
