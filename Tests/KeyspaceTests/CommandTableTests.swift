import Keyspace
import Testing

struct CommandTableTests {
    @Test func `every command has a name of its own, a summary and arguments that fit its arity`() {
        var names: Set<String> = []
        for info in rows {
            #expect(names.insert(info.name).inserted, "\(info.name) is there twice")
            #expect(info.summary.hasSuffix("."), "\(info.name)")
            let required = info.arguments.reduce(info.isSubcommand ? 2 : 1) { count, argument in
                count
                    + (argument.isOptional
                        ? 0 : max(1, argument.kind == .block ? argument.arguments.count : 1))
            }
            #expect(
                required == abs(info.arity) || ["object", "pfmerge"].contains(info.name),
                "\(info.name)")
            #expect(!CommandInfo.isWrong(count: abs(info.arity), arity: info.arity))
        }
    }

    @Test func `keys stand where the arguments say`() {
        for info in rows {
            let keys = info.arguments.flatMap { $0.kind == .block ? $0.arguments : [$0] }
                .filter { $0.kind == .key }
            #expect(keys.isEmpty == info.keys.isEmpty, "\(info.name)")
            for key in keys {
                #expect(
                    key.keySpecIndex.map(info.keys.specs.indices.contains) == true, "\(info.name)")
            }
        }
    }

    @Test func `writes are not readonly, and only they deny being out of memory`() {
        for info in rows {
            #expect(!info.flags.isSuperset(of: [.write, .readonly]), "\(info.name)")
            if info.flags.contains(.denyOOM) {
                #expect(info.flags.contains(.write), "\(info.name)")
            }
        }
    }

    @Test func `categories follow from flags and group`() throws {
        let get = try #require(rows.first { $0.name == "get" })
        #expect(get.categories == [.read, .string, .fast])
        let flushall = try #require(rows.first { $0.name == "flushall" })
        #expect(flushall.categories == [.keyspace, .write, .slow, .dangerous])
    }

    /// What is known about all commands, `object|freq` and its like among them.
    private var rows: [CommandInfo] {
        databaseCommands.flatMap { command in
            [command.info]
                + command.subcommands.map { subcommand in
                    var info = subcommand.info
                    info.name = "\(command.info.name)|\(info.name)"
                    return info
                }
        }
    }
}

extension CommandInfo {
    fileprivate var isSubcommand: Bool { name.contains("|") }
}
