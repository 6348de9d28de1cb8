import NodeServer
import Testing

struct NetworkViewTests {
    /// A container on a machine that others know as 192.0.2.7.
    private let container = NetworkView(
        address: "172.17.0.3", published: [], machineAddresses: ["192.0.2.7"])

    @Test(arguments: [
        // Itself, whatever it calls itself.
        ("127.0.0.1", "127.17.0.3"), ("localhost", "127.17.0.3"), ("172.17.0.3", "127.17.0.3"),
        // Others on its network.
        ("172.17.0.2", "127.17.0.2"),
        // The machine, by either of its addresses.
        ("172.17.0.1", "127.17.0.1"), ("192.0.2.7", "127.17.0.1"),
        // Another network, and the rest of the world.
        ("172.18.0.2", "172.18.0.2"), ("198.51.100.1", "198.51.100.1"),
    ])
    func `a connection from a container leads where Docker's would`(_ host: String, _ real: String)
    {
        let route = container.route(to: host)
        #expect(
            host == real
                ? [.direct, .unreachable].contains(route) : route == .to(real, from: "127.17.0.3"))
    }

    @Test func `the machine's own network is as it is`() {
        for host in ["127.0.0.1", "172.17.0.2", "localhost"] {
            #expect(NetworkView.machine.route(to: host) == .direct)
        }
        #expect(
            NetworkView.machine.shown(remote: "127.0.0.1", arrivedAt: "127.0.0.1") == "127.0.0.1")
        // Strangers of every lab's networks are strangers.
        #expect(
            NetworkView.machine.shown(remote: "127.33.0.2", arrivedAt: "127.33.0.1")
                == "172.17.0.2")
    }

    @Test
    func `a node in a container sees its peers' addresses, and the gateway behind published ports`()
    {
        #expect(container.shown(remote: "127.17.0.2", arrivedAt: "127.17.0.3") == "172.17.0.2")
        #expect(container.shown(remote: "127.0.0.1", arrivedAt: "127.0.0.1") == "172.17.0.1")
        #expect(container.shown(remote: "127.17.0.2", arrivedAt: "127.0.0.1") == "172.17.0.1")
    }

    @Test func `another lab's containers are elsewhere`() {
        let other = NetworkView(
            address: "172.17.0.3", in: LoopbackBlock(index: 1), published: [], machineAddresses: [])
        #expect(other.route(to: "172.17.0.2") == .to("127.33.0.2", from: "127.33.0.3"))
        #expect(other.shown(remote: "127.33.0.2", arrivedAt: "127.33.0.3") == "172.17.0.2")
        for block in LoopbackBlock.all {
            #expect(block.real("172.31.255.254").flatMap(block.shown) == "172.31.255.254")
        }
        #expect(LoopbackBlock(index: 14).real("172.31.0.1") == "127.255.0.1")
        #expect(LoopbackBlock(index: 15).real("172.17.0.2") == "127.17.16.2")
        #expect(LoopbackBlock(index: 15).machine == "127.17.16.1")
        #expect(LoopbackBlock.all.last?.real("172.31.0.1") == "127.255.240.1")
        #expect(Set(LoopbackBlock.all.compactMap { $0.real("172.17.0.2") }).count == 240)
        #expect(LoopbackBlock(index: 1).machine == "127.33.0.1")
    }

    @Test func `published ports are open to this machine only`() {
        #expect(container.admits(remote: "127.0.0.1", arrivedAt: "127.0.0.1"))
        #expect(container.admits(remote: "192.0.2.7", arrivedAt: "192.0.2.7"))
        #expect(!container.admits(remote: "192.0.2.8", arrivedAt: "192.0.2.7"))
    }
}
