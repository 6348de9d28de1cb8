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

    /// Whether somebody made it: docker's own three are not.
    var isMade: Bool { !["bridge", "host", "none"].contains(name) }

    /// Whether the address is one for its containers.
    func has(_ address: String) -> Bool {
        let parts = address.split(separator: ".").map { Int($0) }
        guard let number, parts.count == 4, parts[0] == 172, parts[1] == number,
            let third = parts[2], let last = parts[3]
        else { return false }
        return (0...255).contains(third) && (0...255).contains(last) && address != gateway
            && third * 256 + last > 0
    }

    /// The second part of the addresses of a subnet such as 172.20.0.0/16.
    static func number(ofSubnet subnet: String) -> Int? {
        numbers.first { "172.\($0).0.0/16" == subnet }
    }

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
}
