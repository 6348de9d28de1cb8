import LabBackends
import Synchronization

/// A run of ports, one after the other, on which nothing listens now.
package struct FreePorts {
    package let first: Int

    package struct NoneFree: Error {}

    /// Below what the system gives to outgoing connections (32768 and up), the bus ports 10000 above included:
    /// no client of another test can sit on one of these in the meantime.
    private static let range = 12_000..<22_000
    /// What this process has handed out: tests run side by side.
    private static let taken = Mutex<Set<Int>>([])

    /// Tries runs at random places until one is free.
    package init(count: Int) throws(NoneFree) {
        for _ in 0..<200 {
            let start = Int.random(in: Self.range)
            let ports = Set(start..<start + count)
            let isNew = Self.taken.withLock { taken in
                guard taken.isDisjoint(with: ports) else { return false }
                taken.formUnion(ports)
                return true
            }
            guard isNew, ports.allSatisfy({ LocalPort.isFree($0) }) else { continue }
            first = start
            return
        }
        throw NoneFree()
    }
}
