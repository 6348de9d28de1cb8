import Dispatch

/// Work that waits most of the time, at the same time.
package enum SideBySide {
    /// Runs the body with every number below the count, each on a thread of its own, and waits for all.
    package static func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
        guard count > 1 else { return (0..<count).forEach(body) }
        withoutActuallyEscaping(body) { body in
            let group = DispatchGroup()
            for number in 0..<count {
                DispatchQueue(label: "side by side \(number)").async(group: group) { body(number) }
            }
            group.wait()
        }
    }
}
