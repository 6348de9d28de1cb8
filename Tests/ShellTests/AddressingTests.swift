import Lab
import RESP
import Shell
import Testing

struct AddressingTests {
    private static let nodes = """
        aaaaaaaaaa 127.0.0.1:7000@17000 %0master - 0 0 1 connected 0-8191
        bbbbbbbbbb 127.0.0.1:7001@17001 %1slave aaaaaaaaaa 0 0 1 connected
        cccccccccc 127.0.0.1:7002@17002 master - 0 0 2 connected 8192-16383

        """

    /// 7000 is a master, 7001 its replica; the master at 7002 is not there.
    private let cluster = ScriptedCluster { port, command in
        switch command {
        case "CLUSTER NODES":
            text(
                nodes.replacing("%\(port - 7000)", with: "myself,")
                    .replacing(#/%\d/#, with: ""))
        case "CLUSTER INFO": text("cluster_state:ok\r\n")
        case "DBSIZE", "EXISTS a": .integer(3)
        case "KEYS *", "SCAN 7":
            command == "KEYS *"
                ? .array([text("a"), text("b")]) : .array([text("0"), .array([text("b")])])
        case "SCAN 0": .array([text("7"), .array([text("a")])])
        case "INFO": text("role:x\r\n")
        case "READONLY": .simpleString("OK")
        case "BAD": .error("ERR bad")
        default: .simpleString("\(port) \(command)")
        }
    }

    @Test func `a container that answers at two addresses is one node`() {
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run(["@all PING", "@masters PING"], on: ContainerCluster()) == 0)
        let all = "127.0.0.1:7000:\nPONG\n172.17.0.3:6379:\nPONG\n"
        let sorted = "172.17.0.3:6379:\nPONG\n127.0.0.1:7000:\nPONG\n"
        #expect([all + all, sorted + sorted].contains(shell.screen), "\(shell.screen)")
    }

    private func screen(_ line: String, status: Int32) -> String {
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run([line], on: cluster) == status)
        return shell.screen
    }

    struct Call: CustomTestStringConvertible {
        var line: String
        var screen: String
        var status: Int32 = 0
        var testDescription: String { line }
    }

    @Test(arguments: [
        Call(line: "@7001 ROLE", screen: "127.0.0.1:7001:\n7001 ROLE\n"),
        Call(line: "@127.0.0.1:7001 ROLE", screen: "127.0.0.1:7001:\n7001 ROLE\n"),
        Call(line: "@bbbbbb ROLE", screen: "127.0.0.1:7001:\n7001 ROLE\n"),
        Call(line: "127.0.0.1:7001> @7000 ROLE", screen: "127.0.0.1:7000:\n7000 ROLE\n"),
        Call(line: "@owner(b) GET b", screen: "127.0.0.1:7000:\n7000 GET b\n"),
        Call(line: "@owner(\"b)\") TYPE x", screen: "127.0.0.1:7000:\n7000 TYPE x\n"),
        Call(line: "@replicas DBSIZE", screen: "127.0.0.1:7001:\n(integer) 3\n"),
        Call(line: "@7000 INFO", screen: "127.0.0.1:7000:\nrole:x\r\n"),
        Call(line: "@7001 SCAN 0", screen: "127.0.0.1:7001:\n1) \"7\"\n2) 1) \"a\"\n"),
        Call(
            line: "@all DBSIZE",
            screen: """
                127.0.0.1:7000:
                (integer) 3
                127.0.0.1:7001:
                (integer) 3
                127.0.0.1:7002: does not answer (Connection refused)
                together: 3 at masters; the 3 at replicas are their copies, and not counted

                """, status: 1),
        Call(
            line: "@all KEYS *",
            screen: """
                127.0.0.1:7000: 2 keys
                127.0.0.1:7001: 2 keys
                127.0.0.1:7002: does not answer (Connection refused)
                together: 2 keys; 2 came twice, for replicas hold copies
                1) "a"
                2) "b"

                """, status: 1),
        Call(
            line: "@masters INFO",
            screen: """
                127.0.0.1:7000:
                role:x\r
                127.0.0.1:7002: does not answer (Connection refused)

                """, status: 1),
        Call(line: "@7000 BAD", screen: "127.0.0.1:7000:\n(error) ERR bad\n", status: 1),
        Call(
            line: "@7000",
            screen:
                "@7000 wants a command behind it, such as @7000 ROLE; connect PORT goes there.\n",
            status: 1),
        Call(
            line: "@7000 nodes",
            screen: "nodes is a word of the lab. Behind @7000 stand commands of Redis.\n", status: 1
        ),
        Call(
            line: "@7000 MONITOR",
            screen: "MONITOR keeps receiving: go to the node with connect PORT first.\n",
            status: 1),
        Call(
            line: "@nobody PING",
            screen: """
                No node is known by @nobody: a port, an address, or six digits of an id. There
                are 7000, 7001, 7002.

                """, status: 1),
        Call(
            line: "@owner() GET a",
            screen: """
                @owner wants one key in brackets, in quotes if it has blanks: @owner("my key")
                TYPE "my key"

                """, status: 1),
        Call(line: "@7000 GET \"a", screen: "Invalid argument(s)\n", status: 1),
    ])
    func `a line goes to the nodes that it names`(_ call: Call) {
        #expect(screen(call.line, status: call.status) == call.screen)
    }

