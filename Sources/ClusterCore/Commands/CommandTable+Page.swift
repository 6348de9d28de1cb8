import Keyspace

extension CommandTable {
    /// The table as a page of documentation, in Markdown: every command under its group.
    package var page: String {
        let names = topLevel.map { rows[$0].info }
        let subcommands = rows.count { $0.container != nil }
        let sections = CommandGroup.allCases.compactMap { section(of: $0) }
        return """
            # Commands

            The nodes have \(names.count) commands and \(subcommands) subcommands, those of Redis 7.0. This page is made from the table of
            commands, as COMMAND, HELP, completion, redirects and ACL categories are: `clusterlab commands` prints it.

            \(sections.joined(separator: "\n\n"))

            ## What cannot be as in Redis

            \(Self.deviations.map { "- \($0)" }.joined(separator: "\n"))

            """
    }

    private func section(of group: CommandGroup) -> String? {
        let members = topLevel.filter { rows[$0].info.group == group }
        guard !members.isEmpty else { return nil }
        let lines = members.map { line(of: $0) }
        return """
            ## \(group.title)

            | command | since | subcommands |
            |---|---|---|
            \(lines.joined(separator: "\n"))
            """
    }

    private func line(of index: Int) -> String {
        let row = rows[index]
        let subcommands = row.subcommands.map { rows[$0].info.name }.sorted()
        return "| \(row.info.name) | \(row.info.since) | \(subcommands.joined(separator: " ")) |"
    }

    /// What a node of the lab answers otherwise, and why.
    private static let deviations = [
        "MODULE LOAD, LOADEX and UNLOAD are refused, as by a Redis whose `enable-module-command` is `no`: modules are "
            + "shared objects for another program. MODULE LIST is empty.",
        "DEBUG has the subcommands that tests and tools of a cluster ask for; those that look into Redis' own memory are not "
            + "there.",
    ]
}

extension CommandGroup {
    /// As a heading.
    fileprivate var title: String {
        switch self {
        case .generic: "Keys of any type"
        case .string: "Strings"
        case .list: "Lists"
        case .set: "Sets"
        case .hash: "Hashes"
        case .sortedSet: "Sorted sets"
        case .bitmap: "Bitmaps"
        case .hyperloglog: "HyperLogLog"
        case .geo: "Geo"
        case .stream: "Streams"
        case .scripting: "Scripts and functions"
        case .connection: "Connections"
        case .server: "Server"
        case .cluster: "Cluster"
        case .transactions: "Transactions"
        case .pubsub: "Publish/subscribe"
        }
    }
}
