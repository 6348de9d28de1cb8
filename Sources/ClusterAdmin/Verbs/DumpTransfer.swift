import Lab

/// A node's dump on its way into a file. SYNC answers in two ways: with a length ahead, or, when the node sends while
/// it still writes, with forty random characters that come again at the end.
struct DumpTransfer {
    private let connection: any ByteConnection
    /// What has been read behind the header.
    private var rest: [UInt8] = []
    private var end = End.length(0)

    private enum End {
        case length(Int)
        case mark([UInt8])
    }

    /// Why there is no dump, in redis-cli's words.
    enum Failure: Error, Hashable, CustomStringConvertible {
        case writing
        case reading
        case refused(String)
        case payload
        case file(path: String, reason: String)
        case writingFile(String)
        case interrupted

        var description: String {
            switch self {
            case .writing: "Error writing to master"
            case .reading: "Error reading bulk length while SYNCing"
            case .refused(let line): "SYNC with master failed: \(line)"
            case .payload: "I/O Error reading RDB payload from socket"
            case .file(let path, let reason): "Error opening '\(path)': \(reason)"
            case .writingFile(let reason): "Error writing data to file: \(reason)"
            case .interrupted: "Interrupted"
            }
        }
    }

    init(_ connection: any ByteConnection) {
        self.connection = connection
    }

    /// Asks for the dump.
    /// - Returns: how long it is; nil where an end mark will tell.
    mutating func begin() throws(Failure) -> Int? {
        do { try connection.write(Array("SYNC\r\n".utf8)) } catch { throw .writing }
        let line = try header()
        if line.hasPrefix("-") { throw .refused(line) }
        if line.hasPrefix("$EOF:"), line.utf8.count >= 45 {
            end = .mark(Array(line.utf8.dropFirst(5).prefix(40)))
            return nil
        }
        let length = Int(line.dropFirst()) ?? 0
        end = .length(length)
        return length
    }

    /// The first line that is not empty: while it works on the dump, a node sends newlines.
    private mutating func header() throws(Failure) -> String {
        while true {
            let start = rest.firstIndex { $0 != 0x0A } ?? rest.endIndex
            if let newline = rest[start...].firstIndex(of: 0x0A) {
                let line = rest[start..<newline].filter { $0 != 0x0D }
                rest.removeSubrange(...newline)
                return String(decoding: line, as: UTF8.self)
            }
            rest += try read(or: .reading)
        }
    }

    private func read(or failure: Failure) throws(Failure) -> [UInt8] {
        do {
            return try connection.readBytes()
        } catch {
            throw error == .interrupted ? .interrupted : failure
        }
    }

    /// Writes the dump.
    /// - Returns: its length.
    mutating func save(to path: String) throws(Failure) -> Int {
        let file: BackupFile
        do {
            file = try BackupFile(path, mode: 0o644)
        } catch {
            throw .file(path: path, reason: Self.reason(error))
        }
        var (count, tail) = (0, [UInt8]())
        while true {
            if rest.isEmpty, !isDone(count, tail) { rest = try read(or: .payload) }
            if isDone(count, tail) { break }
            var part = rest[...]
            if case .length(let length) = end { part = part.prefix(length - count) }
            do { try file.write(part) } catch { throw .writingFile(Self.reason(error)) }
            count += part.count
            tail = Array((tail + part.suffix(40)).suffix(40))
            rest = []
        }
        guard case .mark(let mark) = end else { return count }
        count -= mark.count
        do { try file.truncate(to: count) } catch { throw .writingFile(Self.reason(error)) }
        return count
    }

    private static func reason(_ error: LabError) -> String {
        if case .file(_, let reason) = error { return reason }
        return "\(error)"
    }

    private func isDone(_ count: Int, _ tail: [UInt8]) -> Bool {
        switch end {
        case .length(let length): count >= length
        case .mark(let mark): tail == mark
        }
    }
}
