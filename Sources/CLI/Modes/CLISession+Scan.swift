import CLibedit
import RESP

// `--scan`, and the walk over all keys that other modes share.
extension CLISession {
    /// Prints the name of every key.
    mutating func scan() throws(CLIExit) {
        catch_interrupts()
        var cursor = ScanCursor()
        repeat {
            for key in try scan(&cursor) {
                let isQuoted = options.format.style == .standard
                output.print(isQuoted ? Array(RESPValue.quoted(key).utf8) : key.cString)
                output.print("\n")
            }
            if options.interval > .zero {
                output.flush()
                system.pause(options.interval)
            }
        } while !take_interrupt() && !cursor.isAtEnd
    }

    /// Where a walk with SCAN is.
    struct ScanCursor {
        var text = "0"
        var isAtEnd: Bool { text == "0" }
    }

    /// The next keys.
    func scan(_ cursor: inout ScanCursor) throws(CLIExit) -> [[UInt8]] {
        var words = ["SCAN", cursor.text].map { Array($0.utf8) }
        if let pattern = options.pattern { words += [Array("MATCH".utf8), pattern] }
        let reply = try ask(words)
        if case .error(let message) = reply { throw .refused("SCAN error: \(message)") }
        guard case .array(let parts) = reply else {
            throw .refused("Non ARRAY response from SCAN!")
        }
        guard parts.count == 2, let next = parts[0].text, let keys = parts[1].elements else {
            throw .refused("Invalid element count from SCAN!")
        }
        cursor.text = next
        return keys.compactMap(\.bytes)
    }

    /// How many keys there are.
    func keyCount() throws(CLIExit) -> Int {
        let reply = try ask([Array("DBSIZE".utf8)])
        if case .error(let message) = reply {
            throw .refused("Couldn't determine DBSIZE: \(message)")
        }
        guard case .integer(let count) = reply else {
            throw .refused("Non INTEGER response from DBSIZE!")
        }
        return Int(count)
    }

    /// A command without which the mode cannot go on.
    func ask(_ arguments: [[UInt8]]) throws(CLIExit) -> RESPValue {
        guard let connection, let reply = try? connection.request(arguments) else {
            throw .refused("\nI/O error")
        }
        return reply
    }

    /// Sends a command for each key at once, and reads the replies.
    func askEach<Key>(
        _ keys: [Key], command: (Key) -> [[UInt8]],
        onLoss: (Key, CLIConnection.Failure) -> String
    ) throws(CLIExit) -> [RESPValue] {
        guard let connection else { return [] }
        for key in keys { connection.queue(command(key)) }
        var replies: [RESPValue] = []
        for key in keys {
            do throws(CLIConnection.Failure) {
                replies.append(try connection.reply())
            } catch {
                throw .refused(onLoss(key, error))
            }
        }
        return replies
    }
}

extension RESPValue {
    /// The bytes of a bulk string.
    var bytes: [UInt8]? {
        if case .bulkString(let bytes) = self { return bytes }
        return nil
    }
}

extension [UInt8] {
    /// What C's `%s` prints of them.
    var cString: [UInt8] { Array(prefix { $0 != 0 }) }
}
