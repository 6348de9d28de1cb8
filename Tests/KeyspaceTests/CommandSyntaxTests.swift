import Keyspace
import Testing

struct CommandSyntaxTests {
    struct Case: CustomTestStringConvertible {
        var syntax: String
        var help: String
        /// name:type=TOKEN#keySpec@since with `?` optional, `+` multiple, `++` with its token, `<…>` parts.
        var tree: String
        var testDescription: String { syntax }

        init(_ syntax: String, help: String, tree: String) {
            self.syntax = syntax
            self.help = help
            self.tree = tree
        }
    }

    @Test(arguments: [
        Case("", help: "", tree: ""),
        Case("key", help: "key", tree: "key:key#0"),
        Case("key newkey#1", help: "key newkey", tree: "key:key#0 newkey:key#1"),
        Case("key...", help: "key [key ...]", tree: "key:key+#0"),
        Case(
            "(key value)...", help: "key value [key value ...]",
            tree: "key_value:block+<key:key#0 value:string>"),
        Case(
            "cursor [MATCH pattern] [COUNT count] [TYPE type@6.0.0]",
            help: "cursor [MATCH pattern] [COUNT count] [TYPE type]",
            tree: """
                cursor:integer pattern:pattern=MATCH? count:integer=COUNT? type:string=TYPE@6.0.0?
                """),
        Case(
            "[async<ASYNC@4.0.0|SYNC@6.2.0>]", help: "[ASYNC|SYNC]",
            tree: "async:oneof?<async:pure-token=ASYNC@4.0.0 sync:pure-token=SYNC@6.2.0>"),
        Case(
            "status<ON|OFF> [REDIRECT client-id] [PREFIX... prefix] [NOLOOP]",
            help: "ON|OFF [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]] [NOLOOP]",
            tree: """
                status:oneof<on:pure-token=ON off:pure-token=OFF> client-id:integer=REDIRECT? \
                prefix:string=PREFIX++? noloop:pure-token=NOLOOP?
                """),
        Case(
            "slot subcommand<IMPORTING node-id|NODE node-id|STABLE>",
            help: "slot IMPORTING node-id|NODE node-id|STABLE",
            tree: """
                slot:integer subcommand:oneof<node-id:string=IMPORTING node-id:string=NODE \
                stable:pure-token=STABLE>
                """),
        Case(
            "filter<ip:port|new-format<[ID client-id@2.8.12]|[SKIPME yes/no]>...>",
            help: "ip:port|[ID client-id]|[SKIPME yes/no] [[ID client-id]|[SKIPME yes/no] ...]",
            tree: """
                filter:oneof<ip:port:string new-format:oneof+<client-id:integer=ID@2.8.12? \
                yes/no:string=SKIPME?>>
                """),
        Case(
            "key [LIMIT (offset count)] id_or_auto<auto_id=*|id> weight:double",
            help: "key [LIMIT offset count] *|id weight",
            tree: """
                key:key#0 offset_count:block=LIMIT?<offset:integer count:integer> \
                id_or_auto:oneof<auto_id:pure-token=* id:string> weight:double
                """),
        Case(
            "[index(start [end_index(end [unit<BYTE|BIT>@7.0.0])])]",
            help: "[start [end [BYTE|BIT]]]",
            tree: """
                index:block?<start:integer end_index:block?<end:integer \
                unit:oneof@7.0.0?<byte:pure-token=BYTE bit:pure-token=BIT>>>
                """),
    ])
    func `the notation yields the tree of COMMAND DOCS and the line of help`(example: Case) {
        let arguments = parseSyntax(example.syntax)
        #expect(arguments.map(described).joined(separator: " ") == example.tree)
        #expect(arguments.helpText == example.help)
    }

    @Test func `SET has the tree that Redis shows`() throws {
        let set = try #require(databaseCommands.first { $0.info.name == "set" })
        #expect(
            set.info.arguments.map(described) == [
                "key:key#0", "value:string",
                "condition:oneof@2.6.12?<nx:pure-token=NX xx:pure-token=XX>",
                "get:pure-token=GET@6.2.0?",
                """
                expiration:oneof?<seconds:integer=EX@2.6.12 milliseconds:integer=PX@2.6.12 \
                unix-time-seconds:unix-time=EXAT@6.2.0 unix-time-milliseconds:unix-time=PXAT@6.2.0 \
                keepttl:pure-token=KEEPTTL@6.0.0>
                """,
            ])
        #expect(
            set.info.arguments.helpText == """
                key value [NX|XX] [GET] [EX seconds|PX milliseconds|EXAT unix-time-seconds\
                |PXAT unix-time-milliseconds|KEEPTTL]
                """)
    }

    @Test func `a mistake in the notation stops the program`() async {
        await #expect(processExitsWith: .failure) { _ = parseSyntax("key [NX") }
        await #expect(processExitsWith: .failure) { _ = parseSyntax("key value]") }
    }

    private func described(_ argument: ArgumentSpec) -> String {
        var text = "\(argument.name):\(argument.kind.rawValue)"
        if let token = argument.token { text += "=\(token)" }
        if argument.isMultiple { text += argument.isMultipleToken ? "++" : "+" }
        if let index = argument.keySpecIndex { text += "#\(index)" }
        if let since = argument.since { text += "@\(since)" }
        if argument.isOptional { text += "?" }
        if !argument.arguments.isEmpty {
            text += "<" + argument.arguments.map(described).joined(separator: " ") + ">"
        }
        return text
    }
}
