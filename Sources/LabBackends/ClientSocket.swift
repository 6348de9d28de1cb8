#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system's side of a client connection: a TCP socket that never blocks by itself; `wait` does.
struct ClientSocket {
    private let descriptor: Int32

    /// The system's words for what went wrong, such as `Connection refused`.
    struct Failure: Error {
        var code: Int32
        var reason: String

        init(code: Int32) {
            self.code = code
            reason = String(cString: strerror(code))
        }

        init(reason: String) {
            code = 0
            self.reason = reason
        }

        /// A signal ended the wait.
        var isInterruption: Bool { code == EINTR }
    }

    enum Event {
        case readable, writable
    }

    /// Connects to the first address of `host` that answers within `timeout`.
    init(host: String, port: Int, timeout: Duration) throws(Failure) {
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
                self = try Self(connectingTo: candidate.pointee, timeout: timeout)
                return
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private init(connectingTo address: addrinfo, timeout: Duration) throws(Failure) {
        descriptor = socket(address.ai_family, Self.streamType, 0)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        do throws(Failure) {
            try configure()
            if connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
                guard errno == EINPROGRESS else { throw Failure(code: errno) }
                try wait(for: .writable, timeout: timeout)
                let outcome = option(SO_ERROR)
                guard outcome == 0 else { throw Failure(code: outcome) }
            }
        } catch {
            close()
            throw error
        }
    }

    /// Sends what fits into the system's buffer and returns its length.
    func send(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
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
        guard errno == EAGAIN || errno == EWOULDBLOCK else { throw Failure(code: errno) }
        try wait(for: .writable)
        return 0
    }

    /// What has arrived; empty when the peer has closed the connection.
    func receive() throws(Failure) -> [UInt8] {
        try wait(for: .readable)
        var failure: Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.readSize) { buffer, count in
            let received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if received < 0 { failure = Failure(code: errno) }
            count = max(0, received)
        }
        if let failure { throw failure }
        return bytes
    }

    /// Ends the connection.
    func close() {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    private func wait(for event: Event, timeout: Duration? = nil) throws(Failure) {
        let events = event == .readable ? POLLIN : POLLOUT
        var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let milliseconds = timeout.map { Int32($0 / .milliseconds(1)) } ?? -1
        let ready = poll(&request, 1, milliseconds)
        if ready == 0 { throw Failure(code: ETIMEDOUT) }
        if ready < 0 { throw Failure(code: errno) }
    }

    private func configure() throws(Failure) {
        let flags = fcntl(descriptor, F_GETFL)
        guard fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw Failure(code: errno) }
        set(TCP_NODELAY, level: Int32(IPPROTO_TCP))
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

    private static let readSize = 64 * 1024

    #if canImport(Glibc)
        private static let streamType = Int32(SOCK_STREAM.rawValue)
    #else
        private static let streamType = SOCK_STREAM
    #endif
}