    @Test func `numbers of masters are added up`() {
        let twoMasters = ScriptedCluster { port, command in
            switch command {
            case "CLUSTER NODES":
                text(
                    """
                    aa 127.0.0.1:7000@17000 \(port == 7000 ? "myself," : "")master - 0 0 1 connected 0-9
                    bb 127.0.0.1:7001@17001 \(port == 7001 ? "myself," : "")master - 0 0 2 connected 10
                    """)
            case "DEL a b": .integer(Int64(port - 6999))
            default: .simpleString("OK")
            }
        }
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run(["@masters DEL a b"], on: twoMasters) == 0)
        #expect(shell.screen.hasSuffix("\ntogether: 3\n"))
    }

    @Test func `why explains the first node that had trouble`() {
        let shell = ScriptedShell(isInteractive: false)
        _ = shell.run(["@all DBSIZE", "why"], on: cluster)
        #expect(shell.screen.contains("Nobody took the connection to 127.0.0.1:7002"))
    }
}

private func text(_ string: String) -> RESPValue { .bulkString(Array(string.utf8)) }

/// Two containers with published ports: their own addresses are reached from here as well.
private final class ContainerCluster: LabCluster {
    let nodes = [NodeAddress(port: 7000), NodeAddress(port: 7001)]

    func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        let isFirst = address.port == 7000 || address.host == "172.17.0.2"
        return Container(address: address, isFirst: isFirst)
    }

    func shutDown() {}

    private final class Container: LabConnection {
        let address: NodeAddress
        private let isFirst: Bool

        init(address: NodeAddress, isFirst: Bool) {
            self.address = address
            self.isFirst = isFirst
        }

        func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
            switch arguments.map({ String(decoding: $0, as: UTF8.self) }).joined(separator: " ") {
            case "CLUSTER NODES":
                let (mine, other) = ("myself,master", "master")
                return .bulkString(
                    Array(
                        "aaaaaaaaaa 172.17.0.2:6379@16379 \(isFirst ? mine : other) - 0 0 1 connected 0-99\nbbbbbbbbbb 172.17.0.3:6379@16379 \(isFirst ? other : mine) - 0 0 2 connected 100-16383\n"
                            .utf8))
            case "CLUSTER INFO": return .bulkString(Array("cluster_state:ok\r\n".utf8))
            default: return .simpleString("PONG")
            }
        }

        func close() {}
    }
}
