import ClusterCore
import TestSupport
import Testing

/// A server without cluster mode.
struct PlainServerTests {
    @Test(arguments: [
        "CLUSTER NODES", "CLUSTER HELP", "CLUSTER KEYSLOT a", "CLUSTER INFO", "READONLY", "ASKING",
    ])
    func `has no cluster to tell of`(line: String) {
        let server = BusNetwork(
            BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) { $0.clusterEnabled = false })
        let client = server.connect(to: 0)
        server.send(line, over: client)
        #expect(client.take() == "-ERR This instance has cluster support disabled\r\n")
    }

    @Test func `still knows which subcommands there are`() {
        let server = BusNetwork(
            BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) { $0.clusterEnabled = false })
        let client = server.connect(to: 0)
        server.send("CLUSTER FOO", over: client)
        #expect(client.take() == "-ERR unknown subcommand 'FOO'. Try CLUSTER HELP.\r\n")
    }
}
