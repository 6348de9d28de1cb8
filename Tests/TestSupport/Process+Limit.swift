import Foundation

extension Process {
    /// Kills the process if it still runs after so long. A test that waits for a process that does not end then
    /// fails, where it would keep all other tests from ending.
    package func endWithin(_ limit: Duration) {
        let seconds = Int(limit.components.seconds)
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { [weak self] in
            guard let self, isRunning else { return }
            kill(processIdentifier, SIGKILL)
        }
    }
}

extension Duration {
    /// Minutes, as swift-testing's time limits have them.
    package static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
}
