package import Lab

/// A launcher's side of its connection to the lab.
package final class ControlClient: Sendable {
    private let socket: ControlSocket

    /// Something to do for the launcher.
    package enum Event: Hashable, Sendable {
        case output([UInt8])
        case error([UInt8])
        case exit(Int32)
        /// It is to become this program; `container` is its `ContainerPlace` as text.
        case become([String], container: String?)
        /// The lab ended without a word.
        case lost
    }

    /// Connects to the lab that listens at a path, and asks.
    package init(path: String, request: ControlRequest) throws(LabError) {
        socket = try ControlSocket.connected(to: path)
        _ = socket.send(request.frames.flatMap(\.encoded))
    }

    deinit {
        socket.close()
    }

    /// Tells the lab of a signal.
    package func signal(_ name: String) {
        _ = socket.send(ControlFrame(.signal, name).encoded)
    }

    /// Hands over what comes, until the end.
    package func run(_ body: (Event) -> Void) {
        var incoming = IncomingFrames(socket)
        var program: [String] = []
        var container: String?
        while let frame = incoming.next() {
            switch frame.kind {
            case .output: body(.output(frame.bytes))
            case .error: body(.error(frame.bytes))
            case .variable: container = frame.text
            case .program: program.append(frame.text)
            case .exit:
                return body(
                    program.isEmpty
                        ? .exit(Int32(frame.text) ?? 1) : .become(program, container: container))
            case .hello, .folder, .processID, .argument, .input, .go, .signal:
                return body(.lost)
            }
        }
        body(.lost)
    }
}
