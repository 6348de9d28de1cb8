import Lab
import Synchronization

/// The lab's own client connections by their local ports: nodes see them among those of other programs.
final class OwnConnections: Sendable {
    private let ports = Mutex<[Int: Lifetime]>([:])

    private enum Lifetime {
        case open
        case closed(at: Duration)
    }

    /// What a connection has sent may be told of a little after it was closed; later its port may be somebody else's.
    private static let memory = Duration.seconds(5)

    /// Takes a connection in until it is closed.
    func take(_ socket: ClientSocket) -> ClientSocket {
        guard let port = socket.localPort else { return socket }
        ports.withLock { $0[port] = .open }
        var socket = socket
        socket.onClose = { [weak self] in self?.close(port) }
        return socket
    }

    /// Whether a node sees one of them at this address, as `127.0.0.1:54321`.
    func contains(_ client: String) -> Bool {
        guard let port = client.split(separator: ":").last.flatMap({ Int($0) }) else {
            return false
        }
        switch ports.withLock({ $0[port] }) {
        case nil: return false
        case .open: return true
        case .closed(let time): return RealTime.elapsed - time < Self.memory
        }
    }

    private func close(_ port: Int) {
        let now = RealTime.elapsed
        ports.withLock { ports in
            ports[port] = .closed(at: now)
            guard ports.count > Self.tidyCount else { return }
            ports = ports.filter { _, lifetime in
                if case .closed(let time) = lifetime { now - time < Self.memory } else { true }
            }
        }
    }

    /// With more of them those that are long closed are forgotten.
    private static let tidyCount = 1000
}
