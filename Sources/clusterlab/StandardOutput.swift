#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The program's two output streams, unbuffered: what is written is seen at once, also through a pipe.
enum StandardOutput: Int32 {
    case output = 1
    case error = 2

    /// Writes the text as it is. Where nobody reads any more, the rest is dropped.
    func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Writes bytes as they are.
    func write(_ bytes: [UInt8]) {
        Self.writeAll(bytes, to: rawValue)
        guard self == .output else { return }
        if let transcript = Self.transcript, lseek(transcript, 0, SEEK_END) < Self.transcriptLimit {
            Self.writeAll(bytes, to: transcript)
        }
    }

    /// A file that takes all standard output, too, where the environment names one: so a prompt that has started this
    /// program knows what the person has seen. Standard error it sees by itself.
    private static let transcript = getenv("CLUSTERLAB_TRANSCRIPT").flatMap { path -> Int32? in
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        return descriptor >= 0 ? descriptor : nil
    }

    /// Bytes of it that are worth keeping.
    private static let transcriptLimit = 64 * 1024

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while rest.count > 0 {
                let written = write(descriptor, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
        }
    }

    private static func write(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int
    {
        #if canImport(Glibc)
            Glibc.write(descriptor, start, count)
        #else
            Darwin.write(descriptor, start, count)
        #endif
    }
}
