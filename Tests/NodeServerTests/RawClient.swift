#if canImport(Glibc)
    import Glibc
    private let systemConnect = Glibc.connect
    private let systemSend = Glibc.send
    private let streamType = Int32(SOCK_STREAM.rawValue)
    private let sendFlags = Int32(MSG_NOSIGNAL)
    private let doNotWait = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
    private let writingEnd = Int32(SHUT_WR)
#else
    import Darwin
    private let systemConnect = Darwin.connect
    private let systemSend = Darwin.send
    private let streamType = SOCK_STREAM
    private let sendFlags: Int32 = 0
    private let doNotWait = MSG_DONTWAIT
    private let writingEnd = SHUT_WR
#endif

/// A client that may behave badly: bytes as they are, blocking, over a socket of its own. What does not come or is not
/// taken within a minute is as if the connection had ended.
final class RawClient {
    private let descriptor: Int32

    struct Failure: Error {
        let code: Int32
    }

    init(port: Int) throws {
        descriptor = socket(AF_INET, streamType, 0)
        // Thousands of ended connections linger for a minute; no cluster shall miss the ports that they had.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemConnect(descriptor, $0, length)
            }
        }
        guard status == 0 else { throw Failure(code: errno) }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit {
        close(descriptor)
    }

    /// Sends everything; false where the node has ended the connection.
    @discardableResult
    func send(_ bytes: some Sequence<UInt8>) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                systemSend(descriptor, $0.baseAddress, $0.count, sendFlags)
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(text.utf8) }

    /// Sends what is taken without waiting; how many bytes that were.
    func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        max(
            0, bytes.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count, doNotWait) }
        )
    }

    /// Says that nothing more comes; replies are still taken.
    func endInput() {
        shutdown(descriptor, writingEnd)
    }

    /// Exactly so many bytes; fewer where the connection ends before.
    func read(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let start = buffer.baseAddress {
                let received = recv(descriptor, start + filled, count - filled, 0)
                guard received > 0 else { return }
                filled += received
            }
        }
    }

    /// The next bytes as text, as many as `expected` has.
    func text(like expected: String) -> String {
        String(decoding: read(expected.utf8.count), as: UTF8.self)
    }

    /// Everything until the connection ends.
    func rest() -> String {
        var all: [UInt8] = []
        while true {
            let bytes = read(4096)
            all += bytes
            if bytes.count < 4096 { return String(decoding: all, as: UTF8.self) }
        }
    }
}
