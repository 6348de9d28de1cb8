/// Which commands leave a node as it is: with any other somebody's data or cluster may be another afterwards.
package enum ReadingCommand {
    /// Whether a command of Redis changes nothing but its own connection. Those that nobody here knows count as changing.
    package static func isReading(_ arguments: [String]) -> Bool {
        guard let name = arguments.first?.uppercased() else { return true }
        if let subcommands = containers[name] {
            guard let subcommand = arguments.dropFirst().first?.uppercased() else { return true }
            return subcommands.contains(subcommand) || subcommand == "HELP"
        }
        return words.contains(name)
    }

    /// In the order of their groups: those on keys, those on a connection, those on the server.
    private static let words: Set = [
        "BITCOUNT", "BITFIELD_RO", "BITPOS", "DBSIZE", "DUMP", "EVAL_RO", "EVALSHA_RO", "EXISTS",
        "EXPIRETIME", "FCALL_RO", "GEODIST", "GEOHASH", "GEOPOS", "GEORADIUS_RO",
        "GEORADIUSBYMEMBER_RO", "GEOSEARCH", "GET", "GETBIT", "GETRANGE", "HEXISTS", "HGET",
        "HGETALL", "HKEYS", "HLEN", "HMGET", "HRANDFIELD", "HSCAN", "HSTRLEN", "HVALS", "KEYS",
        "LCS", "LINDEX", "LLEN", "LOLWUT", "LPOS", "LRANGE", "MGET", "PEXPIRETIME", "PFCOUNT",
        "PTTL", "RANDOMKEY", "SCAN", "SCARD", "SDIFF", "SINTER", "SINTERCARD", "SISMEMBER",
        "SMEMBERS", "SMISMEMBER", "SORT_RO", "SRANDMEMBER", "SSCAN", "STRLEN", "SUBSTR", "SUNION",
        "TOUCH", "TTL", "TYPE", "XLEN", "XPENDING", "XRANGE", "XREAD", "XREVRANGE", "ZCARD",
        "ZCOUNT", "ZDIFF", "ZINTER", "ZINTERCARD", "ZLEXCOUNT", "ZMSCORE", "ZRANDMEMBER", "ZRANGE",
        "ZRANGEBYLEX", "ZRANGEBYSCORE", "ZRANK", "ZREVRANGE", "ZREVRANGEBYLEX", "ZREVRANGEBYSCORE",
        "ZREVRANK", "ZSCAN", "ZSCORE", "ZUNION",
        "ASKING", "AUTH", "DISCARD", "ECHO", "EXEC", "HELLO", "MULTI", "PING", "PSUBSCRIBE",
        "PUNSUBSCRIBE", "QUIT", "READONLY", "READWRITE", "RESET", "SELECT", "SSUBSCRIBE",
        "SUBSCRIBE", "SUNSUBSCRIBE", "UNSUBSCRIBE", "UNWATCH", "WAIT", "WATCH",
        "INFO", "LASTSAVE", "MONITOR", "ROLE", "TIME",
    ]

    private static let containers: [String: Set<String>] = [
        "ACL": ["CAT", "DRYRUN", "GENPASS", "GETUSER", "LIST", "LOG", "USERS", "WHOAMI"],
        "CLIENT": [
            "CACHING", "GETNAME", "GETREDIR", "ID", "INFO", "LIST", "REPLY", "SETINFO", "SETNAME",
            "TRACKING", "TRACKINGINFO",
        ],
        "CLUSTER": [
            "COUNT-FAILURE-REPORTS", "COUNTKEYSINSLOT", "GETKEYSINSLOT", "INFO", "KEYSLOT", "LINKS",
            "MYID", "MYSHARDID", "NODES", "REPLICAS", "SHARDS", "SLAVES", "SLOTS", "SLOT-STATS",
        ],
        "COMMAND": ["COUNT", "DOCS", "GETKEYS", "GETKEYSANDFLAGS", "INFO", "LIST"],
        "CONFIG": ["GET"],
        "FUNCTION": ["DUMP", "LIST", "STATS"],
        "LATENCY": ["DOCTOR", "GRAPH", "HISTOGRAM", "HISTORY", "LATEST"],
        "MEMORY": ["DOCTOR", "MALLOC-STATS", "STATS", "USAGE"],
        "MODULE": ["LIST"],
        "OBJECT": ["ENCODING", "FREQ", "IDLETIME", "REFCOUNT"],
        "PUBSUB": ["CHANNELS", "NUMPAT", "NUMSUB", "SHARDCHANNELS", "SHARDNUMSUB"],
        "SCRIPT": ["EXISTS"],
        "SLOWLOG": ["GET", "LEN"],
        "XINFO": ["CONSUMERS", "GROUPS", "STREAM"],
    ]
}
