import ClusterCore
import Testing

/// A server without cluster mode.
struct PlainServerTests {
    private let server = BusNetwork(
        BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) { $0.clusterEnabled = false })

    @Test(arguments: [
        "CLUSTER NODES", "CLUSTER HELP", "CLUSTER KEYSLOT a", "CLUSTER INFO", "READONLY", "ASKING",
    ])
    func `has no cluster to tell of`(line: String) {
        #expect(
            server.send(line, to: 0) == "-ERR This instance has cluster support disabled\r\n")
    }

    @Test func `still knows which subcommands there are`() {
        #expect(
            server.send("CLUSTER FOO", to: 0)
                == "-ERR unknown subcommand 'FOO'. Try CLUSTER HELP.\r\n")
    }
}
