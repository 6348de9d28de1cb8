package import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A socket as redis-cli uses it.
package final class SocketStream: ByteStream {
    private var socket: ClientSocket

    /// Makes a socket to a host and a port.
    package typealias Opening = (String, Int) throws(ClientSocket.Failure) -> ClientSocket

    /// Connects, for as long as the system tries.
    /// - Parameter open: how a host is reached.
    package init(
        _ endpoint: StreamEndpoint,
        open: Opening = { host, port throws(ClientSocket.Failure) in
            try ClientSocket(host: host, port: port, timeout: nil)
        }
    ) throws(StreamFailure) {
        do throws(ClientSocket.Failure) {
            switch endpoint.address {
            case .tcp(let host, let port): socket = try open(host, port)
            case .unix(let path): socket = try ClientSocket(path: path)
            }
            if let options = endpoint.tlsOptions { try socket.secure(by: options) }
        } catch {
            throw StreamFailure(error)
        }
    }

    package func send(_ bytes: ArraySlice<UInt8>) throws(StreamFailure) -> Int {
        do throws(ClientSocket.Failure) { return try socket.send(bytes) } catch {
            throw StreamFailure(error)
        }
    }

    package func receive(atMost count: Int) throws(StreamFailure) -> [UInt8]? {
        do throws(ClientSocket.Failure) { return try socket.receive(atMost: count) } catch {
            throw StreamFailure(error)
        }
    }

    package func wait(
        for events: StreamEvents, timeout: Duration?
    ) throws(StreamFailure) -> StreamEvents {
        do throws(ClientSocket.Failure) {
            let found = try socket.wait(
                for: ClientSocket.Events(rawValue: events.rawValue), timeout: timeout)
            return StreamEvents(rawValue: found.rawValue)
        } catch {
            throw StreamFailure(error)
        }
    }

    package func close() {
        socket.close()
    }
}

extension StreamFailure {
    init(_ failure: ClientSocket.Failure) {
        let kind: Kind =
            switch failure.code {
            case _ where failure.isSetup: .unsecured
            case EINTR: .interrupted
            case ECONNRESET, EPIPE: .reset
            default: .other
            }
        self.init(kind: kind, reason: failure.reason)
    }
}
