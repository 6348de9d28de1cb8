/// Which modules a module of Sources may import: the arrows between them, as one table.
enum ModuleImports {
    private static let core: Set = ["RESP", "Keyspace", "ClusterCore"]
    private static let collections: Set = ["DequeModule", "HeapModule", "OrderedCollections"]
    private static let network: Set = ["NIOConcurrencyHelpers", "NIOCore", "NIOPosix"]
    private static let system: Set = ["Darwin", "Glibc", "Synchronization"]

    /// What each module may import. The learner's side never sees a backend, only two modules see the
    /// network, and nobody has Foundation: it costs start-up and memory.
    private static let allowed: [String: Set<String>] = [
        "RESP": collections,
        "Keyspace": collections.union(["RESP"]),
        "ClusterCore": collections.union(["CLua", "Keyspace", "RESP"]),
        "Simulation": core.union(collections),
        "TLS": system.union(["COpenSSL"]),
        "NodeServer": core.union(network).union(collections).union(system).union([
            "Dispatch", "TLS",
        ]),
        "Lab": system.union(["Dispatch", "RESP"]),
        "LabBackends": core.union(network).union(system).union([
            "CLibedit", "Dispatch", "Lab", "NodeServer", "Simulation", "TLS",
        ]),
        "LabHost": system.union(["Dispatch", "Lab", "LabBackends", "NodeServer"]),
        "ClusterAdmin": system.union(["Lab", "RESP"]),
        "Export": ["Lab", "RESP"],
        "Lessons": system.union(["Lab", "RESP"]),
        "Shell": system.union(["CLI", "CLibedit", "Dispatch", "Lab", "Lessons", "RESP"]),
        "CLI": system.union(["CLibedit", "ClusterAdmin", "Lab", "RESP"]),
        "Dashboard": system.union(["FlyingFox", "FlyingSocks", "Lab", "RESP"]),
        "clusterlab": system.union([
            "ArgumentParser", "CLI", "ClusterAdmin", "ClusterCore", "Dashboard", "Dispatch",
            "Export", "Lab",
            "LabBackends", "LabHost", "Lessons", "NodeServer", "RESP",
            "Shell",
        ]),
    ]

    /// Files that may import more.
    private static let exceptions: [String: Set<String>] = [
        // INCRBYFLOAT, scores and distances are defined by C's functions on numbers, which are pure.
        "Sources/Keyspace/Commands/LongDouble.swift": ["Darwin", "Glibc"],
        "Sources/Keyspace/Geo/GeoPoint.swift": ["Darwin", "Glibc"],
        "Sources/Keyspace/Values/Score.swift": ["Darwin", "Glibc"],
    ]

    /// What is wrong with the line if it is an import.
    static func problem(in line: String, of file: SourceFile) -> String? {
        guard let name = imported(by: line) else { return nil }
        guard let modules = allowed[file.module] else {
            return "give \(file.module) a row in ModuleImports"
        }
        let permitted = modules.union(exceptions[file.path] ?? [])
        guard !permitted.contains(name) else { return nil }
        return "\(file.module) must not import \(name), only \(permitted.sorted()): "
            + "move this to a module that may"
    }

    /// The module that the line imports.
    static func imported(by line: String) -> String? {
        guard line.contains("import ") else { return nil }
        let kinds = #/(?:@\w+\s+|(?:package|public|internal|fileprivate|private)\s+)*import\s+/#
        let item = #/(?:(?:class|enum|func|let|protocol|struct|typealias|var)\s+)?/#
        let text = line.drop { $0 == " " }
        guard let start = text.prefixMatch(of: kinds) else { return nil }
        let rest = text[start.range.upperBound...].trimmingPrefix(item)
        return String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }
}
