import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGINT and SIGTERM of a program that ends in good order.
///
/// They are blocked from the start and taken by a thread that waits for them. So one that comes before somebody
/// handles it is not lost, whatever the process inherited: until then there is nothing to save, and it ends the
/// process.
final class TerminationSignals: Sendable {
    private let handler = Mutex<(@Sendable (Int32) -> Void)?>(nil)

    /// To be made before any other thread is: threads inherit what is blocked.
    init() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        DispatchQueue(label: "termination signals").async { [self] in
            while true { take(Self.next(of: awaited)) }
        }
    }

    /// What signals do from now on.
    func handle(_ body: @escaping @Sendable (Int32) -> Void) {
        handler.withLock { $0 = body }
    }

    private func take(_ signal: Int32) {
        guard let body = handler.withLock({ $0 }) else {
            // As a shell reports a program that a signal ended.
            exit(128 + signal)
        }
        body(signal)
    }

    private static func next(of signals: sigset_t) -> Int32 {
        var signals = signals
        var signal: Int32 = 0
        while sigwait(&signals, &signal) != 0 {}
        return signal
    }
}
