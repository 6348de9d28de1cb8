import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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
            guard isNew, ports.allSatisfy(Self.isFree) else { continue }
            first = start
            return
        }
        throw NoneFree()
    }

    /// Whether a node could listen there: binds and lets go.
    private static func isFree(_ port: Int) -> Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // As the node does: a port on which only ended connections linger is free.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0
            }
        }
    }
}
