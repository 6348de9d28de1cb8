import CLI
import RESP
import Testing

struct CommandHelpTests {
    private let help = CommandHelp(docs.value)

    fileprivate static let docs: Reply = [
        "get",
        ["group", "string", "summary", "Get it", "arguments", [["name", "key", "type", "key"]]],
        "set",
        [
            "group", "string", "arguments",
            [
                ["name", "key", "type", "key"], ["name", "value", "type", "string"],
                [
                    "name", "condition", "type", "oneof", "flags", ["optional"], "arguments",
                    [
                        ["name", "nx", "type", "pure-token", "token", "NX"],
                        ["name", "xx", "type", "pure-token", "token", "XX"],
                    ],
                ],
            ],
        ],
        "del",
        [
            "group", "generic", "arguments",
            [["name", "key", "type", "key", "flags", ["multiple"]]],
        ],
        "cluster",
        ["group", "cluster", "subcommands", ["cluster|nodes", ["group", "cluster"]]],
    ]

    @Test func `syntax is written as redis-cli writes it`() {
        #expect(help.commands(named: ["set"]).map(\.syntax) == ["key value [NX|XX]"])
        #expect(help.commands(named: ["DEL"]).map(\.syntax) == ["key [key ...]"])
    }

    @Test func `a command is shown with its subcommands, a group with its commands`() {
        #expect(help.commands(named: ["cluster"]).map(\.name) == ["CLUSTER", "CLUSTER NODES"])
        #expect(help.commands(inGroup: "string").map(\.name) == ["GET", "SET"])
    }

    @Test(
        arguments: [
            ("cl", ["CLUSTER", "CLUSTER NODES"]), ("cluster n", ["CLUSTER NODES"]),
            ("help @s", ["help @string"]), ("help g", ["help GET"]), ("@s", []),
        ] as [(String, [String])])
    func `Tab proposes whole lines`(_ line: String, _ proposals: [String]) {
        #expect(help.completions(of: line) == proposals)
    }

    @Test(
        arguments: [
            ("set", " key value [NX|XX]"), ("set ", "key value [NX|XX]"),
            ("SET a ", "value [NX|XX]"), ("set a b c", " [NX|XX]"), ("nosuch", nil),
            ("set \"a", nil), ("", nil),
        ] as [(String, String?)])
    func `hints say what is still to be typed`(_ line: String, _ hint: String?) {
        #expect(help.hint(for: line) == hint)
    }
}

/// A reply of strings and arrays, written as literals.
private struct Reply: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    let value: RESPValue

    init(stringLiteral text: String) {
        value = .bulkString(Array(text.utf8))
    }

    init(arrayLiteral elements: Reply...) {
        value = .array(elements.map(\.value))
    }
}
