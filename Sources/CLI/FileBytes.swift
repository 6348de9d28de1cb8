#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whole files as bytes.
enum FileBytes {
    /// A file cannot be read or written; the reason is the system's.
    struct Failure: Error {
        var reason = String(cString: strerror(errno))
    }

    /// The whole file.
    static func read(_ path: String) throws(Failure) -> [UInt8] {
        guard let file = fopen(path, "r") else { throw Failure() }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// Writes a file for its owner alone.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let old = umask(0o177)
        let file = fopen(path, "w")
        umask(old)
        guard let file else { throw Failure() }
        _ = fchmod(fileno(file), 0o600)
        let count = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, count == bytes.count else { throw Failure() }
    }
}
