import Dispatch
import Synchronization

/// One launcher that the lab serves: what it was called with, where its output goes, and its signals.
package final class ControlSession: Sendable {
    package let request: ControlRequest
    private let socket: ControlSocket
    private let state = Mutex(State())
    /// Sends in the order of what was said, and never lets a node wait for a terminal that is held up.
    private let sending = DispatchQueue(label: "launcher output")

    private struct State {
        var handler: (@Sendable (Signal) -> Void)?
        /// Signals that came before there was somebody to take them.
        var kept: [Signal] = []
        /// Bytes that have not left yet.
        var waiting = 0
    }

    /// What the launcher's process got.
    package enum Signal: Hashable, Sendable {
        case named(String)
        /// It is gone without a word.
        case gone
    }

    /// The last words to a launcher.
    package enum Ending: Hashable, Sendable {
        case exit(Int32)
        /// The launcher becomes this program; `container` is its `ContainerPlace` as text.
        case become([String], container: String?)
    }

    /// Output that a launcher may leave unread; what comes then is dropped.
    private static let maximumWaiting = 4 << 20

    init(_ request: ControlRequest, _ socket: ControlSocket) {
        self.request = request
        self.socket = socket
    }

    /// Prints on the launcher's standard output.
    package func write(_ text: String) { send(.output, text) }

    /// Prints on the launcher's standard error.
    package func writeError(_ text: String) { send(.error, text) }

    /// What signals do from now on; those that came earlier do it at once.
    package func handleSignals(_ body: @escaping @Sendable (Signal) -> Void) {
        let kept = state.withLock { state in
            state.handler = body
            defer { state.kept = [] }
            return state.kept
        }
        for signal in kept { body(signal) }
    }

    /// Hands on what the launcher got.
    func take(_ signal: Signal) {
        let handler = state.withLock { state in
            if state.handler == nil { state.kept.append(signal) }
            return state.handler
        }
        handler?(signal)
    }

    /// Says how it ended, after all output, and ends the connection.
    func end(_ ending: Ending) {
        let frames =
            switch ending {
            case .exit(let status): [ControlFrame(.exit, "\(status)")]
            case .become(let words, let container):
                [container.map { ControlFrame(.variable, $0) }].compactMap { $0 }
                    + words.map { ControlFrame(.program, $0) } + [ControlFrame(.exit, "0")]
            }
        sending.sync {
            _ = socket.send(frames.flatMap(\.encoded))
            socket.shut()
        }
    }

    private func send(_ kind: ControlFrame.Kind, _ text: String) {
        let bytes = Array(text.utf8)
        let hasRoom = state.withLock { state in
            guard state.waiting <= Self.maximumWaiting else { return false }
            state.waiting += bytes.count
            return true
        }
        guard hasRoom else { return }
        let socket = socket
        sending.async { [weak self] in
            _ = socket.send(ControlFrame.frames(kind, bytes).flatMap(\.encoded))
            self?.state.withLock { $0.waiting -= bytes.count }
        }
    }
}
