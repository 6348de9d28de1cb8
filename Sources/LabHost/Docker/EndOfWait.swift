import Dispatch
import Synchronization

/// Lets a thread wait for the first of several things.
final class EndOfWait: Sendable {
    private let outcome = Mutex<Int32?>(nil)
    private let semaphore = DispatchSemaphore(value: 0)

    /// One of them has come; those that follow change nothing.
    func end(_ status: Int32) {
        let isFirst = outcome.withLock { outcome in
            defer { outcome = outcome ?? status }
            return outcome == nil
        }
        if isFirst { semaphore.signal() }
    }

    /// Waits; to be called once.
    func status() -> Int32 {
        semaphore.wait()
        return outcome.withLock { $0 } ?? 0
    }
}
