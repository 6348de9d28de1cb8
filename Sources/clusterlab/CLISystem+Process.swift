import CLI
import LabBackends

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CLISystem {
    /// This process: its streams, its environment, and the network.
    static var process: CLISystem {
        CLISystem(
            connect: { endpoint throws(StreamFailure) in try SocketStream(endpoint) },
            variable: { name in getenv(name).map { String(cString: $0) } },
            isInputTerminal: isatty(STDIN_FILENO) == 1 && !ClientNetwork.isWithoutTerminal,
            isOutputTerminal: isatty(STDOUT_FILENO) == 1 && !ClientNetwork.isWithoutTerminal,
            readInput: readInput,
            pause: { duration in
                let (seconds, attoseconds) = duration.components
                var time = timespec(
                    tv_sec: time_t(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
                nanosleep(&time, nil)
            },
            runCluster: { request in
                ClusterVerbs.run(request.commandLine.map { String(decoding: $0, as: UTF8.self) })
            })
    }

    private static func readInput(_ count: Int) throws(StreamFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = read(STDIN_FILENO, &bytes, count)
        guard received < 0 else { return Array(bytes.prefix(received)) }
        throw StreamFailure(
            kind: errno == EINTR ? .interrupted : .other,
            reason: String(cString: strerror(errno)))
    }
}

/// A socket as redis-cli uses it.
private final class SocketStream: ByteStream {
    private let socket: ClientSocket

    init(_ endpoint: CLIEndpoint) throws(StreamFailure) {
        do throws(ClientSocket.Failure) {
            switch endpoint {
            case .tcp(let host, let port):
                socket = try ClientNetwork.socket(host: host, port: port, timeout: nil)
            case .unix(let path): socket = try ClientSocket(path: path)
            }
        } catch {
            throw StreamFailure(error)
        }
    }

    func send(_ bytes: ArraySlice<UInt8>) throws(StreamFailure) -> Int {
        do throws(ClientSocket.Failure) { return try socket.send(bytes) } catch {
            throw StreamFailure(error)
        }
    }

    func receive(atMost count: Int) throws(StreamFailure) -> [UInt8]? {
        do throws(ClientSocket.Failure) { return try socket.receive(atMost: count) } catch {
            throw StreamFailure(error)
        }
    }

    func wait(for events: StreamEvents, timeout: Duration?) throws(StreamFailure) -> StreamEvents {
        do throws(ClientSocket.Failure) {
            let found = try socket.wait(
                for: ClientSocket.Events(rawValue: events.rawValue), timeout: timeout)
            return StreamEvents(rawValue: found.rawValue)
        } catch {
            throw StreamFailure(error)
        }
    }

    func close() {
        socket.close()
    }
}

extension StreamFailure {
    fileprivate init(_ failure: ClientSocket.Failure) {
        let kind: Kind =
            switch failure.code {
            case EINTR: .interrupted
            case ECONNRESET, EPIPE: .reset
            default: .other
            }
        self.init(kind: kind, reason: failure.reason)
    }
}
