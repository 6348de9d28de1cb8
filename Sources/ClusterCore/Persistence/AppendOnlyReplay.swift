import Keyspace
import RESP

/// Repeats the commands of an append-only file (`loadSingleAppendOnlyFile`).
struct AppendOnlyReplay {
    let name: String
    /// The end of the last command that was whole.
    private var position: Int
    /// Where the MULTI is whose EXEC has not come yet.
    private var transaction: Int?
    /// The commands since then, each of which is executed only with the EXEC.
    private var queue: [Range<Int>] = []
    /// Where the file is to be cut: after the last whole command, or in front of an unfinished MULTI.
    private(set) var truncatedAt: Int?

    init(name: String, position: Int) {
        self.name = name
        self.position = position
    }

    /// Executes everything in the file.
    mutating func run(_ bytes: [UInt8], on node: inout Node) throws(StoredData.Failure) {
        try bytes.withUnsafeBufferPointer { bytes throws(StoredData.Failure) in
            guard let start = bytes.baseAddress else { return }
            var parser = RequestParser()
            parser.maximumBulk = Int.max
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "#") {
                    guard let end = bytes[position...].firstIndex(of: 10) else { break }
                    position = end + 1
                    continue
                }
                guard bytes[position] == UInt8(ascii: "*") else { throw badFormat }
                switch parser.parse(start + position, count: bytes.count - position) {
                case .needMore:
                    truncatedAt = transaction ?? position
                    return
                case .failure: throw badFormat
                case .command(let length, let count):
                    guard count > 0 else { throw badFormat }
                    try take(
                        parser.arguments(at: start + position, count: count),
                        at: position..<position + length, of: bytes, on: &node)
                    position += length
                }
            }
            if position < bytes.count || transaction != nil {
                truncatedAt = transaction ?? position
            }
        }
    }

    private var badFormat: StoredData.Failure {
        StoredData.Failure(
            reason:
                "Bad file format reading the append only file \(name): make a backup of your AOF file, "
                + "then use ./redis-check-aof --fix <filename.manifest>")
    }

    /// Executes a command, or keeps it for its EXEC.
    private mutating func take(
        _ arguments: Arguments, at place: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>,
        on node: inout Node
    ) throws(StoredData.Failure) {
        if arguments[0].isKeyword("MULTI") {
            transaction = place.lowerBound
        } else if arguments[0].isKeyword("EXEC") {
            transaction = nil
            let commands = queue
            queue = []
            for command in commands { try repeatCommand(at: command, of: bytes, on: &node) }
        } else if transaction != nil {
            queue.append(place)
        } else {
            try node.execute(arguments, fromFile: name)
        }
    }

    private func repeatCommand(
        at place: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>, on node: inout Node
    ) throws(StoredData.Failure) {
        var parser = RequestParser()
        parser.maximumBulk = Int.max
        guard let start = bytes.baseAddress,
            case .command(_, let count) = parser.parse(start + place.lowerBound, count: place.count)
        else { return }
        try node.execute(
            parser.arguments(at: start + place.lowerBound, count: count), fromFile: name)
    }
}

extension Node {
    /// Executes a command of the append-only file, without any of the checks that a client's command has to pass.
    fileprivate mutating func execute(
        _ arguments: Arguments, fromFile file: String
    ) throws(StoredData.Failure) {
        if arguments[0].isKeyword("SELECT"), arguments.count == 2, arguments[1].integer == 0 {
            return
        }
        let found = commands.findWhole(arguments)
        if found == nil, let known = arguments.inEarlierWords {
            return try execute(known, fromFile: file)
        }
        if let found, commands.rows[found].info.group == .scripting {
            return executeScripting(arguments, found)
        }
        guard let command = found,
            case .database(let run) = commands.entries[command].handler
        else {
            throw StoredData.Failure(
                reason:
                    "Unknown command '\(arguments[0].text)' reading the append only file \(file)")
        }
        var reply = ReplyBuffer()
        database.slot = nil
        do throws(ReplyError) {
            try run(&database, arguments, &reply)
        } catch {
            // As in Redis: what failed then fails again.
            log(.verbose, "\(arguments[0].text) in \(file): \(error.message)")
        }
    }

    private mutating func execute(
        _ words: [[UInt8]], fromFile file: String
    ) throws(StoredData.Failure) {
        var failure: StoredData.Failure?
        Arguments.withArguments(words) { arguments in
            do throws(StoredData.Failure) {
                try execute(arguments, fromFile: file)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
