import Synchronization

/// Counts calls from anywhere.
final class Counter: Sendable {
    private let count = Mutex(0)

    /// 1, 2, 3, …
    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
