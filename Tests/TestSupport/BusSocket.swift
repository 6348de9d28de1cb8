package import ClusterCore

#if canImport(Glibc)
    import Glibc
    private let systemConnect = Glibc.connect
    private let systemAccept = Glibc.accept
    private let systemListen = Glibc.listen
    private let systemBind = Glibc.bind
    private let systemSend = Glibc.send
    private let streamType = Int32(SOCK_STREAM.rawValue)
    private let sendFlags = Int32(MSG_NOSIGNAL)
#else
    import Darwin
    private let systemConnect = Darwin.connect
    private let systemAccept = Darwin.accept
    private let systemListen = Darwin.listen
    private let systemBind = Darwin.bind
    private let systemSend = Darwin.send
    private let streamType = SOCK_STREAM
    private let sendFlags: Int32 = 0
#endif

/// A link of the cluster bus in the hands of a test: blocking, packet by packet.
package final class BusSocket {
    private let descriptor: Int32
    private var received: [UInt8] = []

    package struct Failure: Error {
        let code: Int32
    }

    /// Connects to a node's bus port.
    package init(port: Int) throws {
        descriptor = socket(AF_INET, streamType, 0)
        let descriptor = descriptor
        guard withLoopback(port, { systemConnect(descriptor, $0, $1) }) == 0 else {
            throw Failure(code: errno)
        }
        limitWaits(on: descriptor)
    }

    fileprivate init(descriptor: Int32) {
        self.descriptor = descriptor
        limitWaits(on: descriptor)
    }

    deinit {
        close(descriptor)
    }

    package func send(_ message: BusMessage) {
        send(BusCodec.bytes(of: message))
    }

    package func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                systemSend(descriptor, $0.baseAddress, $0.count, sendFlags)
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// The next packet and its bytes; nil where the other side has ended the link, is silent for half a minute, or
    /// sends what is no packet.
    package func next() -> (message: BusMessage, bytes: [UInt8])? {
        while true {
            switch received.withUnsafeBytes({ BusCodec.read($0) }) {
            case .message(let message, let length):
                defer { received.removeFirst(length) }
                return (message, Array(received.prefix(length)))
            case .unknown(let length): received.removeFirst(length)
            case .needMore: guard receive() else { return nil }
            case .malformed: return nil
            }
        }
    }

    /// Whether the other side has ended the link; waits until it does or sends something, half a minute at most.
    package var hasEnded: Bool { !receive() && errno != EAGAIN }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        errno = 0
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        received += buffer.prefix(count)
        return true
    }
}

/// Whoever reads, writes or accepts there gives up after half a minute.
private func limitWaits(on descriptor: Int32) {
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
        setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
}

/// A bus port in the hands of a test.
package final class BusListener {
    private let descriptor: Int32
    package let port: Int

    package init() throws {
        descriptor = socket(AF_INET, streamType, 0)
        port = try FreePorts(count: 1).first
        let descriptor = descriptor
        guard withLoopback(port, { systemBind(descriptor, $0, $1) }) == 0,
            systemListen(descriptor, 16) == 0
        else { throw BusSocket.Failure(code: errno) }
        limitWaits(on: descriptor)
    }

    deinit {
        close(descriptor)
    }

    /// The next link that somebody makes within half a minute.
    package func accept() throws -> BusSocket {
        let link = systemAccept(descriptor, nil, nil)
        guard link >= 0 else { throw BusSocket.Failure(code: errno) }
        return BusSocket(descriptor: link)
    }
}

private func withLoopback(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
