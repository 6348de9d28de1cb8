import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Channel {
    /// Ends the connections that the system has taken in for this listener and that nobody has accepted: they are made,
    /// and what was sent on them lies there to be read. Called on the listener's event loop.
    func dropWaitingConnections() {
        do {
            try pipeline.syncOperations.withUnsafeTransportIfAvailable {
                (listener: NIOBSDSocket.Handle) in
                while case let connection = accept(listener, nil, nil), connection >= 0 {
                    end(connection)
                }
            }
        } catch {
            // A listener that is closed has none.
        }
    }
}

/// Closes a descriptor: a channel has a `close` of its own.
private func end(_ descriptor: CInt) { close(descriptor) }
