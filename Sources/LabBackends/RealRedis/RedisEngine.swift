import Keyspace
package import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A redis-server or valkey-server of this machine, or the lab's own node in a process of its own.
package struct RedisEngine: Hashable, Sendable {
    /// The program's absolute path.
    package let path: String
    package let kind: Kind
    /// `7.0.15`; empty for the lab's own.
    package let version: String

    /// Whose program it is.
    package enum Kind: String, Sendable {
        case redis = "Redis"
        case valkey = "Valkey"
        case lab = "clusterlab"
    }

    /// The word for the lab's own node.
    package static let labName = "lab"

    /// The engines that a list of paths and names stands for, as `redis-server,lab`; without one the first on PATH.
    /// - Parameter executable: this program, which `lab` stands for.
    package static func list(
        _ text: String?, executable: String
    ) throws(LabError) -> [RedisEngine] {
        guard let text else { return [try RedisEngine(at: nil)] }
        return try text.split(separator: ",", omittingEmptySubsequences: false).map {
            name throws(LabError) in
            name == labName
                ? RedisEngine(lab: executable) : try RedisEngine(at: String(name))
        }
    }

    /// The lab's own node.
    private init(lab executable: String) {
        (path, kind, version) = (executable, .lab, "")
    }

    /// The program, and the words before redis-server's arguments.
    package var command: [String] { kind == .lab ? [path, "server"] : [path] }

    /// How it is started.
    func launch(_ arguments: [String], in folder: String? = nil) -> EngineLaunch {
        EngineLaunch(
            program: path, arguments: command.dropFirst() + arguments, folder: folder)
    }

    /// The programs that are looked for on PATH, the first found first taken.
    package static let names = ["redis-server", "valkey-server"]

    /// What to type where there is none.
    package static let advice =
        "apt install redis-server (or brew install redis) brings one; --engine PATH names another"

    /// Finds the program: the one at a path or of a name on PATH, or the first of those that there are.
    package init(at path: String?) throws(LabError) {
        let named = path.map { $0.contains("/") ? Self.absolute($0) : Self.found([$0]).first ?? $0 }
        guard let found = named ?? Self.found(Self.names).first else {
            throw .unsupported("No redis-server or valkey-server on PATH: \(Self.advice).")
        }
        guard access(found, X_OK) == 0, !TextFile.isFolder(found) else {
            throw .file(path: found, reason: "no program is there: \(Self.advice)")
        }
        guard let output = EngineLaunch(program: found, arguments: ["--version"]).output(),
            let engine = Self(path: found, versionLine: output)
        else {
            throw .file(
                path: found, reason: "it does not say which Redis or Valkey it is: \(Self.advice)")
        }
        self = engine
    }

    /// Reads `Redis server v=7.0.15 sha=…`; Valkey 7.2 says `Server v=7.2.7 sha=…`. The lab's own redis-server is
    /// none.
    init?(path: String, versionLine: String) {
        guard let mark = versionLine.firstRange(of: " v="),
            !versionLine.contains("build=clusterlab")
        else { return nil }
        kind = versionLine.hasPrefix("Redis") ? .redis : .valkey
        version = String(versionLine[mark.upperBound...].prefix { !$0.isWhitespace })
        guard !version.isEmpty else { return nil }
        self.path = path
    }

    /// `Redis 7.0.15`.
    package var name: String { kind == .lab ? kind.rawValue : "\(kind.rawValue) \(version)" }

    /// Whether its nodes belong to shards, by ids of their own.
    var knowsShards: Bool {
        switch kind {
        case .lab: false
        case .valkey: true
        case .redis: (numbers[0], numbers[1]) >= (7, 2)
        }
    }

    /// The version of the dumps that it writes. A real server reads none that are newer.
    private var dumpVersion: Int {
        switch kind {
        case .lab: DumpPayload.version
        case .valkey: numbers[0] > 8 ? 80 : 11
        case .redis: (numbers[0], numbers[1]) < (7, 2) ? 10 : (numbers[0], numbers[1]) < (7, 4) ? 11 : 12
        }
    }

    /// The latest version of dumps that it reads.
    private var readDumpVersion: Int { kind == .lab ? DumpPayload.latestVersion : dumpVersion }

    /// What is to be said of several in one cluster; nil where all take one another's data and news.
    package static func warning(mixing engines: [RedisEngine]) -> String? {
        func hasEight(_ kind: Kind) -> Bool {
            engines.contains { $0.kind == kind && $0.numbers[0] >= 8 }
        }
        if hasEight(.redis), hasEight(.valkey) {
            return
                "Redis 8 and Valkey 8 use the same words on the bus for different things: they make no lasting cluster."
        }
        guard let oldest = engines.min(by: { $0.readDumpVersion < $1.readDumpVersion }),
            let newest = engines.max(by: { $0.dumpVersion < $1.dumpVersion }),
            oldest.readDumpVersion < newest.dumpVersion
        else { return nil }
        return
            "\(oldest.name) reads no data of \(newest.name), which is newer: as its replica it never comes into step, and MIGRATE to it fails."
    }

    private var numbers: [Int] { version.split(separator: ".").map { Int($0) ?? 0 } + [0, 0] }

    /// What is to be said of a version that the lab was not made for; nil for Redis 7.0 to 8 and Valkey 7.2 to 8.
    package var warning: String? {
        guard kind != .lab else { return nil }
        let first = kind == .redis ? (7, 0) : (7, 2)
        guard (numbers[0], numbers[1]) < first || numbers[0] > 8 else { return nil }
        return
            "\(name) is outside of what the lab is made for, Redis 7.0 to 8 and Valkey 7.2 to 8: replies may differ."
    }

    /// Where PATH has programs of these names.
    private static func found(_ names: [String]) -> [String] {
        let folders = getenv("PATH").map { String(cString: $0) } ?? ""
        return names.flatMap { name in
            folders.split(separator: ":").map { "\($0)/\(name)" }
        }.filter { access($0, X_OK) == 0 && !isLaunchers($0) }
    }

    /// Whether it is the lab's own, which `clusterlab env` has put on PATH.
    private static func isLaunchers(_ path: String) -> Bool {
        guard let file = fopen(path, "r") else { return false }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self).contains("CLUSTERLAB_SOCKET")
    }

    private static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
