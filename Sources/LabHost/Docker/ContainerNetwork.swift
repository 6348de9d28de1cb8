import NodeServer

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A network of containers: bridge, which is always there, and those that are made.
struct ContainerNetwork: Hashable, Sendable {
    let id: String
    let name: String
    let driver: String
    /// The second part of its addresses: 17 for 172.17.0.0/16; nil for `host` and `none`.
    let number: Int?

    var subnet: String { number.map { "172.\($0).0.0/16" } ?? "" }
    var gateway: String { number.map { "172.\($0).0.1" } ?? "" }

    /// Networks that addresses are there for.
    static let numbers = 17...31

    /// The lowest address that nobody has.
    func freeAddress(besides taken: Set<String>) -> String? {
        guard let number else { return nil }
        return (2...254).map { "172.\(number).0.\($0)" }.first { !taken.contains($0) }
    }
}

/// The machine that the containers are on.
enum Machine {
    /// Its own addresses, IPv4, without loopback.
    static var addresses: [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0, let first else { return [] }
        defer { freeifaddrs(first) }
        return sequence(first: first, next: \.pointee.ifa_next).compactMap { entry in
            guard let address = entry.pointee.ifa_addr, address.pointee.sa_family == AF_INET else {
                return nil
            }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let length = socklen_t(MemoryLayout<sockaddr_in>.size)
            guard
                getnameinfo(
                    address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            else { return nil }
            let name = String(
                decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            return name.hasPrefix("127.") ? nil : name
        }
    }

    /// Whether something could listen there.
    static func isFree(_ port: Int) -> Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // As a node does: a port on which only ended connections linger is free.
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
