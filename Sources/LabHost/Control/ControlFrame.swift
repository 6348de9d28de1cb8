/// What a launcher and the running lab say to each other, a piece at a time.
///
/// On the wire a frame is one byte for its kind, four bytes for the length of what follows, the highest first, and
/// that many bytes. A launcher sends `hello`, what it was called with, and `go`; then its signals. The lab sends what
/// is to be printed, and last either the exit code or a program that the launcher becomes.
package struct ControlFrame: Hashable, Sendable {
    package var kind: Kind
    package var bytes: [UInt8]

    /// What a frame means.
    package enum Kind: UInt8, Hashable, Sendable {
        // From the launcher.

        /// The version of what follows: `ControlFrame.version`.
        case hello = 0x48  // H
        /// Its working folder.
        case folder = 0x44  // D
        /// Its process id, in digits.
        case processID = 0x50  // P
        /// `NAME=VALUE`. From the lab: the `ContainerPlace` whose network the program is to use, as text.
        case variable = 0x56  // V
        /// An argument; the first is the program's name.
        case argument = 0x41  // A
        /// What its standard input holds.
        case input = 0x49  // I
        /// All is said: the lab may begin.
        case go = 0x47  // G
        /// A signal that the launcher got, by its name: `SIGINT`.
        case signal = 0x53  // S

        // From the lab.

        case output = 0x6F  // o
        case error = 0x65  // e
        /// An argument of the program that the launcher is to become; `exit` then says so.
        case program = 0x70  // p
        /// The exit code, in digits.
        case exit = 0x78  // x
    }

    /// Longer frames end the connection.
    package static let maximumLength = 1 << 20
    package static let version = "clusterlab 1"

    package init(_ kind: Kind, _ bytes: [UInt8] = []) {
        self.kind = kind
        self.bytes = bytes
    }

    package init(_ kind: Kind, _ text: String) {
        self.init(kind, Array(text.utf8))
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The frame as it is sent.
    package var encoded: [UInt8] {
        precondition(
            bytes.count <= Self.maximumLength, "a frame of \(bytes.count) bytes is too long")
        let count = UInt32(bytes.count)
        let length = stride(from: 24, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: count >> UInt32($0))
        }
        return [kind.rawValue] + length + bytes
    }

    /// Frames for bytes of any length.
    package static func frames(_ kind: Kind, _ bytes: [UInt8]) -> [ControlFrame] {
        stride(from: 0, to: bytes.count, by: maximumLength).map {
            ControlFrame(kind, Array(bytes[$0..<min($0 + maximumLength, bytes.count)]))
        }
    }
}

/// Puts frames together from bytes as they come.
package struct ControlFrameParser {
    private var buffer: [UInt8] = []

    /// What cannot be a frame: somebody else is at the other end.
    package struct Malformed: Error, Hashable {}

    package init() {}

    package mutating func append(_ bytes: some Sequence<UInt8>) {
        buffer += bytes
    }

    /// The next frame; nil while it is not there as a whole.
    package mutating func next() throws(Malformed) -> ControlFrame? {
        guard let first = buffer.first else { return nil }
        guard let kind = ControlFrame.Kind(rawValue: first) else { throw Malformed() }
        guard buffer.count >= 5 else { return nil }
        let length = buffer[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard length <= ControlFrame.maximumLength else { throw Malformed() }
        guard buffer.count >= 5 + length else { return nil }
        defer { buffer.removeFirst(5 + length) }
        return ControlFrame(kind, Array(buffer[5..<5 + length]))
    }
}
