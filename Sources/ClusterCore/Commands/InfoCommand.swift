import Keyspace
import RESP

/// INFO (server.c, `genRedisInfoString`).
let infoCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "info", arity: -1, [.loading, .stale], .server, acl: .dangerous,
        tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
        since: "1.0.0", summary: "Returns facts and counters of the node.", syntax: "[section...]"
    ) { node, arguments, reply throws(ReplyError) in
        let sections = InfoSection.chosen(by: arguments)
        let texts = InfoSection.allCases.filter { sections.contains($0) }.map { section in
            "# \(section.title)\r\n" + node.lines(of: section).map { $0 + "\r\n" }.joined()
        }
        reply.verbatimString(texts.joined(separator: "\r\n"))
    }
]

/// The sections of INFO, in the order in which they are shown.
enum InfoSection: String, CaseIterable {
    case server, clients, memory, persistence, stats, replication, cpu, modules, commandstats
    case errorstats, latencystats, cluster, keyspace

    /// The name above the section.
    var title: String {
        self == .cpu ? "CPU" : rawValue.prefix(1).uppercased() + rawValue.dropFirst()
    }

    /// The sections that the arguments of INFO name.
    static func chosen(by arguments: Arguments) -> [InfoSection] {
        guard arguments.count > 1 else { return usual }
        return (1..<arguments.count).flatMap { index -> [InfoSection] in
            switch arguments[index].text.lowercased() {
            case "default": usual
            case "all", "everything": allCases
            case let name: InfoSection(rawValue: name).map { [$0] } ?? []
            }
        }
    }

    private static let usual = allCases.filter { $0 != .commandstats && $0 != .latencystats }
}
