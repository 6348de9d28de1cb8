import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGINT and SIGTERM, or others, of a program that ends in good order.
///
/// They are blocked from the start and taken by a thread that waits for them, whatever the process inherited. One
/// that comes before there is something to end is kept until there is; a second one does not wait for that.
final class TerminationSignals: Sendable {
    private let state = Mutex(State())

    private struct State {
        var handler: (@Sendable (Int32) -> Void)?
        /// The first signal, which nobody handled so far.
        var kept: Int32?
        var hasCome = false
    }

    /// Whether there has been one.
    var haveCome: Bool { state.withLock(\.hasCome) }

    /// To be made before any other thread is: threads inherit what is blocked.
    /// - Parameters:
    ///   - wanted: the signals.
    ///   - sparesIgnored: leaves alone what the process was started to ignore, as a shell starts what runs in the
    ///     background.
    init(_ wanted: [Int32] = [SIGINT, SIGTERM], sparesIgnored: Bool = false) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in wanted where !(sparesIgnored && Self.isIgnored(signal)) {
            sigaddset(&signals, signal)
        }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        DispatchQueue(label: "termination signals").async { [self] in
            while true { take(Self.next(of: awaited)) }
        }
    }

    /// What signals do from now on, and the one that was kept does at once.
    func handle(_ body: @escaping @Sendable (Int32) -> Void) {
        let kept = state.withLock { state in
            state.handler = body
            defer { state.kept = nil }
            return state.kept
        }
        if let kept { body(kept) }
    }

    private func take(_ signal: Int32) {
        let isSecond = state.withLock { state in
            defer { state.hasCome = true }
            return state.hasCome
        }
        let handler = state.withLock { state in
            if state.handler == nil { state.kept = signal }
            return state.handler
        }
        if let handler { return handler(signal) }
        // As a shell reports a program that a signal ended.
        if isSecond { exit(128 + signal) }
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        #if canImport(Glibc)
            let handler = action.__sigaction_handler.sa_handler
        #else
            let handler = action.__sigaction_u.__sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func next(of signals: sigset_t) -> Int32 {
        var signals = signals
        var signal: Int32 = 0
        while sigwait(&signals, &signal) != 0 {}
        return signal
    }
}
