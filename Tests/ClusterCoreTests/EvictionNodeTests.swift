import ClusterCore
import RESP
import Testing

/// maxmemory, by what clients see.
struct EvictionNodeTests {
    private static let refusal =
        "-OOM command not allowed when used memory > 'maxmemory'.\r\n"

    private static func full(_ policy: String, isReplica: Bool = false) -> (ServedNode, ClientID) {
        let served = ServedNode(isReplica: isReplica)
        let client = served.connect()
        _ = served.send("CONFIG SET maxmemory-policy \(policy) maxmemory 1600000", from: client)
        for index in 0..<6000 {
            _ = served.send("SET k\(index) \(String(repeating: "x", count: 100))", from: client)
        }
        return (served, client)
    }

    @Test func `without a policy writes are refused, in transactions too`() {
        let (served, client) = Self.full("noeviction")
        #expect(served.send("SET a 1", from: client) == Self.refusal)
        #expect(served.send("DEL k1", from: client) == ":1\r\n")
        _ = served.send("SET k1 \(String(repeating: "x", count: 100))", from: client)
        #expect(served.send("MULTI", from: client) == "+OK\r\n")
        #expect(served.send("GET a", from: client) == Self.refusal)
        #expect(
            served.send("EXEC", from: client)
                == "-EXECABORT Transaction discarded because of previous errors.\r\n")
    }

    @Test(arguments: ["allkeys-lru", "allkeys-lfu", "allkeys-random"])
    func `with one, keys go and writes go on`(policy: String) {
        let (served, client) = Self.full(policy)
        #expect(served.send("SET a 1", from: client) == "+OK\r\n")
        let stats = served.send("INFO stats", from: client)
        #expect(!stats.contains("evicted_keys:0\r\n"))
        #expect(served.send("DBSIZE", from: client) != ":6001\r\n")
    }

    @Test func `a key that is evicted is told of`() {
        let served = ServedNode()
        let client = served.connect()
        let listener = served.connect()
        _ = served.send("CONFIG SET notify-keyspace-events Ee", from: client)
        _ = served.send("SUBSCRIBE __keyevent@0__:evicted", from: listener)
        _ = served.send("SET a 1", from: client)
        _ = served.send("CONFIG SET maxmemory-policy allkeys-lru maxmemory 1", from: client)
        _ = served.takeActions()
        #expect(served.send("GET a", from: client) == "$-1\r\n")
        #expect(
            served.takeMessages(of: listener)
                == push("message", "__keyevent@0__:evicted", "a"))
    }
}
