import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Listener {
    /// A port that is taken at once, also from within an event loop, which may not wait for another one to bind it.
    struct BoundSocket {
        let descriptor: CInt

        /// - Returns: nil where the machine has no such address and need not.
        init?(_ address: Address, _ port: Int) throws(ClusterServer.Failure) {
            var hints = addrinfo()
            hints.ai_family = AF_UNSPEC
            hints.ai_socktype = Self.streamType
            hints.ai_flags = AI_PASSIVE
            var found: UnsafeMutablePointer<addrinfo>?
            let status = getaddrinfo(address.host, String(port), &hints, &found)
            guard status == 0, let first = found else {
                throw .cannotListen(port: port, reason: String(cString: gai_strerror(status)))
            }
            defer { freeaddrinfo(first) }
            descriptor = socket(first.pointee.ai_family, Self.streamType, 0)
            var one: CInt = 1
            let size = socklen_t(MemoryLayout<CInt>.size)
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
            if first.pointee.ai_family == AF_INET6 {
                setsockopt(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &one, size)
            }
            let isBound =
                descriptor >= 0
                && Self.bindSocket(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen)
            guard !isBound else { return }
            let code = errno
            if descriptor >= 0 { close() }
            if address.isOptional, Listener.missingAddress.contains(code) { return nil }
            throw .cannotListen(port: port, reason: String(cString: strerror(code)))
        }

        /// Gives the port back.
        func close() {
            closeDescriptor(descriptor)
        }

        private static func bindSocket(
            _ socket: CInt, _ address: UnsafePointer<sockaddr>, _ length: socklen_t
        ) -> Bool {
            bind(socket, address, length) == 0 && fcntl(socket, F_SETFD, FD_CLOEXEC) == 0
        }

        #if canImport(Glibc)
            private static let streamType = CInt(SOCK_STREAM.rawValue)
        #else
            private static let streamType = SOCK_STREAM
        #endif
    }
}

/// The system's `close`, which a method's name hides.
private func closeDescriptor(_ descriptor: CInt) {
    close(descriptor)
}
