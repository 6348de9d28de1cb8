#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A run of ports, one after the other, on which nothing listens now.
package struct FreePorts {
    package let first: Int

    package struct NoneFree: Error {}

    /// Tries runs below the ports that systems give to clients: among those, connections that have ended linger.
    package init(count: Int) throws(NoneFree) {
        for _ in 0..<100 {
            let port = Int.random(in: 20_000..<32_000 - count)
            guard (0..<count).allSatisfy({ Self.bind(port + $0) != nil }) else { continue }
            first = port
            return
        }
        throw NoneFree()
    }

    /// Binds and lets go; the port that was bound.
    private static func bind(_ port: Int) -> Int? {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // As the node does: a port on which only ended connections linger is free.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                #if canImport(Glibc)
                    let bound = Glibc.bind(descriptor, generic, length) == 0
                #else
                    let bound = Darwin.bind(descriptor, generic, length) == 0
                #endif
                guard bound, getsockname(descriptor, generic, &length) == 0 else { return nil }
                return generic.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int(in_port_t(bigEndian: $0.pointee.sin_port))
                }
            }
        }
    }
}
