#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// TCP ports of this machine.
package enum LocalPort {
    /// Whether a node could listen there: binds and lets go.
    package static func isFree(_ port: Int, at address: String = "127.0.0.1") -> Bool {
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
        return bind(descriptor, to: address, port)
    }

    /// Gives a socket an address of this machine; false where it cannot have that.
    package static func bind(_ descriptor: Int32, to host: String, _ port: Int) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return false }
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemBind(descriptor, $0, length) == 0
            }
        }
    }

    private static func systemBind(
        _ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t
    ) -> Int32 {
        #if canImport(Glibc)
            Glibc.bind(descriptor, address, length)
        #else
            Darwin.bind(descriptor, address, length)
        #endif
    }
}
