import Dispatch
package import Lab
import Synchronization

/// Takes launchers in, each on a thread of its own, until it is shut down.
package final class ControlServer: Sendable {
    package typealias Program = @Sendable (ControlSession) -> ControlSession.Ending

    private let listener: ControlSocket
    private let program: Program
    private let open = Mutex(State())

    private struct State {
        var sockets: [Int: ControlSocket] = [:]
        var count = 0
        var isOver = false
    }

    /// Launchers that are served at a time; more are turned away.
    private static let maximumCount = 500

    /// Listens at a path.
    /// - Parameter program: does what a launcher asks for; may block.
    package init(path: String, program: @escaping Program) throws(LabError) {
        listener = try ControlSocket.listening(at: path)
        self.program = program
        DispatchQueue(label: "launchers").async { [self] in
            while let socket = listener.accepted() { admit(socket) }
            listener.close()
        }
    }

    /// Ends all connections. The path is free afterwards.
    package func shutDown() {
        listener.shut()
        open.withLock { state in
            state.isOver = true
            for socket in state.sockets.values { socket.shut() }
        }
    }

    private func admit(_ socket: ControlSocket) {
        let number: Int? = open.withLock { state in
            guard !state.isOver, state.sockets.count < Self.maximumCount else { return nil }
            state.count += 1
            state.sockets[state.count] = socket
            return state.count
        }
        guard let number else { return socket.close() }
        DispatchQueue(label: "launcher \(number)").async { [self] in
            serve(socket)
            _ = open.withLock { $0.sockets.removeValue(forKey: number) }
            socket.close()
        }
    }

    /// Reads the request, lets it run on another thread, and hands on signals until the launcher is gone.
    private func serve(_ socket: ControlSocket) {
        var incoming = IncomingFrames(socket)
        guard let request = Self.request(&incoming, socket) else { return }
        let session = ControlSession(request, socket)
        let done = DispatchSemaphore(value: 0)
        let program = program
        DispatchQueue(label: request.arguments[0]).async {
            session.end(program(session))
            done.signal()
        }
        while let frame = incoming.next() {
            if frame.kind == .signal { session.take(.named(frame.text)) }
        }
        session.take(.gone)
        done.wait()
    }

    private static func request(
        _ incoming: inout IncomingFrames, _ socket: ControlSocket
    ) -> ControlRequest? {
        var request = ControlRequest()
        while let frame = incoming.next() {
            switch request.take(frame) {
            case .more: continue
            case .complete: return request
            case .refused(let reason):
                let frames = [
                    ControlFrame(.error, "clusterlab: \(reason)\n"), ControlFrame(.exit, "1"),
                ]
                _ = socket.send(frames.flatMap(\.encoded))
                return nil
            }
        }
        return nil
    }
}

/// Frames as they come out of a socket.
struct IncomingFrames {
    private let socket: ControlSocket
    private var parser = ControlFrameParser()

    init(_ socket: ControlSocket) {
        self.socket = socket
    }

    /// Waits for the next; nil at the end, and where no frame comes.
    mutating func next() -> ControlFrame? {
        while true {
            do throws(ControlFrameParser.Malformed) {
                if let frame = try parser.next() { return frame }
            } catch {
                return nil
            }
            let bytes = socket.receive()
            guard !bytes.isEmpty else { return nil }
            parser.append(bytes)
        }
    }
}
