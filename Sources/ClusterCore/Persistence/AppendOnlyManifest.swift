import RESP

/// Which files make up an append-only file, in the order in which they are loaded (Redis 7's multi-part AOF): a
/// base, which is a dump or commands, and the writes that came after it. The manifest is the one place that says so; it is
/// replaced as a whole, so at every moment it names files that belong together.
package struct AppendOnlyManifest: Hashable, Sendable {
    package private(set) var base: File?
    package private(set) var increments: [File] = []
    /// Files of earlier times that may be deleted.
    package private(set) var history: [File] = []
    private var baseSequence = 0
    private var incrementSequence = 0

    /// One of the files.
    package struct File: Hashable, Sendable {
        package let name: String
        let sequence: Int
    }

    /// The manifest is not one.
    package struct Failure: Error, Hashable, Sendable {
        /// From 1 on.
        package let line: Int
        package let reason: String
    }

    package init() {}

    /// A manifest with the one file of an older Redis as its base.
    package init(oldFile name: String) {
        base = File(name: name, sequence: 1)
        baseSequence = 1
    }

    /// Reads a manifest (`aofLoadManifestFromFile`).
    package init(_ text: String) throws(Failure) {
        guard !text.isEmpty else { throw Failure(line: 0, reason: "Found an empty AOF manifest") }
        for (index, line) in text.split(separator: "\n").enumerated() where !line.hasPrefix("#") {
            do throws(Problem) {
                try read(line)
            } catch {
                throw Failure(line: index + 1, reason: error.reason)
            }
        }
    }

    /// Whether there is nothing to load.
    package var isEmpty: Bool { base == nil && increments.isEmpty }

    /// What is loaded, in this order.
    package var files: [File] { (base.map { [$0] } ?? []) + increments }

    /// The manifest as it is written.
    package var text: String {
        (base.map { Self.line($0, "b") } ?? "") + history.map { Self.line($0, "h") }.joined()
            + increments.map { Self.line($0, "i") }.joined()
    }

    /// The name of the manifest itself.
    package static func name(of filename: String) -> String { "\(filename).manifest" }

    /// Adds a file for the writes that come from now on; returns its name.
    package mutating func addIncrement(to filename: String) -> String {
        incrementSequence += 1
        let name = "\(filename).\(incrementSequence).incr.aof"
        increments.append(File(name: name, sequence: incrementSequence))
        return name
    }

    /// Adds a base in place of the one that there was; returns its name.
    package mutating func replaceBase(of filename: String, isDump: Bool) -> String {
        if let base { history.insert(base, at: 0) }
        baseSequence += 1
        let name = "\(filename).\(baseSequence).base.\(isDump ? "rdb" : "aof")"
        base = File(name: name, sequence: baseSequence)
        return name
    }

    /// The base has everything that is in the increments, except for the last `count` of them.
    package mutating func retireIncrements(keeping count: Int) {
        let retired = increments.dropLast(count)
        history = retired.reversed() + history
        increments = Array(increments.suffix(count))
    }

    /// Forgets the files that nobody needs.
    package mutating func forgetHistory() {
        history = []
    }

    private struct Problem: Error {
        let reason: String
    }

    private static func line(_ file: File, _ type: Character) -> String {
        "file \(file.name) seq \(file.sequence) type \(type)\n"
    }

    private mutating func read(_ line: Substring) throws(Problem) {
        guard let words = splitArguments(line.utf8), words.count >= 6, words.count % 2 == 0 else {
            throw Problem(reason: "Invalid AOF manifest file format")
        }
        var fields: [String: String] = [:]
        for index in stride(from: 0, to: words.count, by: 2) {
            let name = String(decoding: words[index], as: UTF8.self).lowercased()
            fields[name] = String(decoding: words[index + 1], as: UTF8.self)
        }
        guard let name = fields["file"], let sequence = fields["seq"].flatMap({ Int($0) }),
            sequence > 0, let type = fields["type"]
        else { throw Problem(reason: "Invalid AOF manifest file format") }
        guard !name.contains("/") else {
            throw Problem(reason: "File can't be a path, just a filename")
        }
        try add(File(name: name, sequence: sequence), type: type)
    }

    private mutating func add(_ file: File, type: String) throws(Problem) {
        switch type {
        case "b":
            guard base == nil else {
                throw Problem(reason: "Found duplicate base file information")
            }
            base = file
            baseSequence = file.sequence
        case "h": history.append(file)
        case "i":
            guard file.sequence > incrementSequence else {
                throw Problem(reason: "Found a non-monotonic sequence number")
            }
            increments.append(file)
            incrementSequence = file.sequence
        default: throw Problem(reason: "Unknown AOF file type")
        }
    }
}
