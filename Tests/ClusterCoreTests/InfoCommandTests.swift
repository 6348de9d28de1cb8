import ClusterCore
import Testing

struct InfoCommandTests {
    @Test(arguments: [
        Exchange("INFO nosuch", "$0\n"),
        Exchange("INFO cluster", "$30\n# Cluster\ncluster_enabled:1\n"),
        Exchange("INFO Keyspace modules", "$25\n# Modules\n\n# Keyspace\n"),
    ])
    func `only the sections that are named are shown, in their own order`(_ exchange: Exchange) {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send(exchange.line, from: client) == exchange.reply.wire)
    }

    @Test(arguments: [
        (
            "INFO",
            [
                "Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU",
                "Modules", "Errorstats", "Cluster", "Keyspace",
            ]
        ),
        (
            "INFO default",
            [
                "Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU",
                "Modules", "Errorstats", "Cluster", "Keyspace",
            ]
        ),
        (
            "INFO ALL",
            [
                "Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU",
                "Modules", "Commandstats", "Errorstats", "Latencystats", "Cluster", "Keyspace",
            ]
        ),
        (
            "INFO everything",
            [
                "Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU",
                "Modules", "Commandstats", "Errorstats", "Latencystats", "Cluster", "Keyspace",
            ]
        ),
    ])
    func `there are names for many sections at once`(_ line: String, _ titles: [String]) {
        let served = ServedNode()
        let client = served.connect()
        let text = served.send(line, from: client)
        let shown = text.split(separator: "\r\n").filter { $0.hasPrefix("# ") }.map {
            $0.dropFirst(2)
        }
        #expect(shown.map(String.init) == titles)
    }

    @Test func `INFO is a verbatim string in RESP3`() {
        let served = ServedNode()
        let client = served.connect()
        _ = served.send("HELLO 3", from: client)
        #expect(served.send("INFO modules", from: client) == "=15\ntxt:# Modules\n".wire)
    }

    @Test func `INFO counts keys, calls and errors`() {
        let served = ServedNode()
        let client = served.connect()
        for line in ["SET a 1", "SET b 2 EX 100", "GET a", "GET c", "NOPE", "GET", "SELECT 1"] {
            _ = served.send(line, from: client)
        }
        let text = served.send("INFO everything", from: client)
        for line in [
            "db0:keys=2,expires=1,avg_ttl=0",
            "cmdstat_set:calls=2,usec=0,usec_per_call=0.00,rejected_calls=0,failed_calls=0",
            "cmdstat_get:calls=2,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0",
            "cmdstat_select:calls=1,usec=0,usec_per_call=0.00,rejected_calls=0,failed_calls=1",
            "errorstat_ERR:count=3", "total_error_replies:3", "total_commands_processed:5",
            "keyspace_hits:1", "keyspace_misses:1", "connected_clients:1",
            "total_connections_received:1", "redis_mode:cluster", "tcp_port:7000", "role:master",
        ] {
            #expect(text.contains("\r\n\(line)\r\n"), "\(line)")
        }
    }

    @Test func `a replica names its master, and its link is down as long as there is none`() {
        let served = ServedNode(isReplica: true)
        let client = served.connect()
        let text = served.send("INFO replication", from: client)
        let expected = """
            # Replication
            role:slave
            master_host:127.0.0.1
            master_port:7000
            master_link_status:down
            """
        #expect(text.contains(expected.wire))
        #expect(text.contains("\r\nconnected_slaves:0\r\n"))
    }

    @Test func `rates are averages over the last ticks of the cron`() {
        let served = ServedNode()
        let client = served.connect()
        served.step(.timer(.cron), after: .milliseconds(100))
        for _ in 0..<16 {
            for _ in 0..<5 { _ = served.send("PING", from: client) }
            served.step(.timer(.cron), after: .milliseconds(100))
        }
        let text = served.send("INFO stats", from: client)
        #expect(text.contains("\r\ninstantaneous_ops_per_sec:50\r\n"))
        #expect(text.contains("\r\ninstantaneous_input_kbps:0.68\r\n"))
        #expect(text.contains("\r\ninstantaneous_output_kbps:0.34\r\n"))
    }

    @Test func `what the driver knows is shown`() {
        let served = ServedNode()
        let client = served.connect()
        #expect(!served.send("INFO", from: client).contains("process_id"))
        var facts = HostFacts()
        facts.processID = 42
        facts.operatingSystem = "Linux 6.1.0 x86_64"
        facts.memory = HostFacts.Memory(
            used: 1_664_976, resident: 7_294_976, peak: 1_664_976, total: 25_276_510_208)
        facts.processor = HostFacts.Processor(system: .milliseconds(12), user: .seconds(3))
        served.learn(facts)
        let text = served.send("INFO", from: client)
        for line in [
            "process_id:42", "os:Linux 6.1.0 x86_64", "used_memory:1664976",
            "used_memory_human:1.59M", "used_memory_rss_human:6.96M",
            "total_system_memory_human:23.54G",
            "used_cpu_sys:0.012000", "used_cpu_user:3.000000",
        ] {
            #expect(text.contains("\r\n\(line)\r\n"), "\(line)")
        }
    }
}
