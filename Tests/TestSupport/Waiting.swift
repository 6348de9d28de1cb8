import Dispatch
package import Lab

/// Something did not come about in time.
package struct NotInTime: Error, CustomStringConvertible {
    package let description: String

    package init(_ awaited: String, within limit: Duration) {
        description = "did not come within \(limit): \(awaited)"
    }
}

/// How often is asked by who asks again and again: soon at first, and then so seldom that it does not take the
/// processor away from those that it waits for.
package struct Pace {
    private var pause = Duration.milliseconds(1)

    package init() {}

    /// Lets the time until the next question pass.
    package mutating func next() {
        // Nobody signals it: what is waited for is its time limit.
        _ = DispatchSemaphore(value: 0).wait(timeout: .now() + pause / .seconds(1))
        pause = min(pause * 2, .milliseconds(20))
    }
}

/// Asks until it is so, fifty times a second at most.
/// - Parameter awaited: what the failure says that did not come.
package func waitUntil(
    _ awaited: String, within limit: Duration = .seconds(60), _ isSo: () throws -> Bool
) throws {
    guard try eventually(within: limit, isSo) else { throw NotInTime(awaited, within: limit) }
}

/// Looks until something is there, fifty times a second at most.
/// - Parameter awaited: what the failure says that did not come.
package func waitFor<Value>(
    _ awaited: String, within limit: Duration = .seconds(60), _ look: () throws -> Value?
) throws -> Value {
    guard let found = try firstFound(within: limit, look) else {
        throw NotInTime(awaited, within: limit)
    }
    return found
}

/// `waitUntil` for an expectation, which says itself what was awaited.
package func eventually(
    within limit: Duration = .seconds(30), _ isSo: () throws -> Bool
) rethrows -> Bool {
    try firstFound(within: limit) { try isSo() ? true : nil } ?? false
}

private func firstFound<Value>(
    within limit: Duration, _ look: () throws -> Value?
) rethrows -> Value? {
    let deadline = ContinuousClock.now + limit
    var pace = Pace()
    while true {
        if let found = try look() { return found }
        guard ContinuousClock.now < deadline else { return nil }
        pace.next()
    }
}

extension LabCluster {
    /// Lets the cluster's time pass until it is so.
    /// - Parameters:
    ///   - awaited: what the failure says that did not come.
    ///   - limit: of the cluster's time. Where that stands still it is everybody's that ends the wait.
    ///   - step: how much of the cluster's time passes from one question to the next.
    package func waitUntil(
        _ awaited: String, within limit: Duration = .seconds(60),
        step: Duration = .milliseconds(20), _ isSo: () throws -> Bool
    ) throws {
        let (end, realEnd) = (time + limit, ContinuousClock.now + .seconds(120))
        while try !isSo() {
            guard time < end, .now < realEnd else { throw NotInTime(awaited, within: limit) }
            try pass(step)
        }
    }
}
