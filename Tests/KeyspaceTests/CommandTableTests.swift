import Keyspace
import Testing

struct CommandTableTests {
    @Test func `every command has a name of its own, a summary and arguments that fit its arity`() {
        var names: Set<String> = []
        for info in rows {
            #expect(names.insert(info.name).inserted, "\(info.name) is there twice")
            #expect(info.summary.hasSuffix("."), "\(info.name)")
            let required = (info.isSubcommand ? 2 : 1) + words(of: info.arguments)
            let isContainer = info.arity == -2 && info.arguments.isEmpty
            let isRight =
                required == abs(info.arity) || isContainer
                || Self.exceptions.contains(info.name)
            #expect(isRight, "\(info.name)")
            #expect(!CommandInfo.isWrong(count: abs(info.arity), arity: info.arity))
        }
    }

    /// The fewest words that the arguments take. A token before a block is not counted, as a block has one word at least.
    private func words(of arguments: [ArgumentSpec]) -> Int {
        arguments.reduce(0) { count, argument in
            guard !argument.isOptional else { return count }
            return count
                + (argument.kind == .block ? max(1, words(of: argument.arguments)) : 1)
        }
    }
    /// Commands that have to have more or fewer arguments than their syntax says, in Redis too.
    private static let exceptions = ["object", "geohash", "geopos", "geosearch", "geosearchstore", "pfmerge"]

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
