package import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system's side of a client connection: a socket that never blocks by itself; `wait` does.
package struct ClientSocket {
    private let descriptor: Int32
    /// What makes it secure, if anything does.
    private var tls: SocketTLS?
    /// Is called when the connection ends.
    var onClose: () -> Void = {}

    /// The system's words for what went wrong, such as `Connection refused`.
    package struct Failure: Error {
        package var code: Int32
        package var reason: String
        /// Whether TLS could not even be tried.
        package var isSetup = false

        package init(code: Int32) {
            self.code = code
            reason = String(cString: strerror(code))
        }

        init(reason: String) {
            code = 0
            self.reason = reason
        }

        /// TLS cannot be tried.
        init(setup reason: String) {
            self.init(reason: reason)
            isSetup = true
        }

        /// TLS was tried; in hiredis' words.
        init(handshake reason: String?) {
            self.init(reason: "SSL_connect failed: \(reason ?? "unexpected eof while reading")")
        }

        /// A signal ended the wait.
        package var isInterruption: Bool { code == EINTR }
    }

    /// What a socket may be ready for.
    package struct Events: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }

        package static let readable = Events(rawValue: 1)
        package static let writable = Events(rawValue: 2)
    }

    /// Connects to the first address of `host` that answers within `timeout`; without one it waits for as long as
    /// the system does.
    /// - Parameters:
    ///   - source: an address of this machine that the peer is to see; nil for any.
    ///   - onBound: is told the port on this side before the peer can see it.
    package init(
        host: String, port: Int, from source: String? = nil, timeout: Duration?,
        onBound: ((Int) -> Void)? = nil
    ) throws(Failure) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Self.streamType
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let first = found else {
            throw Failure(reason: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(first) }
        var failure = Failure(code: ECONNREFUSED)
        for candidate in sequence(first: first, next: { $0.pointee.ai_next }) {
            do throws(Failure) {
                self = try Self(
                    connectingTo: candidate.pointee, from: source, timeout: timeout,
                    onBound: onBound)
                return
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Connects to a Unix socket.
    package init(path: String) throws(Failure) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Failure(code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        descriptor = socket(AF_UNIX, Self.streamType, 0)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        do throws(Failure) {
            guard outcome == 0 else { throw Failure(code: errno) }
            try configure()
        } catch {
            close()
            throw error
        }
    }

    private init(
        connectingTo address: addrinfo, from source: String?, timeout: Duration?,
        onBound: ((Int) -> Void)?
    ) throws(Failure) {
        descriptor = socket(address.ai_family, Self.streamType, 0)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        do throws(Failure) {
            try configure()
            set(TCP_NODELAY, level: Int32(IPPROTO_TCP))
            if let source = source ?? (onBound == nil ? nil : "0.0.0.0"),
                !LocalPort.bind(descriptor, to: source, 0)
            {
                throw Failure(code: errno)
            }
            if let onBound, let port = localPort { onBound(port) }
            if connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
                guard errno == EINPROGRESS else { throw Failure(code: errno) }
                guard !(try wait(for: .writable, timeout: timeout)).isEmpty else {
                    throw Failure(code: ETIMEDOUT)
                }
                let outcome = option(SO_ERROR)
                guard outcome == 0 else { throw Failure(code: outcome) }
            }
        } catch {
            close()
            throw error
        }
    }

    /// Speaks TLS from now on. Where that cannot be, the connection is closed.
    /// - Parameter timeout: how long the other end may take over each step; nil for as long as it likes.
    package mutating func secure(by client: TLSClient, timeout: Duration? = nil) throws(Failure) {
        do throws(Failure) {
            let tls = SocketTLS(try client.session())
            try tls.shakeHands(over: wire(timeout: timeout))
            self.tls = tls
        } catch {
            close()
            guard !error.isInterruption, error.code != 0 else { throw error }
            throw Failure(handshake: error.reason)
        }
    }

    /// The same by what the options say, which is found out now.
    package mutating func secure(
        by options: TLSOptions, timeout: Duration? = nil
    ) throws(Failure) {
        let client: TLSClient
        do throws(Failure) {
            client = try TLSClient(options)
        } catch {
            close()
            throw error
        }
        try secure(by: client, timeout: timeout)
    }

    private func wire(timeout: Duration? = nil) -> SocketTLS.Wire {
        SocketTLS.Wire(
            send: sendPlain, receive: { () throws(Failure) in try receivePlain() },
            wait: { events throws(Failure) in
                if try waitPlain(for: events, timeout: timeout).isEmpty {
                    throw Failure(code: ETIMEDOUT)
                }
            })
    }

    /// Sends what can be taken now and returns its length, which may be 0.
    package func send(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
        guard let tls else { return try sendPlain(bytes) }
        return try tls.send(bytes, over: wire())
    }

    /// What has arrived, at most so many bytes: empty when the peer has closed the connection, nil when nothing has.
    package func receive(atMost limit: Int = readSize) throws(Failure) -> [UInt8]? {
        guard let tls else { return try receivePlain(atMost: limit) }
        return try tls.receive(atMost: limit, over: wire())
    }

    /// What fits into the system's buffer.
    private func sendPlain(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
        #if canImport(Glibc)
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
        #else
            let count = bytes.withUnsafeBytes {
                Darwin.send(descriptor, $0.baseAddress, $0.count, 0)
            }
        #endif
        if count >= 0 { return count }
        guard Self.wouldBlock(errno) else { throw Failure(code: errno) }
        return 0
    }

    private func receivePlain(atMost limit: Int = readSize) throws(Failure) -> [UInt8]? {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let received = recv(descriptor, buffer.baseAddress, limit, 0)
            if received < 0 { code = errno }
            count = max(0, received)
        }
        if code == 0 { return bytes }
        guard Self.wouldBlock(code) else { throw Failure(code: code) }
        return nil
    }

    /// The port on this side of a TCP connection.
    var localPort: Int? {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let outcome = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size)
            }
        }
        guard outcome == 0 else { return nil }
        return withUnsafeBytes(of: address) { bytes in
            // Both families have it at the same place, the high byte first.
            switch Int32(address.ss_family) {
            case AF_INET, AF_INET6: Int(bytes[2]) << 8 | Int(bytes[3])
            default: nil
            }
        }
    }

    /// Ends the connection.
    package func close() {
        onClose()
        tls?.close(over: wire())
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    /// Waits until one of the events is there; empty when the time is over before.
    package func wait(for events: Events, timeout: Duration? = nil) throws(Failure) -> Events {
        guard let tls else { return try waitPlain(for: events, timeout: timeout) }
        if events.contains(.readable), tls.hasInput { return .readable }
        let end = timeout.map { ContinuousClock.now + $0 }
        while tls.hasOutput {
            // What was said has to leave before an answer can come.
            let left = end.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
            let found = try waitPlain(for: events.union(.writable), timeout: left)
            if found.contains(.writable) { try tls.flush(over: wire()) }
            if found.contains(.readable), events.contains(.readable) { return .readable }
            if found.isEmpty { return [] }
        }
        let left = end.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
        return try waitPlain(for: events, timeout: left)
    }

    private func waitPlain(
        for events: Events, timeout: Duration? = nil
    ) throws(Failure) -> Events {
        let asked =
            (events.contains(.readable) ? POLLIN : 0) | (events.contains(.writable) ? POLLOUT : 0)
        var request = pollfd(fd: descriptor, events: Int16(asked), revents: 0)
        let milliseconds = timeout.map { Int32(clamping: Int($0 / .milliseconds(1))) } ?? -1
        let ready = poll(&request, 1, milliseconds)
        if ready < 0 { throw Failure(code: errno) }
        guard ready > 0 else { return [] }
        let answer = Int32(request.revents)
        // An error is found by whoever reads or writes.
        if answer & Int32(POLLERR | POLLHUP | POLLNVAL) != 0 { return events }
        var found: Events = []
        if answer & Int32(POLLIN) != 0 { found.insert(.readable) }
        if answer & Int32(POLLOUT) != 0 { found.insert(.writable) }
        return found
    }

    private static func wouldBlock(_ code: Int32) -> Bool {
        code == EAGAIN || code == EWOULDBLOCK
    }

    private func configure() throws(Failure) {
        let flags = fcntl(descriptor, F_GETFL)
        guard fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw Failure(code: errno) }
        #if !canImport(Glibc)
            set(SO_NOSIGPIPE, level: SOL_SOCKET)
        #endif
    }

    private func set(_ name: Int32, level: Int32) {
        var one: Int32 = 1
        _ = setsockopt(descriptor, level, name, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    private func option(_ name: Int32) -> Int32 {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : errno
    }

    package static let readSize = 64 * 1024

    #if canImport(Glibc)
        private static let streamType = Int32(SOCK_STREAM.rawValue)
    #else
        private static let streamType = SOCK_STREAM
    #endif
}
