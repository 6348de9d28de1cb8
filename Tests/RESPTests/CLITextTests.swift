import RESP
import Testing

/// The texts are recorded from redis-cli 7.0.15: on a pseudo terminal, and into a pipe.
struct CLITextTests {
    struct Golden: CustomTestStringConvertible {
        var wire: String
        var terminal: String
        var raw: String
        var testDescription: String { wire.debugDescription }

        init(_ wire: String, _ terminal: String, _ raw: String) {
            self.wire = wire
            self.terminal = terminal
            self.raw = raw
        }
    }

    static let goldens: [Golden] = [
        Golden(
            "+OK\r\n",
            "OK\n",
            "OK\n"),
        Golden(
            "+\r\n",
            "\n",
            "\n"),
        Golden(
            "-ERR no\r\n",
            "(error) ERR no\n",
            "ERR no\n\n"),
        Golden(
            ":-12\r\n",
            "(integer) -12\n",
            "-12\n"),
        Golden(
            "$5\r\nhello\r\n",
            "\"hello\"\n",
            "hello\n"),
        Golden(
            "$0\r\n\r\n",
            "\"\"\n",
            "\n"),
        Golden(
            "$-1\r\n",
            "(nil)\n",
            "\n"),
        Golden(
            "*-1\r\n",
            "(nil)\n",
            "\n"),
        Golden(
            "_\r\n",
            "(nil)\n",
            "\n"),
        Golden(
            "$6\r\nZoëé\r\n",
            "\"Zo\\xc3\\xab\\xc3\\xa9\"\n",
            "Zoëé\n"),
        Golden(
            "*0\r\n",
            "(empty array)\n",
            "\n"),
        Golden(
            "%0\r\n",
            "(empty hash)\n",
            "\n"),
        Golden(
            "~0\r\n",
            "(empty set)\n",
            "\n"),
        Golden(
            "*1\r\n:1\r\n",
            "1) (integer) 1\n",
            "1\n"),
        Golden(
            "*2\r\n:1\r\n$1\r\na\r\n",
            "1) (integer) 1\n2) \"a\"\n",
            "1\na\n"),
        Golden(
            "*3\r\n$-1\r\n+OK\r\n-ERR x\r\n",
            "1) (nil)\n2) OK\n3) (error) ERR x\n",
            "\nOK\nERR x\n\n"),
        Golden(
            "*2\r\n*2\r\n:1\r\n:2\r\n*2\r\n:3\r\n*0\r\n",
            "1) 1) (integer) 1\n   2) (integer) 2\n2) 1) (integer) 3\n   2) (empty array)\n",
            "1\n2\n3\n\n"),
        Golden(
            "*1\r\n*1\r\n*1\r\n:0\r\n",
            "1) 1) 1) (integer) 0\n",
            "0\n"),
        Golden(
            "*10\r\n*2\r\n:0\r\n$1\r\nx\r\n*2\r\n:1\r\n$1\r\nx\r\n*2\r\n:2\r\n$1\r\nx\r\n*2\r\n:3\r\n$1\r\nx\r\n*2\r\n:4\r\n$1\r\nx\r\n*2\r\n:5\r\n$1\r\nx\r\n*2\r\n:6\r\n$1\r\nx\r\n*2\r\n:7\r\n$1\r\nx\r\n*2\r\n:8\r\n$1\r\nx\r\n*2\r\n:9\r\n$1\r\nx\r\n",
            " 1) 1) (integer) 0\n    2) \"x\"\n 2) 1) (integer) 1\n    2) \"x\"\n 3) 1) (integer) 2\n    2) \"x\"\n 4) 1) (integer) 3\n    2) \"x\"\n 5) 1) (integer) 4\n    2) \"x\"\n 6) 1) (integer) 5\n    2) \"x\"\n 7) 1) (integer) 6\n    2) \"x\"\n 8) 1) (integer) 7\n    2) \"x\"\n 9) 1) (integer) 8\n    2) \"x\"\n10) 1) (integer) 9\n    2) \"x\"\n",
            "0\nx\n1\nx\n2\nx\n3\nx\n4\nx\n5\nx\n6\nx\n7\nx\n8\nx\n9\nx\n"),
        Golden(
            "*9\r\n:0\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n:7\r\n:8\r\n",
            "1) (integer) 0\n2) (integer) 1\n3) (integer) 2\n4) (integer) 3\n5) (integer) 4\n6) (integer) 5\n7) (integer) 6\n8) (integer) 7\n9) (integer) 8\n",
            "0\n1\n2\n3\n4\n5\n6\n7\n8\n"),
        Golden(
            "*2\r\n*11\r\n:0\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n:7\r\n:8\r\n:9\r\n:10\r\n*2\r\n+a\r\n*2\r\n+b\r\n+c\r\n",
            "1)  1) (integer) 0\n    2) (integer) 1\n    3) (integer) 2\n    4) (integer) 3\n    5) (integer) 4\n    6) (integer) 5\n    7) (integer) 6\n    8) (integer) 7\n    9) (integer) 8\n   10) (integer) 9\n   11) (integer) 10\n2) 1) a\n   2) 1) b\n      2) c\n",
            "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\na\nb\nc\n"),
        Golden(
            "%1\r\n$1\r\nk\r\n$1\r\nv\r\n",
            "1# \"k\" => \"v\"\n",
            "k v\n"),
        Golden(
            "%2\r\n+a\r\n:1\r\n+b\r\n*2\r\n:1\r\n:2\r\n",
            "1# a => (integer) 1\n2# b => \n   1) (integer) 1\n   2) (integer) 2\n",
            "a 1\nb 1\n2\n"),
        Golden(
            "%1\r\n+a\r\n%2\r\n+b\r\n:1\r\n+c\r\n*1\r\n*0\r\n",
            "1# a => \n   1# b => (integer) 1\n   2# c => 1) (empty array)\n",
            "a b 1\nc \n"),
        Golden(
            "%10\r\n+k0\r\n:0\r\n+k1\r\n:1\r\n+k2\r\n:2\r\n+k3\r\n:3\r\n+k4\r\n:4\r\n+k5\r\n:5\r\n+k6\r\n:6\r\n+k7\r\n:7\r\n+k8\r\n:8\r\n+k9\r\n:9\r\n",
            " 1# k0 => (integer) 0\n 2# k1 => (integer) 1\n 3# k2 => (integer) 2\n 4# k3 => (integer) 3\n 5# k4 => (integer) 4\n 6# k5 => (integer) 5\n 7# k6 => (integer) 6\n 8# k7 => (integer) 7\n 9# k8 => (integer) 8\n10# k9 => (integer) 9\n",
            "k0 0\nk1 1\nk2 2\nk3 3\nk4 4\nk5 5\nk6 6\nk7 7\nk8 8\nk9 9\n"),
        Golden(
            "%1\r\n+a\r\n*1\r\n*2\r\n:1\r\n:2\r\n",
            "1# a => \n   1) 1) (integer) 1\n      2) (integer) 2\n",
            "a 1\n2\n"),
        Golden(
            "%1\r\n+a\r\n%1\r\n+b\r\n:1\r\n",
            "1# a => 1# b => (integer) 1\n",
            "a b 1\n"),
        Golden(
            "%1\r\n+a\r\n~2\r\n:1\r\n:2\r\n",
            "1# a => \n   1~ (integer) 1\n   2~ (integer) 2\n",
            "a 1\n2\n"),
        Golden(
            "*2\r\n%1\r\n+a\r\n%1\r\n+b\r\n*2\r\n:1\r\n:2\r\n:5\r\n",
            "1) 1# a => \n      1# b => \n         1) (integer) 1\n         2) (integer) 2\n2) (integer) 5\n",
            "a b 1\n2\n5\n"),
        Golden(
            "~2\r\n:1\r\n*2\r\n:2\r\n:3\r\n",
            "1~ (integer) 1\n2~ 1) (integer) 2\n   2) (integer) 3\n",
            "1\n2\n3\n"),
        Golden(
            ",3.25\r\n",
            "(double) 3.25\n",
            "3.25\n"),
        Golden(
            ",inf\r\n",
            "(double) inf\n",
            "inf\n"),
        Golden(
            ",-0\r\n",
            "(double) -0\n",
            "-0\n"),
        Golden(
            "#t\r\n",
            "(true)\n",
            "(true)\n"),
        Golden(
            "#f\r\n",
            "(false)\n",
            "(false)\n"),
        Golden(
            "=8\r\ntxt:some\r\n",
            "some\n",
            "some\n"),
        Golden(
            "=10\r\ntxt:a\nb\"c\u{1}\r\n",
            "a\nb\"c\u{1}\n",
            "a\nb\"c\u{1}\n"),
        Golden(
            "*3\r\n=8\r\ntxt:some\r\n#t\r\n,1.5\r\n",
            "1) some\n2) (true)\n3) (double) 1.5\n",
            "some\n(true)\n1.5\n"),
        Golden(
            "*2\r\n$4\r\na\r\nb\r\n~1\r\n_\r\n",
            "1) \"a\\r\\nb\"\n2) 1~ (nil)\n",
            "a\r\nb\n\n"),
    ]

