import ClusterCore
import Keyspace
import RESP
import Testing

/// MULTI, EXEC and WATCH on one node.
struct TransactionTests {
    /// What another client does between a WATCH and its EXEC, and whether that is a change.
    struct Interference: CustomStringConvertible {
        let line: String
        let isChange: Bool
        var description: String { line }

        init(_ line: String, _ isChange: Bool) {
            self.line = line
            self.isChange = isChange
        }
    }

    @Test(arguments: [
        Interference("SET k 1", true), Interference("GET k", false),
        Interference("SET k 1 NX", false), Interference("DEL k", true),
        Interference("DEL {k}other", false), Interference("EXPIRE k 10", true),
        Interference("PERSIST k", false), Interference("RENAME k {k}2", true),
        Interference("COPY k {k}2", false), Interference("FLUSHALL", true),
        Interference("APPEND k x", true), Interference("GETEX k", false),
        Interference("CLUSTER COUNTKEYSINSLOT 7629", false),
    ])
    func `EXEC answers null where a watched key has changed, and does nothing`(
        _ interference: Interference
    ) {
        let served = ServedNode()
        let (client, other) = (served.connect(), served.connect())
        _ = served.send("SET k old", from: client)
        _ = served.send("WATCH k", from: client)
        _ = served.send(interference.line, from: other)
        let reply = transact(["SET {k}done yes"], served, client)
        #expect(reply == (interference.isChange ? "*-1\r\n" : "*1\r\n+OK\r\n"))
        let isDone = served.send("EXISTS {k}done", from: client) == ":1\r\n"
        #expect(isDone != interference.isChange)
    }

    @Test func `a watch ends with EXEC, whatever came of it`() {
        let served = ServedNode()
        let (client, other) = (served.connect(), served.connect())
        _ = served.send("WATCH k", from: client)
        _ = served.send("SET k 1", from: other)
        #expect(transact(["GET k"], served, client) == "*-1\r\n")
        _ = served.send("SET k 2", from: other)
        #expect(transact(["GET k"], served, client) == "*1\r\n$1\r\n2\r\n")
    }

    @Test func `a key that expires between WATCH and EXEC has changed`() {
        let served = ServedNode()
        let client = served.connect()
        _ = served.send("SET k 1 PX 10", from: client)
        _ = served.send("WATCH k", from: client)
        served.step(.timer(.unpause), after: .milliseconds(20))
        #expect(transact(["GET k"], served, client) == "*-1\r\n")
    }

    @Test func `a key that had expired before WATCH has not, once it is deleted`() {
        let served = ServedNode()
        let (client, other) = (served.connect(), served.connect())
        _ = served.send("SET k 1 PX 10", from: client)
        served.step(.timer(.unpause), after: .milliseconds(20))
        _ = served.send("WATCH k", from: client)
        _ = served.send("GET k", from: other)
        #expect(transact(["GET k"], served, client) == "*1\r\n$-1\r\n")
    }

    @Test func `keys of other nodes and of two slots are not watched`() {
        let served = ServedNode(masters: 3)
        let client = served.connect()
        #expect(served.send("WATCH {z}1", from: client).hasPrefix("-MOVED 8157 "))
        #expect(
            served.send("WATCH a b", from: client)
                == "-CROSSSLOT Keys in request don't hash to the same slot\r\n")
    }

    @Test func `a client whose key has changed is shown with the letter d, until it is free again`() {
        let served = ServedNode()
        let (client, other) = (served.connect(), served.connect())
        _ = served.send("WATCH k", from: client)
        _ = served.send("SET k 1", from: other)
        #expect(served.send("CLIENT INFO", from: client).contains(" flags=d "))
        _ = served.send("UNWATCH", from: client)
        #expect(served.send("CLIENT INFO", from: client).contains(" flags=N "))
    }

    @Test func `WATCH is no part of a transaction, and UNWATCH is`() {
        let served = ServedNode()
        let client = served.connect()
        _ = served.send("MULTI", from: client)
        #expect(
            served.send("WATCH k", from: client) == "-ERR WATCH inside MULTI is not allowed\r\n")
        #expect(served.send("UNWATCH", from: client) == "+QUEUED\r\n")
        #expect(served.send("EXEC", from: client) == "*1\r\n+OK\r\n")
    }

    @Test func `a client that is gone leaves no watch behind`() {
        let served = ServedNode()
        let (client, other) = (served.connect(), served.connect())
        _ = served.send("WATCH k", from: client)
        _ = served.send("SET k 1", from: other)
        served.step(.clientGone(client))
        #expect(served.node.database.watches.isEmpty)
        #expect(!served.node.database.watches.hasChanged(for: client.number))
    }

    private func transact(
        _ lines: [String], _ served: ServedNode, _ client: ClientID
    ) -> String {
        _ = served.send("MULTI", from: client)
        for line in lines { _ = served.send(line, from: client) }
        return served.send("EXEC", from: client)
    }
}
