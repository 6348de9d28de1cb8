import ClusterCore
import RESP
import Testing

/// What clients take of memory: for maxmemory, and for their own limit.
struct ClientMemoryTests {
    private let served = ServedNode()
    private let client: ClientID

    init() {
        client = served.connect()
    }

    @Test func `what a client has not taken counts for maxmemory, and no more once it has`() {
        let slow = served.connect()
        _ = served.send("CONFIG SET maxmemory 10mb", from: client)
        #expect(served.send("SET a 1", from: client) == "+OK\r\n")
        served.noteOutput(20 << 20, of: slow)
        #expect(served.send("SET a 1", from: client).hasPrefix("-OOM "))
        #expect(served.send("CLIENT LIST ID 2", from: client).contains(" omem=20971520 "))
        served.noteOutput(0, of: slow)
        #expect(served.send("SET a 1", from: client) == "+OK\r\n")
    }

    @Test func `a command that has not come whole counts, too`() {
        let slow = served.connect()
        _ = served.send("CONFIG SET maxmemory 10mb", from: client)
        let part = "*2\r\n$3\r\nGET\r\n$20971520\r\n" + String(repeating: "x", count: 15 << 20)
        #expect(served.send(Array(part.utf8), from: slow) == "")
        #expect(served.send("SET a 1", from: client).hasPrefix("-OOM "))
        served.step(.clientGone(slow))
        #expect(served.send("SET a 1", from: client) == "+OK\r\n")
    }

    @Test func `the client that takes the most is the one that goes`() {
        let (greedy, modest) = (served.connect(), served.connect())
        let safe = served.connect()
        _ = served.send("CLIENT NO-EVICT ON", from: safe)
        served.noteOutput(300_000, of: greedy)
        served.noteOutput(50_000, of: modest)
        _ = served.send("CONFIG SET maxmemory-clients 200kb", from: client)
        #expect(served.takeActions().contains(.drop(greedy)))
        #expect(served.send("INFO stats", from: client).contains("evicted_clients:1\r\n"))
        served.step(.clientGone(greedy))
        _ = served.takeActions()
        // Who may not go stays, and others go for it.
        served.noteOutput(500_000, of: safe)
        served.step(.timer(.cron), after: .milliseconds(100))
        let actions = served.takeActions()
        #expect(actions.contains(.drop(modest)) && !actions.contains(.drop(safe)))
    }

    @Test func `a percentage is one of maxmemory, and nobody goes where there is none`() {
        let greedy = served.connect()
        served.noteOutput(600_000, of: greedy)
        _ = served.send("CONFIG SET maxmemory-clients 5%", from: client)
        #expect(!served.takeActions().contains(.drop(greedy)))
        _ = served.send("CONFIG SET maxmemory 10mb", from: client)
        #expect(served.takeActions().contains(.drop(greedy)))
        #expect(
            served.send("CONFIG GET maxmemory-clients", from: client)
                == "*2\r\n$17\r\nmaxmemory-clients\r\n$2\r\n5%\r\n")
    }
}
