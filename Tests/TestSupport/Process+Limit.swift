package import Foundation

extension Process {
    /// Starts it; kills it if it still runs after so long. A test that waits for a process that does not end then fails,
    /// where it would keep all other tests from ending.
    package func run(within limit: Duration) throws {
        try run()
        let id = processIdentifier
        // What it has started may hold the pipe open that the test reads to its end.
        let target = getpgid(id) == id ? -id : id
        let seconds = Int(limit.components.seconds)
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { [weak self] in
            guard let self, isRunning else { return }
            kill(target, SIGKILL)
        }
    }
}

extension Duration {
    /// Minutes, as swift-testing's time limits have them.
    package static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
}
