import ClusterCore
import Simulation
import Testing

/// What a node of the world finds on its disk after its process, or its machine, has died.
struct DiskTests {
    /// One node, and a client of it.
    private struct SingleNode {
        var world: World
        private var client: Int

        init(appendfsync: String) {
            var configuration = Configuration()
            configuration.appendonly = true
            configuration.appendfsync = appendfsync
            world = World(
                SimulationSettings(
                    masters: 1, replicas: 0, port: 7000, isEmpty: false, seed: 1,
                    configuration: configuration))
            world.start()
            client = world.connectFromOutside(port: 7000)
            world.run(until: world.time.advanced(by: .milliseconds(10)))
        }

        /// The reply to a line, as bytes of the protocol.
        mutating func send(_ line: String) -> String {
            world.sendFromOutside(Array("\(line)\r\n".utf8), by: client)
            let end = world.time.advanced(by: .milliseconds(10))
            while !world.hasNews(for: client), let next = world.nextTime, next <= end {
                world.step()
            }
            return String(decoding: world.takeReceived(client), as: UTF8.self)
        }

        mutating func pass(_ duration: Duration) {
            world.run(until: world.time.advanced(by: duration))
        }

        /// Lets the node die, and starts it again.
        mutating func crash(losesPower: Bool) throws {
            world.inject(.crash(host: 0, losesPower: losesPower, afterActions: nil))
            try world.restart(0)
            client = world.connectFromOutside(port: 7000)
            // A master that was started waits before it serves.
            pass(.seconds(3))
        }
    }

    @Test func `a process that dies leaves all that it wrote`() throws {
        var node = SingleNode(appendfsync: "everysec")
        #expect(node.send("SET a 1") == "+OK\r\n")
        try node.crash(losesPower: false)
        #expect(node.send("GET a") == "$1\r\n1\r\n")
    }

    @Test func `a loss of power takes the last second of everysec`() throws {
        var node = SingleNode(appendfsync: "everysec")
        #expect(node.send("SET a 1") == "+OK\r\n")
        node.pass(.seconds(3))
        #expect(node.send("SET b 2") == "+OK\r\n")
        try node.crash(losesPower: true)
        #expect(node.send("GET a") == "$1\r\n1\r\n")
        #expect(node.send("GET b") == "$-1\r\n")
    }

    @Test func `a loss of power takes nothing of always`() throws {
        var node = SingleNode(appendfsync: "always")
        #expect(node.send("SET a 1") == "+OK\r\n")
        try node.crash(losesPower: true)
        #expect(node.send("GET a") == "$1\r\n1\r\n")
        // It goes on with the same file, through a rewrite and another start.
        #expect(node.send("SET b 2") == "+OK\r\n")
        #expect(
            node.send("BGREWRITEAOF") == "+Background append only file rewriting started\r\n")
        #expect(node.send("SET c 3") == "+OK\r\n")
        node.pass(.seconds(1))
        #expect(node.send("SET d 4") == "+OK\r\n")
        try node.crash(losesPower: true)
        #expect(node.send("DBSIZE") == ":4\r\n")
    }

    @Test func `turned off and on again, the file is begun anew`() throws {
        var node = SingleNode(appendfsync: "always")
        #expect(node.send("SET a 1") == "+OK\r\n")
        #expect(node.send("CONFIG SET appendonly no") == "+OK\r\n")
        #expect(node.send("SET b 2") == "+OK\r\n")
        #expect(node.send("CONFIG SET appendonly yes") == "+OK\r\n")
        #expect(node.send("SET c 3") == "+OK\r\n")
        node.pass(.seconds(1))
        try node.crash(losesPower: false)
        #expect(node.send("DBSIZE") == ":3\r\n")
    }
}
