import RESP

/// Reads the text of redis.conf (`loadServerConfigFromString`), line by line, into settings.
package struct RedisConf {
    /// What a configuration may ask of the world outside: other files, and folders.
    package struct Surroundings {
        /// The text of the file of that name, or of all files that a pattern with `*`, `?` or `[` names.
        package let read: (String) throws(Unreadable) -> [UInt8]
        /// Makes a folder the working folder.
        /// - Returns: why not, in the system's words.
        let enter: (String) -> String?
        /// Whether lines can be added to a file.
        /// - Returns: why not, in the system's words.
        let append: (String) -> String?

        package init(
            read: @escaping (String) throws(Unreadable) -> [UInt8],
            enter: @escaping (String) -> String?, append: @escaping (String) -> String?
        ) {
            self.read = read
            self.enter = enter
            self.append = append
        }
    }

    /// A file that cannot be read.
    package struct Unreadable: Error, Hashable, Sendable {
        package let path: String
        package let reason: String

        package init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }
    }

    /// Why a server does not start.
    package enum Failure: Error, Hashable, Sendable {
        case unreadable(Unreadable)
        /// A line that is wrong, counted from 1 in its own file.
        case line(Int, text: String, reason: String)
        /// Something is wrong that no line alone is to blame for.
        case whole(reason: String)

        /// What redis-server writes to standard error.
        package var description: String {
            switch self {
            case .unreadable(let file):
                "Fatal error, can't open config file '\(file.path)': \(file.reason)"
            case .line(let number, let text, let reason):
                Self.heading + "Reading the configuration file, at line \(number)\n>>> '\(text)'\n"
                    + reason
            case .whole(let reason): Self.heading + reason
            }
        }

        private static let heading = "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\n"
    }

    /// Why one line is wrong.
    enum Problem: Error {
        case reason(String)
        /// The problem is in a file that the line includes.
        case included(Failure)
    }

    package private(set) var settings = ServerSettings()
    private let surroundings: Surroundings
    private var depth = 0

    /// Files that include files, so deep. Redis has no limit, and ends when its stack does.
    private static let maximumDepth = 16

    package init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// Takes what a text says; what it says again replaces what was said before.
    package mutating func read(_ text: some Sequence<UInt8>) throws(Failure) {
        let lines = Array(text).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = Self.trimmed(line)
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            do throws(Problem) {
                try take(line)
            } catch {
                switch error {
                case .included(let failure): throw failure
                case .reason(let reason):
                    throw .line(
                        index + 1, text: String(decoding: line, as: UTF8.self), reason: reason)
                }
            }
        }
        try check()
    }

    /// What is wrong with the whole: the checks at the end of each file.
    private func check() throws(Failure) {
        if !settings.configuration.logFile.isEmpty,
            let reason = surroundings.append(settings.configuration.logFile)
        {
            throw .whole(reason: "Can't open the log file: \(reason)")
        }
        if settings.configuration.clusterEnabled, settings.master != nil {
            throw .whole(reason: "replicaof directive not allowed in cluster mode")
        }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) throws(Problem) {
        guard let arguments = splitArguments(line) else {
            throw .reason("Unbalanced quotes in configuration line")
        }
        let words = arguments.map { String(decoding: $0, as: UTF8.self) }
        guard let name = words.first?.lowercased() else { return }
        let values = Array(words.dropFirst())
        if name == "include", values.count == 1 { return try include(values[0]) }
        if name == "dir", values.count == 1 { return try enter(values[0]) }
        try settings.apply(name, values)
    }

    private mutating func include(_ path: String) throws(Problem) {
        guard depth < Self.maximumDepth else {
            throw .reason("Too many files include one another")
        }
        depth += 1
        defer { depth -= 1 }
        let text: [UInt8]
        do throws(Unreadable) {
            text = try surroundings.read(path)
        } catch {
            throw .included(.unreadable(error))
        }
        do throws(Failure) {
            try read(text)
        } catch {
            throw .included(error)
        }
    }

    private mutating func enter(_ folder: String) throws(Problem) {
        if let reason = surroundings.enter(folder) { throw .reason(reason) }
        settings.configuration.dir = folder
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let front = line.drop(while: isBlank)
        guard let last = front.lastIndex(where: { !isBlank($0) }) else { return [] }
        return front[...last]
    }
}
