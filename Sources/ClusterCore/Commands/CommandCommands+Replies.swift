import Keyspace
import RESP

extension ReplyBuffer {
    /// A command as COMMAND INFO describes it (`addReplyCommandInfo`).
    mutating func info(_ command: Int, _ table: CommandTable) {
        let row = table.rows[command]
        let flags = CommandFlags.names.filter { row.info.flags.contains($0.flag) }
        let categories = ACLCategories.names.filter { row.info.categories.contains($0.category) }
        array(10)
        bulkString(row.fullName)
        integer(row.info.arity)
        set(flags.count)
        for flag in flags { simpleString(flag.name) }
        integer(row.info.keys.first)
        integer(row.info.keys.last)
        integer(row.info.keys.step)
        set(categories.count)
        for category in categories { simpleString(category.name) }
        set(row.info.tips.count)
        for tip in row.info.tips { bulkString(tip) }
        set(row.info.keys.specs.count)
        for spec in row.info.keys.specs { keySpec(spec) }
        if row.subcommands.isEmpty { set(0) } else { array(row.subcommands.count) }
        for subcommand in row.subcommands { info(subcommand, table) }
    }

    private mutating func keySpec(_ spec: KeySpec) {
        map(spec.notes == nil ? 3 : 4)
        if let notes = spec.notes {
            bulkString("notes")
            bulkString(notes)
        }
        bulkString("flags")
        set(spec.access.count)
        for flag in spec.access { simpleString(flag) }
        guard !spec.isUnknown else { return unknownSpec() }
        bulkString("begin_search")
        map(2)
        bulkString("type")
        if let keyword = spec.keyword {
            bulkString("keyword")
            bulkString("spec")
            map(2)
            bulkString("keyword")
            bulkString(keyword.word)
            bulkString("startfrom")
            integer(keyword.startFrom)
        } else {
            bulkString("index")
            bulkString("spec")
            map(1)
            bulkString("index")
            integer(spec.first)
        }
        bulkString("find_keys")
        map(2)
        bulkString("type")
        bulkString(spec.isCounted ? "keynum" : "range")
        bulkString("spec")
        let numbers =
            spec.isCounted
            ? [("keynumidx", 0), ("firstkey", 1), ("keystep", spec.step)]
            : [("lastkey", spec.lastOffset), ("keystep", spec.step), ("limit", spec.limit)]
        map(numbers.count)
        for (name, number) in numbers {
            bulkString(name)
            integer(number)
        }
    }

    private mutating func unknownSpec() {
        for part in ["begin_search", "find_keys"] {
            bulkString(part)
            map(2)
            bulkString("type")
            bulkString("unknown")
            bulkString("spec")
            map(0)
        }
    }

    /// A command's name and what COMMAND DOCS says about it (`addReplyCommandDocs`).
    mutating func docs(_ command: Int, _ table: CommandTable) {
        let row = table.rows[command]
        let arguments = row.info.arguments
        let deprecation = row.info.deprecation
        let isSystem = row.info.flags.contains(.system)
        bulkString(row.fullName)
        map(
            3 + (row.info.complexity.isEmpty ? 0 : 1) + (deprecation == nil ? 0 : 3)
                + (isSystem ? 1 : 0) + (arguments.isEmpty ? 0 : 1)
                + (row.subcommands.isEmpty ? 0 : 1))
        pair("summary", row.info.summary)
        pair("since", row.info.since)
        pair("group", row.info.group.rawValue)
        if !row.info.complexity.isEmpty { pair("complexity", row.info.complexity) }
        if isSystem {
            bulkString("doc_flags")
            set(1)
            simpleString("syscmd" as StaticString)
        }
        if let deprecation {
            bulkString("doc_flags")
            set(1)
            simpleString("deprecated")
            pair("deprecated_since", deprecation.since)
            pair("replaced_by", deprecation.replacedBy)
        }
        if !arguments.isEmpty {
            bulkString("arguments")
            self.arguments(arguments)
        }
        if !row.subcommands.isEmpty {
            bulkString("subcommands")
            map(row.subcommands.count)
            for subcommand in row.subcommands { docs(subcommand, table) }
        }
    }

    private mutating func arguments(_ arguments: [ArgumentSpec]) {
        array(arguments.count)
        for argument in arguments { self.argument(argument) }
    }

    private mutating func argument(_ argument: ArgumentSpec) {
        var flags: [String] = []
        if argument.isOptional { flags.append("optional") }
        if argument.isMultiple { flags.append("multiple") }
        if argument.isMultipleToken { flags.append("multiple_token") }
        let present = [
            argument.keySpecIndex != nil, argument.token != nil, argument.since != nil,
            !flags.isEmpty, !argument.arguments.isEmpty,
        ]
        map(2 + present.count { $0 })
        pair("name", argument.name)
        pair("type", argument.kind.rawValue)
        if let index = argument.keySpecIndex {
            bulkString("key_spec_index")
            integer(index)
        }
        if let token = argument.token { pair("token", token) }
        if let since = argument.since { pair("since", since) }
        if !flags.isEmpty {
            bulkString("flags")
            set(flags.count)
            for flag in flags { simpleString(flag) }
        }
        if !argument.arguments.isEmpty {
            bulkString("arguments")
            arguments(argument.arguments)
        }
    }

    private mutating func pair(_ name: String, _ value: String) {
        bulkString(name)
        bulkString(value)
    }
}