    @Test(arguments: goldens)
    func `a reply prints as redis-cli prints it`(_ golden: Golden) throws {
        var parser = RESPParser()
        parser.append(golden.wire.utf8)
        let reply = try #require(try parser.next())
        #expect(reply.terminalText == golden.terminal)
        #expect(reply.rawText + [UInt8(ascii: "\n")] == Array(golden.raw.utf8))
    }

    @Test func `bytes that are no printable ASCII are escaped`() {
        let bytes: [UInt8] = [0, 7, 8, 9, 10, 13, 0x22, 0x5C, 0x1B, 0x7F, 0xFF, 0x27]
        #expect(
            RESPValue.bulkString(bytes).terminalText
                == "\"\\x00\\a\\b\\t\\n\\r\\\"\\\\\\x1b\\x7f\\xff'\"\n")
        #expect(RESPValue.bulkString(bytes).rawText == bytes)
    }

    @Test(arguments: [
        ("INFO", true), ("info replication", true), ("CLUSTER NODES", true), ("cluster info", true),
        ("CLUSTER NODES x", false), ("CLUSTER SLOTS", false), ("CLIENT LIST ID 1", true),
        ("CLIENT ID", false), ("MEMORY DOCTOR", true), ("LATENCY GRAPH x", true),
        ("LATENCY DOCTOR", true), ("LATENCY DOCTOR x", false), ("LOLWUT", true),
        ("GET info", false),
    ])
    func `long texts are printed raw`(_ line: String, _ isRaw: Bool) throws {
        let arguments = try #require(splitArguments(line.utf8))
        #expect(RESPValue.isPrintedRaw(repliesTo: arguments) == isRaw)
    }
}
