extension CommandCatalog {
    /// The commands of Redis 7.0 that these nodes do not have or did not always have, by their categories.
    static let foreign: [(categories: String, names: String)] = [
        (
            "admin dangerous slow",
            "acl|deluser acl|dryrun acl|getuser acl|list acl|load acl|log acl|save "
                + "acl|setuser acl|users failover latency|doctor latency|graph latency|histogram "
                + "latency|history latency|latest latency|reset module|list module|load "
                + "module|loadex module|unload slowlog|get slowlog|len slowlog|reset"
        ),
        ("blocking fast sortedset write", "bzpopmax bzpopmin"),
        ("blocking read slow stream", "xread"),
        ("blocking slow sortedset write", "bzmpop"),
        ("blocking slow stream write", "xreadgroup"),
        ("dangerous list read set slow sortedset", "sort_ro"),
        ("dangerous list set slow sortedset write", "sort"),
        ("fast read sortedset", "zcard zcount zlexcount zmscore zrank zrevrank zscore"),
        ("fast read stream", "xlen"),
        ("fast sortedset write", "zadd zincrby zpopmax zpopmin zrem"),
        ("fast stream write", "xack xadd xautoclaim xclaim xdel xsetid"),
        ("geo read slow", "geodist geohash geopos georadius_ro georadiusbymember_ro geosearch"),
        ("geo slow write", "geoadd georadius georadiusbymember geosearchstore"),
        ("read slow", "memory|usage"),
        (
            "read slow sortedset",
            "zdiff zinter zintercard zrandmember zrange zrangebylex zrangebyscore zrevrange "
                + "zrevrangebylex zrevrangebyscore zscan zunion"
        ),
        ("read slow stream", "xinfo|consumers xinfo|groups xinfo|stream xpending xrange xrevrange"),
        (
            "scripting slow",
            "eval eval_ro evalsha evalsha_ro fcall fcall_ro function|dump function|help "
                + "function|kill function|list function|stats script|debug script|exists "
                + "script|flush script|help script|kill script|load"
        ),
        ("scripting slow write", "function|delete function|flush function|load function|restore"),
        (
            "slow",
            "acl acl|cat acl|genpass acl|help acl|whoami function latency latency|help memory "
                + "memory|doctor memory|help memory|malloc-stats memory|purge memory|stats module "
                + "module|help script slowlog slowlog|help xgroup xinfo"
        ),
        (
            "slow sortedset write",
            "zdiffstore zinterstore zmpop zrangestore zremrangebylex zremrangebyrank "
                + "zremrangebyscore zunionstore"
        ),
        ("slow stream", "xgroup|help xinfo|help"),
        (
            "slow stream write",
            "xgroup|create xgroup|createconsumer xgroup|delconsumer xgroup|destroy "
                + "xgroup|setid xtrim"
        ),
    ]
}
