import TLS

/// TLS on a client's socket: what it holds between what the program says and hears and what the socket carries.
final class SocketTLS {
    private let session: TLSSession
    /// Said by the server, and not yet asked for.
    private var plain: [UInt8] = []
    /// What the socket has not taken yet.
    private var outgoing: [UInt8] = []
    private var scratch = [UInt8](repeating: 0, count: SocketTLS.recordSize)
    /// Nothing more is read: the server has said so, or what it says cannot be understood. To hiredis both are the end.
    private var isOver = false

    /// What the socket does meanwhile.
    struct Wire {
        /// How many of the bytes were taken.
        let send: (ArraySlice<UInt8>) throws(ClientSocket.Failure) -> Int
        /// nil when nothing is there, empty at the end.
        let receive: () throws(ClientSocket.Failure) -> [UInt8]?
        /// Waits until something can be read, or written.
        let wait: (ClientSocket.Events) throws(ClientSocket.Failure) -> Void
    }

    private static let recordSize = 16 * 1024
    /// As much is said at once before the socket has to take it.
    private static let writeSize = 64 * 1024

    init(_ session: TLSSession) {
        self.session = session
    }

    /// Whether something can be had without the socket.
    var hasInput: Bool { !plain.isEmpty || isOver }
    /// Whether the socket has to take something first.
    var hasOutput: Bool { !outgoing.isEmpty }

    /// Begins.
    func shakeHands(over wire: Wire) throws(ClientSocket.Failure) {
        while true {
            let progress = session.shakeHands()
            try flush(over: wire)
            switch progress {
            case .done: return
            case .needsMore:
                while hasOutput {
                    try wire.wait(.writable)
                    try flush(over: wire)
                }
                try wire.wait(.readable)
                try take(try wire.receive())
            case .closed: throw ClientSocket.Failure(handshake: nil)
            case .failed(let failure): throw ClientSocket.Failure(handshake: failure.reason)
            }
        }
    }

    /// Says as much as may wait for the socket; nothing while something does.
    /// - Returns: how many bytes were taken.
    func send(
        _ bytes: ArraySlice<UInt8>, over wire: Wire
    ) throws(ClientSocket.Failure) -> Int {
        try flush(over: wire)
        guard !hasOutput else { return 0 }
        let part = bytes.prefix(Self.writeSize)
        if let failure = part.withUnsafeBytes({ session.write($0) }) {
            throw ClientSocket.Failure(reason: failure.reason ?? "I/O error")
        }
        try flush(over: wire)
        return part.count
    }

    /// What the server has said, at most so many bytes: nil when nothing has come, empty at the end.
    func receive(
        atMost limit: Int, over wire: Wire
    ) throws(ClientSocket.Failure) -> [UInt8]? {
        while plain.isEmpty, !isOver {
            guard let bytes = try wire.receive() else { return nil }
            try take(bytes)
            decrypt()
            try flush(over: wire)
        }
        let part = Array(plain.prefix(limit))
        plain.removeFirst(part.count)
        return part
    }

    /// Sends what waits for the socket, as far as it goes.
    func flush(over wire: Wire) throws(ClientSocket.Failure) {
        while session.waitingCount > 0 {
            let count = scratch.withUnsafeMutableBytes { session.take(into: $0) }
            outgoing += scratch[..<count]
        }
        while hasOutput {
            let count = try wire.send(outgoing[...])
            guard count > 0 else { return }
            outgoing.removeFirst(count)
        }
    }

    /// Says that nothing more comes, if the socket takes that.
    func close(over wire: Wire) {
        session.shutDown()
        // Who is gone does not hear it.
        do throws(ClientSocket.Failure) { try flush(over: wire) } catch {}
    }

    private func take(_ bytes: [UInt8]?) throws(ClientSocket.Failure) {
        guard let bytes else { return }
        if bytes.isEmpty {
            session.endInput()
        } else {
            bytes.withUnsafeBytes { session.receive($0) }
        }
    }

    private func decrypt() {
        while true {
            let (count, progress) = scratch.withUnsafeMutableBytes { session.read(into: $0) }
            plain += scratch[..<count]
            switch progress {
            case .done: continue
            case .needsMore: return
            case .closed, .failed:
                isOver = true
                return
            }
        }
    }
}
