/// The names of Redis' commands, by which a slip in `ran` is found before anybody types the line, and a command is known
/// where no node answers.
package enum KnownCommands {
    /// Whether Redis has a command of that name, in any case.
    package static func contain(_ name: String) -> Bool { names.contains(name.uppercased()) }

    /// What is wrong with the shape of a command; nil where such a command can be.
    static func problem(with shape: [String]) -> String? {
        guard let name = shape.first, name != "..." else { return nil }
        guard let known = matching(name, among: names).first else {
            return "Redis has no command '\(name)'" + advice(for: name, among: names)
        }
        guard known == name, shape.count > 1, let there = subcommands[name] else { return nil }
        let word = shape[1]
        guard word != "...", !word.contains("*"), !there.contains(word.uppercased()) else {
            return nil
        }
        return "\(name) has no '\(word)'" + advice(for: word, among: there)
    }

    /// Words in small letters fit no command that is typed in capitals, so capitals are asked for.
    private static func matching(_ name: String, among names: [String]) -> [String] {
        let glob = Glob(name)
        return names.filter { glob.matches($0) }
    }

    private static func advice(for word: String, among names: [String]) -> String {
        Nearest.match(to: word, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    private static let names = words(
        """
        ACL APPEND ASKING AUTH BGREWRITEAOF BGSAVE BITCOUNT BITFIELD BITFIELD_RO BITOP BITPOS
        BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT CLUSTER COMMAND
        CONFIG COPY DBSIZE DEBUG DECR DECRBY DEL DISCARD DUMP ECHO EVAL EVALSHA EVALSHA_RO EVAL_RO
        EXEC EXISTS EXPIRE EXPIREAT EXPIRETIME FAILOVER FCALL FCALL_RO FLUSHALL FLUSHDB FUNCTION
        GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO
        GEORADIUS_RO GEOSEARCH GEOSEARCHSTORE GET GETBIT GETDEL GETEX GETRANGE GETSET HDEL HELLO
        HEXISTS HGET HGETALL HINCRBY HINCRBYFLOAT HKEYS HLEN HMGET HMSET HRANDFIELD HSCAN HSET
        HSETNX HSTRLEN HVALS INCR INCRBY INCRBYFLOAT INFO KEYS LASTSAVE LATENCY LCS LINDEX LINSERT
        LLEN LMOVE LMPOP LOLWUT LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM MEMORY MGET MIGRATE
        MODULE MONITOR MOVE MSET MSETNX MULTI OBJECT PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PFADD
        PFCOUNT PFDEBUG PFMERGE PFSELFTEST PING PSETEX PSUBSCRIBE PSYNC PTTL PUBLISH PUBSUB
        PUNSUBSCRIBE QUIT RANDOMKEY READONLY READWRITE RENAME RENAMENX REPLCONF REPLICAOF RESET
        RESTORE RESTORE-ASKING ROLE RPOP RPOPLPUSH RPUSH RPUSHX SADD SAVE SCAN SCARD SCRIPT SDIFF
        SDIFFSTORE SELECT SET SETBIT SETEX SETNX SETRANGE SHUTDOWN SINTER SINTERCARD SINTERSTORE
        SISMEMBER SLAVEOF SLOWLOG SMEMBERS SMISMEMBER SMOVE SORT SORT_RO SPOP SPUBLISH SRANDMEMBER
        SREM SSCAN SSUBSCRIBE STRLEN SUBSCRIBE SUBSTR SUNION SUNIONSTORE SUNSUBSCRIBE SWAPDB SYNC
        TIME TOUCH TTL TYPE UNLINK UNSUBSCRIBE UNWATCH WAIT WATCH XACK XADD XAUTOCLAIM XCLAIM XDEL
        XGROUP XINFO XLEN XPENDING XRANGE XREAD XREADGROUP XREVRANGE XSETID XTRIM ZADD ZCARD
        ZCOUNT ZDIFF ZDIFFSTORE ZINCRBY ZINTER ZINTERCARD ZINTERSTORE ZLEXCOUNT ZMPOP ZMSCORE
        ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANGESTORE ZRANK ZREM
        ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX ZREVRANGEBYSCORE
        ZREVRANK ZSCAN ZSCORE ZUNION ZUNIONSTORE
        """)

    private static let subcommands: [String: [String]] = [
        "CLUSTER": words(
            """
            ADDSLOTS ADDSLOTSRANGE BUMPEPOCH COUNT-FAILURE-REPORTS COUNTKEYSINSLOT DELSLOTS
            DELSLOTSRANGE FAILOVER FLUSHSLOTS FORGET GETKEYSINSLOT HELP INFO KEYSLOT LINKS MEET
            MYID NODES REPLICAS REPLICATE RESET SAVECONFIG SET-CONFIG-EPOCH SETSLOT SHARDS SLAVES
            SLOTS
            """),
        "CONFIG": words(
            """
            GET HELP RESETSTAT REWRITE SET
            """),
        "CLIENT": words(
            """
            CACHING GETNAME GETREDIR HELP ID INFO KILL LIST NO-EVICT PAUSE REPLY SETNAME TRACKING
            TRACKINGINFO UNBLOCK UNPAUSE
            """),
        "OBJECT": words(
            """
            ENCODING FREQ HELP IDLETIME REFCOUNT
            """),
        "SCRIPT": words(
            """
            DEBUG EXISTS FLUSH HELP KILL LOAD
            """),
        "MEMORY": words(
            """
            DOCTOR HELP MALLOC-STATS PURGE STATS USAGE
            """),
        "COMMAND": words(
            """
            COUNT DOCS GETKEYS GETKEYSANDFLAGS HELP INFO LIST
            """),
        "LATENCY": words(
            """
            DOCTOR GRAPH HELP HISTOGRAM HISTORY LATEST RESET
            """),
        "SLOWLOG": words(
            """
            GET HELP LEN RESET
            """),
        "ACL": words(
            """
            CAT DELUSER DRYRUN GENPASS GETUSER HELP LIST LOAD LOG SAVE SETUSER USERS WHOAMI
            """),
        "XGROUP": words(
            """
            CREATE CREATECONSUMER DELCONSUMER DESTROY HELP SETID
            """),
        "XINFO": words(
            """
            CONSUMERS GROUPS HELP STREAM
            """),
        "PUBSUB": words(
            """
            CHANNELS HELP NUMPAT NUMSUB SHARDCHANNELS SHARDNUMSUB
            """),
        "FUNCTION": words(
            """
            DELETE DUMP FLUSH HELP KILL LIST LOAD RESTORE STATS
            """),
        "MODULE": words(
            """
            HELP LIST LOAD LOADEX UNLOAD
            """),
    ]

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
