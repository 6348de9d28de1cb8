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
        ("dangerous list read set slow sortedset", "sort_ro"),
        ("dangerous list set slow sortedset write", "sort"),
        ("read slow", "memory|usage"),
        (
            "slow",
            "acl acl|cat acl|genpass acl|help acl|whoami latency latency|help memory "
                + "memory|doctor memory|help memory|malloc-stats memory|purge memory|stats module "
                + "module|help slowlog slowlog|help"
        ),
    ]
}
