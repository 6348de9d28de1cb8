import COpenSSL

/// One connection's TLS, without a socket: what comes over the network is put in, what is to go over it is taken out.
///
/// Belongs to one thread.
package final class TLSSession {
    private let session: OpaquePointer
    private var isEstablished = false

    /// Which end of the connection it is.
    package enum Role: Hashable, Sendable {
        case client
        case server
    }

    /// How far a step has come.
    package enum Progress: Hashable, Sendable {
        case done
        /// Something has to come over the network first.
        case needsMore
        /// The other end has said that it sends no more.
        case closed
        case failed(TLSFailure)
    }

    /// - Parameters:
    ///   - verification: what becomes of the other end's certificate; nil for what the context says.
    ///   - serverName: the name that a client asks for (SNI).
    package init(
        _ context: TLSContext, as role: Role,
        verifying verification: TLSContext.Verification? = nil,
        serverName: String? = nil
    ) throws(TLSFailure) {
        let created = withExtendedLifetime(context) {
            openssl_session_create(context.pointer, role == .server)
        }
        guard let session = created else { throw TLSFailure() }
        self.session = session
        if let verification {
            openssl_session_verify(session, verification.isOn, verification.isRequired)
        }
        if let serverName, !openssl_session_set_name(session, serverName) { throw TLSFailure() }
    }

    deinit {
        openssl_session_free(session)
    }

    /// Takes what came over the network.
    package func receive(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        let isTaken = openssl_session_receive(session, start, bytes.count)
        precondition(isTaken, "no memory for \(bytes.count) bytes of TLS")
    }

    /// Nothing more comes over the network. Who has not said so before is cut off.
    package func endInput() {
        openssl_session_end_input(session)
    }

    /// Goes on with the beginning; `done` when both ends know each other.
    package func shakeHands() -> Progress {
        if isEstablished { return .done }
        let progress = progress(openssl_session_handshake(session))
        isEstablished = progress == .done
        return progress
    }

    /// Fills memory with what the other end has said.
    /// - Returns: how many bytes it was, and, where there are none, why.
    package func read(into buffer: UnsafeMutableRawBufferPointer) -> (count: Int, Progress) {
        var count = 0
        let outcome = openssl_session_read(session, buffer.baseAddress, buffer.count, &count)
        return (count, count > 0 ? .done : progress(outcome))
    }

    /// Says something to the other end, which may be said once the beginning is done.
    /// - Returns: why it cannot be said.
    package func write(_ bytes: UnsafeRawBufferPointer) -> TLSFailure? {
        guard !bytes.isEmpty else { return nil }
        let outcome = openssl_session_write(session, bytes.baseAddress, bytes.count)
        return outcome == OPENSSL_DONE ? nil : TLSFailure()
    }

    /// Tells the other end that nothing more comes.
    package func shutDown() {
        if isEstablished { openssl_session_shut_down(session) }
    }

    /// Bytes that are to go over the network.
    package var waitingCount: Int { openssl_session_waiting(session) }

    /// Takes some of them out.
    /// - Returns: how many.
    package func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        openssl_session_take(session, buffer.baseAddress, buffer.count)
    }

    private func progress(_ outcome: openssl_outcome) -> Progress {
        switch outcome {
        case OPENSSL_DONE: .done
        case OPENSSL_NEEDS_MORE: .needsMore
        case OPENSSL_CLOSED: .closed
        default: .failed(TLSFailure())
        }
    }
}
