import Lab

#if canImport(Glibc)
    import Glibc
    private let streamType = Int32(SOCK_STREAM.rawValue)
    private let sendFlags = Int32(MSG_NOSIGNAL)
    private let systemConnect = Glibc.connect
    private let systemBind = Glibc.bind
    private let systemListen = Glibc.listen
    private let systemAccept = Glibc.accept
    private let systemSend = Glibc.send
    private let systemShutdown = Glibc.shutdown
    private let bothWays = Int32(SHUT_RDWR)
#else
    import Darwin
    private let streamType = SOCK_STREAM
    private let sendFlags: Int32 = 0
    private let systemConnect = Darwin.connect
    private let systemBind = Darwin.bind
    private let systemListen = Darwin.listen
    private let systemAccept = Darwin.accept
    private let systemSend = Darwin.send
    private let systemShutdown = Darwin.shutdown
    private let bothWays = SHUT_RDWR
#endif

/// A blocking socket of this machine, by which launchers reach the lab. `close` is to be called once.
struct ControlSocket: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if !canImport(Glibc)
            var one: Int32 = 1
            setsockopt(
                descriptor, SOL_SOCKET, SO_NOSIGPIPE, &one, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    /// Connects to a lab that listens at a path.
    static func connected(to path: String) throws(LabError) -> ControlSocket {
        try made(at: path) { systemConnect($0, $1, $2) }
    }

    /// Listens at a path, for this user only.
    static func listening(at path: String) throws(LabError) -> ControlSocket {
        unlink(path)
        let socket = try made(at: path) { descriptor, address, length in
            guard systemBind(descriptor, address, length) == 0 else { return -1 }
            // Nobody else gets into the folder in the meantime.
            return chmod(path, 0o600) == 0 ? systemListen(descriptor, backlog) : -1
        }
        return socket
    }

    private static let backlog: Int32 = 64

    private static func made(
        at path: String,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(LabError) -> ControlSocket {
        let descriptor = socket(AF_UNIX, streamType, 0)
        guard descriptor >= 0 else { throw failure(path) }
        let made = ControlSocket(descriptor: descriptor)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let isFitting = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard bytes.count < place.count else { return false }
            place.copyBytes(from: bytes)
            return true
        }
        guard isFitting else {
            made.close()
            throw .file(path: path, reason: String(cString: strerror(ENAMETOOLONG)))
        }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            let reason = failure(path)
            made.close()
            throw reason
        }
        return made
    }

    /// Waits for a launcher; nil once the socket is shut.
    func accepted() -> ControlSocket? {
        while true {
            let other = systemAccept(descriptor, nil, nil)
            if other >= 0 { return ControlSocket(descriptor: other) }
            guard errno == EINTR || errno == ECONNABORTED else { return nil }
        }
    }

    /// Sends all.
    /// - Returns: whether the other side is still there.
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                systemSend(descriptor, $0.baseAddress, $0.count, sendFlags)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Waits for more; empty when the other side is gone.
    func receive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            return Array(buffer.prefix(max(0, count)))
        }
    }

    /// Ends both directions, so that whoever waits for the socket goes on.
    func shut() {
        _ = systemShutdown(descriptor, bothWays)
    }

    func close() {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    private static func failure(_ path: String) -> LabError {
        .file(path: path, reason: String(cString: strerror(errno)))
    }
}
