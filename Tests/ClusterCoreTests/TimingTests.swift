import ClusterCore
import Keyspace
import RESP
import Synchronization
import Testing

/// SLOWLOG and LATENCY: commands that hold the node up.
struct TimingTests {
    private let served = ServedNode()
    private let client: ClientID

    init() {
        client = served.connect()
    }

    @Test func `a command that sleeps is in the slow log, with its time`() {
        let served = sleepy()
        let client = served.connect()
        spend(15, served, client)
        #expect(
            served.send("SLOWLOG GET", from: client)
                == """
                *1
                *6
                :0
                :1700000000
                :15000
                *3
                $5
                DEBUG
                $5
                SLEEP
                $5
                0.015
                $15
                127.0.0.1:50001
                $0

                """.wire)
        #expect(served.send("SLOWLOG LEN", from: client) == ":1\r\n")
        #expect(served.send("SLOWLOG RESET", from: client) == "+OK\r\n")
        #expect(served.send("SLOWLOG GET -1", from: client) == "*0\r\n")
    }

    @Test func `with 0 every command is in it, shortened, and passwords are hidden`() {
        _ = served.send("CONFIG SET slowlog-log-slower-than 0 slowlog-max-len 3", from: client)
        let long = String(repeating: "x", count: 200)
        let many = (0..<40).map { "k\($0){t}" }.joined(separator: " ")
        for line in ["SET a \(long)", "DEL \(many)", "ACL SETUSER anna >pw"] {
            _ = served.send(line, from: client)
        }
        let log = served.send("SLOWLOG GET", from: client)
        #expect(log.hasPrefix("*3\r\n"))
        #expect(log.contains("\(String(repeating: "x", count: 128))... (72 more bytes)\r\n"))
        #expect(log.contains("*32\r\n$3\r\nDEL\r\n"))
        #expect(log.contains("... (10 more arguments)\r\n"))
        #expect(!log.contains("pw") && log.contains("(redacted)"))
        _ = served.send("CONFIG SET slowlog-max-len 1", from: client)
        #expect(served.send("SLOWLOG LEN", from: client) == ":1\r\n")
    }

    @Test(arguments: [
        Exchange("SLOWLOG GET -2", "-ERR count should be greater than or equal to -1"),
        Exchange("SLOWLOG GET x", "-ERR count should be greater than or equal to -1"),
        Exchange("LATENCY LATEST", "*0"), Exchange("LATENCY HISTORY command", "*0"),
        Exchange("LATENCY RESET", ":0"), Exchange("LATENCY HISTOGRAM", "*0"),
        Exchange("LATENCY GRAPH command", "-ERR No samples available for event 'command'"),
        Exchange("MEMORY USAGE a", "$-1"), Exchange("MEMORY USAGE a SAMPLES", "-ERR syntax error"),
        Exchange("MEMORY USAGE a SAMPLES -1", "-ERR syntax error"),
        Exchange(
            "MEMORY USAGE a SAMPLES x", "-ERR value is not an integer or out of range"),
        Exchange("MEMORY PURGE", "+OK"),
    ])
    func `what there is nothing to tell of is answered as by Redis`(_ exchange: Exchange) {
        #expect(served.send(exchange.line, from: client) == exchange.reply.wire)
    }

    @Test func `LATENCY shows what took longer than the threshold`() {
        let served = sleepy()
        let client = served.connect()
        spend(30, served, client)
        _ = served.send("CONFIG SET latency-monitor-threshold 20", from: client)
        spend(10, served, client)
        #expect(served.send("LATENCY LATEST", from: client) == "*0\r\n")
        spend(25, served, client)
        spend(1500, served, client)
        #expect(
            served.send("LATENCY HISTORY command", from: client)
                == "*2\r\n*2\r\n:1700000000\r\n:25\r\n*2\r\n:1700000001\r\n:1500\r\n")
        #expect(
            served.send("LATENCY LATEST", from: client)
                == "*1\r\n*4\r\n$7\r\ncommand\r\n:1700000001\r\n:1500\r\n:1500\r\n")
        let graph = served.send("LATENCY GRAPH command", from: client)
        #expect(graph.contains("command - high 1500 ms, low 25 ms (all time high 1500 ms)\n"))
        #expect(graph.contains(" #\n |\n |\n_|\n  \n10\nss\n"))
        #expect(
            served.send("LATENCY DOCTOR", from: client).contains(
                "1. command: 2 latency spikes (average 762ms, mean deviation 737ms, period 0.50 sec). "
                    + "Worst all time event 1500ms."))
        #expect(served.send("LATENCY RESET Command", from: client) == ":1\r\n")
    }

    @Test func `quick commands share the time that they took together, slow ones have their own`() {
        let clock = Steps()
        served.measure { clock.next() }
        // The clock goes on by 1500 ns whenever it is looked at: before and after all of them, and around LRANGE.
        _ = served.send(together: ["SET a 1", "GET a", "GET a", "LRANGE l 0 -1"], from: client)
        #expect(
            served.send("LATENCY HISTOGRAM get lrange", from: client)
                == """
                *4
                $3
                get
                *4
                $5
                calls
                :2
                $14
                histogram_usec
                *2
                :1
                :2
                $6
                lrange
                *4
                $5
                calls
                :1
                $14
                histogram_usec
                *2
                :2
                :1
                """.wire)
        let statistics = served.send("INFO latencystats", from: client)
        #expect(
            statistics.contains("latency_percentiles_usec_get:p50=1.003,p99=1.003,p99.9=1.003\r\n"))
        #expect(
            statistics.contains(
                "latency_percentiles_usec_lrange:p50=1.503,p99=1.503,p99.9=1.503\r\n"))
        _ = served.send("CONFIG RESETSTAT", from: client)
        #expect(served.send("LATENCY HISTOGRAM get", from: client) == "*0\r\n")
        _ = served.send("CONFIG SET latency-tracking no", from: client)
        _ = served.send("GET a", from: client)
        #expect(served.send("LATENCY HISTOGRAM get", from: client) == "*0\r\n")
    }

    @Test func `a wait counts once it is served, without the time of the wait`() {
        let other = served.connect()
        served.measure { 0 }
        _ = served.send("BLPOP a 0", from: client)
        #expect(served.send("LATENCY HISTOGRAM blpop", from: other) == "*0\r\n")
        served.step(.timer(.cron), after: .milliseconds(70))
        _ = served.send("RPUSH a 1", from: other)
        let statistics = served.send("INFO latencystats", from: other)
        #expect(statistics.contains("latency_percentiles_usec_blpop:p50=0.001,"))
    }

    @Test func `what a key takes of memory grows with it`() {
        var last = 0
        for line in [
            "SET k 1", "SET k \(String(repeating: "v", count: 100))",
            "SET k \(String(repeating: "v", count: 1000))",
        ] {
            _ = served.send(line, from: client)
            let usage =
                Int(served.send("MEMORY USAGE k", from: client).dropFirst().dropLast(2)) ?? 0
            #expect(usage > last)
            last = usage
        }
        for kind in ["RPUSH", "SADD", "HSET"] {
            _ = served.send("DEL k", from: client)
            _ = served.send("\(kind) k a b", from: client)
            let small = served.send("MEMORY USAGE k", from: client)
            for number in 0..<1000 {
                _ = served.send("\(kind) k element:\(number) value", from: client)
            }
            #expect(served.send("MEMORY USAGE k", from: client).count > small.count)
        }
    }

    @Test func `MEMORY STATS and DOCTOR count what the keys take`() {
        _ = served.send("SET k v", from: client)
        let statistics = served.send("MEMORY STATS", from: client)
        #expect(statistics.hasPrefix("*56\r\n") && statistics.contains("keys.count\r\n:1\r\n"))
        #expect(
            served.send("MEMORY DOCTOR", from: client).contains("Hi Sam, this instance is empty"))
    }

    // MARK: - Sleeping

    private func sleepy() -> ServedNode {
        var configuration = Configuration()
        configuration.enableDebugCommand = "local"
        return ServedNode(configuration)
    }

    private func spend(_ milliseconds: Int, _ served: ServedNode, _ client: ClientID) {
        let digits = String(milliseconds % 1000)
        let zeros = String(repeating: "0", count: 3 - digits.count)
        _ = served.send("DEBUG SLEEP \(milliseconds / 1000).\(zeros)\(digits)", from: client)
        served.step(.timer(.wake), after: .milliseconds(milliseconds))
        _ = served.complete(client)
    }
}

/// A clock that goes on by 1500 nanoseconds whenever it is looked at.
private final class Steps: Sendable {
    private let time = Mutex<Int64>(0)

    func next() -> Int64 {
        time.withLock { time in
            time += 1500
            return time
        }
    }
}
