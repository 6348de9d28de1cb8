#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A log that is read while its server writes it.
struct LogFile {
    let path: String
    private var offset = 0
    /// A line whose end is still to come.
    private var rest: [UInt8] = []

    /// Of one look; the rest comes with the next.
    private static let chunkSize = 1 << 18

    /// - Parameter skipsPast: what is there already belongs to an earlier life.
    init(path: String, skipsPast: Bool) {
        self.path = path
        var status = stat()
        if skipsPast, stat(path, &status) == 0 { offset = Int(status.st_size) }
    }

    /// The whole lines that have come since.
    mutating func newLines() -> [Substring] {
        var status = stat()
        guard stat(path, &status) == 0, Int(status.st_size) != offset else { return [] }
        // Somebody has emptied it.
        if Int(status.st_size) < offset { (offset, rest) = (0, []) }
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        fseek(file, offset, SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: Self.chunkSize)
        let count = fread(&bytes, 1, bytes.count, file)
        offset += count
        rest += bytes.prefix(count)
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let text = String(decoding: rest[..<end], as: UTF8.self)
        rest.removeFirst(end + 1)
        return text.split(whereSeparator: \.isNewline)
    }

    /// The last lines of a log that are worth a look, as `loglevel notice` has them.
    static func notices(in path: String, limit: Int) -> [String]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        fseek(file, max(0, ftell(file) - tailSize), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: tailSize)
        let count = fread(&bytes, 1, bytes.count, file)
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self)
            .split(whereSeparator: \.isNewline)
        return lines.filter { RedisLogLine($0)?.isNotice == true }.suffix(limit).map(String.init)
    }

    private static let tailSize = 1 << 20
}
