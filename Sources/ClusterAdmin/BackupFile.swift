import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that a backup is written to, from its beginning.
struct BackupFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    init(_ path: String, mode: mode_t) throws(LabError) {
        self.path = path
        descriptor = open(path, O_CREAT | O_WRONLY | O_TRUNC, mode)
        guard descriptor >= 0 else {
            throw .file(path: path, reason: String(cString: strerror(errno)))
        }
    }

    deinit {
        close(descriptor)
    }

    /// Appends all of the bytes.
    func write(_ bytes: some Collection<UInt8>) throws(LabError) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Self.write(descriptor, $0) }
            guard count > 0 else { throw failure() }
            rest = rest.dropFirst(count)
        }
    }

    /// Cuts off what stands behind.
    func truncate(to length: Int) throws(LabError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw failure() }
    }

    private func failure() -> LabError {
        .file(path: path, reason: String(cString: strerror(errno)))
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
