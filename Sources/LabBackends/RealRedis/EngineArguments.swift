import Lab
import RESP

/// What the arguments of a redis-server that somebody starts say of it, as far as the lab has to know: the engine
/// itself reads them all.
package struct EngineArguments: Hashable, Sendable {
    private(set) var port = 6379
    private(set) var isDaemon = false
    private(set) var password: String?
    private var folder: String
    private var logName = ""
    private var clusterName = "nodes.conf"

    /// Files that include one another end somewhere.
    private static let includeLimit = 16

    /// - Parameters:
    ///   - arguments: those of redis-server.
    ///   - folder: where it is started.
    package init(_ arguments: [String], in folder: String) {
        self.folder = folder
        var rest = arguments[...]
        if let first = rest.first, !first.hasPrefix("-") {
            read(file: Self.path(first, in: folder), depth: 0)
            rest = rest.dropFirst()
        }
        while let name = rest.first {
            let values = rest.dropFirst().prefix { !$0.hasPrefix("--") }
            if name.hasPrefix("--") {
                take(name.dropFirst(2).lowercased(), Array(values), depth: 0)
            }
            rest = rest.dropFirst(1 + values.count)
        }
    }

    /// Its log file; nil for one that prints its log.
    var log: String? { logName.isEmpty ? nil : Self.path(logName, in: folder) }

    /// Where it keeps its view of the cluster, if it is in one.
    var clusterFile: String { Self.path(clusterName, in: folder) }

    private mutating func read(file: String, depth: Int) {
        guard depth < Self.includeLimit, let text = try? TextFile.read(file) else { return }
        for line in text.split(whereSeparator: \.isNewline) where line.first != "#" {
            let words = (splitArguments(Array(line.utf8)) ?? [])
                .map { String(decoding: $0, as: UTF8.self) }
            guard let name = words.first, !name.hasPrefix("#") else { continue }
            take(name.lowercased(), Array(words.dropFirst()), depth: depth)
        }
    }

    private mutating func take(_ name: String, _ values: [String], depth: Int) {
        guard let value = values.first else { return }
        switch name {
        case "port": port = Int(value) ?? port
        case "daemonize": isDaemon = value.lowercased() == "yes"
        case "requirepass": password = value
        case "dir": folder = Self.path(value, in: folder)
        case "logfile": logName = value
        case "cluster-config-file": clusterName = value
        case "include": read(file: Self.path(value, in: folder), depth: depth + 1)
        default: break
        }
    }

    private static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }
}
