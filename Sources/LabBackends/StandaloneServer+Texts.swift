extension StandaloneServer {
    /// What --version says.
    package static let version =
        "Redis server v=7.0.15 sha=00000000:0 malloc=libc bits=64 build=clusterlab\n"

    /// The answer to what redis-server does and no cluster needs; nil for arguments that are its configuration.
    package static func refusal(of arguments: [String]) -> String? {
        switch arguments.first {
        case "--test-memory":
            "clusterlab: --test-memory is not here: the real redis-server has it, or use memtester\n"
        case "--check-system":
            "clusterlab: --check-system is not here: the real redis-server has it\n"
        case _ where arguments.contains("--sentinel"):
            "clusterlab: --sentinel is not here: a cluster fails over by itself, without Sentinel\n"
        default: nil
        }
    }

    /// What --help says of a program of that name.
    package static func usage(of program: String) -> String {
        """
        Usage: \(program) [/path/to/redis.conf] [options] [-]
               \(program) - (read config from stdin)
               \(program) -v or --version
               \(program) -h or --help

        Examples:
               \(program) (run the server with default conf)
               echo 'maxmemory 128mb' | \(program) -
               \(program) /etc/redis/6379.conf
               \(program) --port 7777
               \(program) --port 7777 --cluster-enabled yes --cluster-node-timeout 5000
               \(program) /etc/myredis.conf --loglevel verbose

        """
    }
}
