import Synchronization

/// The lab's own client connections by their local ports: nodes see them among those of other programs.
final class OwnConnections: Sendable {
    private let ports = Mutex<Set<Int>>([])

    /// Takes a connection in until it is closed.
    func take(_ socket: ClientSocket) -> ClientSocket {
        guard let port = socket.localPort else { return socket }
        ports.withLock { _ = $0.insert(port) }
        var socket = socket
        socket.onClose = { [weak self] in self?.ports.withLock { _ = $0.remove(port) } }
        return socket
    }

    /// Whether a node sees one of them at this address, as `127.0.0.1:54321`.
    func contains(_ client: String) -> Bool {
        guard let port = client.split(separator: ":").last.flatMap({ Int($0) }) else {
            return false
        }
        return ports.withLock { $0.contains(port) }
    }
}
