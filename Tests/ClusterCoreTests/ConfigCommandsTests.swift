import ClusterCore
import Keyspace
import Testing

struct ConfigCommandsTests {
    private static let failed = "-ERR CONFIG SET failed (possibly related to argument "

    @Test(arguments: [
        Exchange("CONFIG", "-ERR wrong number of arguments for 'config' command"),
        Exchange("CONFIG nope", "-ERR unknown subcommand 'nope'. Try CONFIG HELP."),
        Exchange("CONFIG GET", "-ERR wrong number of arguments for 'config|get' command"),
        Exchange("CONFIG GET TIME* port", "*4\n$4\nport\n$4\n7000\n$7\ntimeout\n$1\n0"),
        Exchange("CONFIG GET timeout TIMEOUT time*", "*2\n$7\ntimeout\n$1\n0"),
        Exchange("CONFIG GET nope", "*0"),
        Exchange("CONFIG GET save", "*2\n$4\nsave\n$0\n"),
        Exchange("CONFIG GET appendonly", "*2\n$10\nappendonly\n$2\nno"),
        Exchange("CONFIG GET cluster-node-timeout", "*2\n$20\ncluster-node-timeout\n$5\n15000"),
        Exchange("CONFIG SET a", "-ERR wrong number of arguments for 'config|set' command"),
        Exchange(
            "CONFIG SET a b", "-ERR Unknown option or number of arguments for CONFIG SET - 'a'"),
        Exchange("CONFIG SET a b c", "-ERR syntax error"),
        Exchange(
            "CONFIG SET maxmemory x", failed + "'maxmemory') - argument must be a memory value"),
        Exchange(
            "CONFIG SET maxmemory -1", failed + "'maxmemory') - argument must be a memory value"),
        Exchange(
            "CONFIG SET maxmemory-policy foo",
            failed
                + "'maxmemory-policy') - argument(s) must be one of the following: volatile-lru, "
                + "volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, "
                + "allkeys-random, noeviction"),
        Exchange(
            "CONFIG SET timeout -1",
            failed + "'timeout') - argument must be between 0 and 2147483647 inclusive"),
        Exchange(
            "CONFIG SET timeout 1kb",
            failed + "'timeout') - argument couldn't be parsed into an integer"),
        Exchange(
            "CONFIG SET maxclients 0",
            failed + "'maxclients') - argument must be between 1 and 4294967295 inclusive"),
        Exchange(
            "CONFIG SET proto-max-bulk-len 1",
            failed + "'proto-max-bulk-len') - argument must be between 1048576 and "
                + "9223372036854775807 inclusive"),
        Exchange("CONFIG SET databases 10", failed + "'databases') - can't set immutable config"),
        Exchange("CONFIG SET dir /tmp", failed + "'dir') - can't set protected config"),
        Exchange(
            "CONFIG SET cluster-require-full-coverage 1",
            failed + "'cluster-require-full-coverage') - argument must be 'yes' or 'no'"),
        Exchange(
            "CONFIG SET maxclients 5 MAXCLIENTS 6",
            failed + "'MAXCLIENTS') - duplicate parameter"),
        Exchange("CONFIG SET save \"\"", "+OK"),
        Exchange(
            "CONFIG SET cluster-announce-hostname 'no name'",
            failed + "'cluster-announce-hostname') - Hostnames may only contain alphanumeric "
                + "characters, hyphens or dots"),
        Exchange(
            "CONFIG SET appendonly yes",
            failed + "'appendonly') - Unable to turn on AOF. Check server logs."),
        Exchange(
            "CONFIG SET requirepass \"\\xff\"",
            failed + "'requirepass') - argument must be text in UTF-8"),
        Exchange("CONFIG REWRITE", "-ERR The server is running without a config file"),
        Exchange("CONFIG RESETSTAT", "+OK"),
    ])
    func `a subcommand of CONFIG answers as Redis does`(_ exchange: Exchange) {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send(exchange.line, from: client) == exchange.reply.wire)
    }

    @Test func `CONFIG GET answers a map in RESP3`() {
        let served = ServedNode()
        let client = served.connect()
        _ = served.send("HELLO 3", from: client)
        #expect(served.send("CONFIG GET timeout", from: client) == "%1\n$7\ntimeout\n$1\n0".wire)
    }

    @Test(arguments: [
        ("0", "0"), ("100", "100"), ("1k", "1000"), ("1kb", "1024"), ("100mb", "104857600"),
        ("1gB", "1073741824"), ("2M", "2000000"),
    ])
    func `memory is given with units`(_ value: String, _ bytes: String) {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send("CONFIG SET maxmemory \(value)", from: client) == "+OK".wire)
        #expect(
            served.send("CONFIG GET maxmemory", from: client)
                == "*2\n$9\nmaxmemory\n$\(bytes.count)\n\(bytes)".wire)
    }

    @Test func `CONFIG SET sets all of its parameters or none`() {
        let served = ServedNode()
        let client = served.connect()
        _ = served.send("CONFIG SET timeout 10 maxmemory-policy foo", from: client)
        #expect(served.node.configuration.timeout == 0)
        #expect(
            served.send("CONFIG SET TIMEOUT 10 maxmemory-policy allkeys-LFU", from: client)
                == "+OK".wire)
        #expect(served.node.configuration.timeout == 10)
        #expect(served.node.configuration.maxmemoryPolicy == "allkeys-lfu")
        #expect(served.node.database.usesLFU)
    }

    @Test func `a folder alone is no configuration file`() {
        var configuration = Configuration()
        configuration.dir = "/data/7000"
        let served = ServedNode(configuration)
        #expect(
            served.send("CONFIG REWRITE", from: served.connect())
                == "-ERR The server is running without a config file".wire)
        #expect(served.takeActions().isEmpty)
    }

    /// SHA-256 of `a "b`.
    private static let hash = "ec0ee011916498e8af18f31985dcc84c9ce0e366f0795735094cfb4011e15426"

    @Test func `CONFIG REWRITE has the file written, and answers when it is`() {
        var configuration = Configuration()
        configuration.dir = "/data/7000"
        configuration.configFile = "/data/7000/redis.conf"
        let served = ServedNode(configuration)
        let client = served.connect()
        _ = served.send("CONFIG SET requirepass \"a \\\"b\" timeout 5", from: client)
        #expect(served.send("CONFIG REWRITE", from: client) == "")
        let contents = """
            bind 127.0.0.1
            cluster-enabled yes
            dir "/data/7000"
            port 7000
            requirepass "a \\"b"
            save ""
            timeout 5
            user default on #\(Self.hash) ~* &* +@all

            """
        #expect(served.takeActions() == [.save(.configuration, contents: contents, for: client)])
        #expect(served.send("PING", from: client) == "")
        #expect(served.complete(client) == "+OK".wire)
        #expect(served.takeActions() == [.resume(client)])
        #expect(served.send([], from: client) == "+PONG".wire)
    }

    @Test func `CONFIG RESETSTAT starts to count anew`() {
        let served = ServedNode()
        let client = served.connect()
        _ = served.send("GET a", from: client)
        _ = served.send("NOPE", from: client)
        #expect(served.send("INFO stats", from: client).contains("keyspace_misses:1\r\n"))
        _ = served.send("CONFIG RESETSTAT", from: client)
        let text = served.send("INFO stats commandstats errorstats", from: client)
        #expect(text.contains("keyspace_misses:0\r\n"))
        #expect(text.contains("total_commands_processed:1\r\n"))
        #expect(text.contains("cmdstat_config|resetstat:calls=1,"))
        #expect(!text.contains("errorstat_"))
    }
}
