/// The snapshot that a master sends after SYNC: so many bytes, or all up to a mark.
struct ReplicationTransfer {
    private let connection: CLIConnection
    /// The bytes that are still to come; nil where a mark ends them.
    private(set) var remaining: Int?
    private let mark: [UInt8]
    private var last: [UInt8] = []
    private var received = 0

    /// The length of the mark.
    static let markSize = 40

    /// Sends SYNC and reads what the master says about the snapshot (`sendSync`).
    init(_ connection: CLIConnection) throws(CLIExit) {
        self.connection = connection
        let line: [UInt8]
        do throws(CLIConnection.Failure) {
            try connection.write(Array("SYNC\r\n".utf8))
        } catch {
            throw .refused("Error writing to master")
        }
        do throws(CLIConnection.Failure) {
            line = try Self.readLine(connection)
        } catch {
            throw .refused("Error reading bulk length while SYNCing")
        }
        if line.first == UInt8(ascii: "-") {
            let text = String(decoding: line, as: UTF8.self)
            throw .refused("SYNC with master failed: \(text)")
        }
        let isMarked = line.dropFirst().starts(with: "EOF:".utf8)
        mark = isMarked ? Array(line.dropFirst(5).prefix(Self.markSize)) : []
        remaining = isMarked ? nil : CText.integer(Array(line.dropFirst()))
    }

    /// Reads to the end of the line and no further; its carriage return stays, as redis-cli shows it. Newlines
    /// that come before it only keep the link alive.
    private static func readLine(
        _ connection: CLIConnection
    ) throws(CLIConnection.Failure) -> [UInt8] {
        var line: [UInt8] = []
        while true {
            let byte = try connection.read(atMost: 1)
            if byte != [UInt8(ascii: "\n")] {
                line += byte
            } else if !line.isEmpty {
                return line
            }
        }
    }

    /// How many bytes have come, a mark included.
    var count: Int { received }

    /// The next bytes of the snapshot, at most so many; empty at its end.
    mutating func next(atMost limit: Int) throws(CLIConnection.Failure) -> [UInt8] {
        guard remaining != 0, !(remaining == nil && !mark.isEmpty && last == mark) else {
            return []
        }
        let bytes = try connection.read(atMost: min(limit, remaining ?? limit))
        received += bytes.count
        if remaining == nil {
            last = Array((last + bytes).suffix(Self.markSize))
        }
        remaining = remaining.map { $0 - bytes.count }
        return bytes
    }
}
