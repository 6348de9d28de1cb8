import Lab
import RESP
import Shell
import Testing

/// `peek` on a master and its replica that answer by a table.
struct PeekTests {
    private static let nodes = """
        aaaaaaaaaa 127.0.0.1:7000@17000 %0master - 0 0 1 connected 0-16383
        bbbbbbbbbb 127.0.0.1:7001@17001 %1slave aaaaaaaaaa 0 0 1 connected

        """

    private static func cluster(
        _ answer: @escaping ScriptedCluster.Answer
    ) -> ScriptedCluster {
        ScriptedCluster { port, command in
            switch command {
            case "CLUSTER NODES":
                text(
                    nodes.replacing("%\(port - 7000)", with: "myself,")
                        .replacing(#/%\d/#, with: ""))
            case "CLUSTER INFO": text("cluster_state:ok\r\n")
            case "READONLY", "ASKING": .simpleString("OK")
            default: answer(port, command)
            }
        }
    }

    private func screen(_ cluster: ScriptedCluster, width: Int = 80, status: Int32 = 0) -> String {
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run(["peek user:1"], on: cluster, width: width) == status)
        return shell.screen
    }

    private static func string(_ value: String, ttl: Int64) -> ScriptedCluster.Answer {
        { port, command in
            switch command {
            case "TYPE user:1": .simpleString("string")
            case "OBJECT ENCODING user:1": text("embstr")
            case "PTTL user:1": .integer(ttl)
            case "STRLEN user:1": .integer(Int64(value.count))
            case "GETRANGE user:1 0 511": text(port == 7000 ? "Alice" : value)
            default: .error("ERR unknown command")
            }
        }
    }

    @Test func `copies that are alike`() {
        #expect(
            screen(Self.cluster(Self.string("Alice", ttl: -1))) == """
                user:1: it hashes whole to slot 10778, which 7000 owns (0-16383)
                            7000 master                       7001 replica
                  type      string                            string
                  encoding  embstr                            embstr
                  ttl       never expires                     never expires
                  bytes     5                                 5
                  value     "Alice"                           "Alice"

                """)
    }

    @Test func `a copy that differs is marked`() {
        let said = screen(Self.cluster(Self.string("Carol", ttl: 12_345)))
        #expect(said.contains("\n* value     \"Alice\""))
        #expect(said.contains("  ttl       12.345 s"))
        #expect(said.contains("* The copies differ in value: "))
    }

    @Test func `no such key`() {
        let cluster = Self.cluster { _, command in
            switch command {
            case "TYPE user:1": .simpleString("none")
            case "PTTL user:1": .integer(-2)
            default: .null
            }
        }
        #expect(screen(cluster).hasSuffix("There is no such key.\n"))
    }

    @Test func `a hash is read by HSCAN and sorted`() {
        let cluster = Self.cluster { port, command in
            let fields = ["b", "2", "a", "1"].map(text)
            return switch command {
            case "TYPE user:1": .simpleString("hash")
            case "OBJECT ENCODING user:1": text("listpack")
            case "PTTL user:1": .integer(-1)
            case "HLEN user:1": .integer(2)
            case "HSCAN user:1 0 COUNT 10":
                .array([
                    text("0"), .array(port == 7000 ? fields : Array(fields[2...] + fields[..<2])),
                ])
            default: .error("ERR unknown command")
            }
        }
        let said = screen(cluster)
        #expect(said.contains("  elements  2"))
        #expect(said.contains("  value     a: 1, b: 2 "))
        #expect(!said.contains("differ"))
    }

    @Test func `a key that has gone ahead with its slot`() {
        let cluster = Self.cluster { port, command in
            command == "TYPE user:1" && port == 7000
                ? .error("ASK 10778 127.0.0.1:7001") : Self.string("Alice", ttl: -1)(port, command)
        }
        let said = screen(cluster)
        #expect(said.contains("7001 importing"))
        #expect(said.contains("7000 sends whoever asks to 7001: the slot is on its way"))
    }

    @Test func `where there is little room one node stands below the other`() {
        let said = screen(Self.cluster(Self.string("Alice", ttl: -1)), width: 38)
        #expect(said.contains("  7000 master\n    type      string\n"))
    }
}

private func text(_ string: String) -> RESPValue { .bulkString(Array(string.utf8)) }
