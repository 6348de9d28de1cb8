import NIOCore

#if canImport(Glibc)
    import Glibc
    private let firstProbe = NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)
#else
    import Darwin
    private let firstProbe = NIOBSDSocket.Option(rawValue: TCP_KEEPALIVE)
#endif

extension Channel {
    /// Lets the system probe a silent peer, as Redis does (anet.c, `anetKeepAlive`): first after so many seconds,
    /// then three times at a third of them. 0 for no probes. A socket that refuses is none the worse.
    func keepAlive(every seconds: Int) {
        guard seconds > 0, let options = syncOptions else { return }
        try? options.setOption(.socketOption(.so_keepalive), value: 1)
        try? options.setOption(.tcpOption(firstProbe), value: seconds)
        let interval = NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)
        try? options.setOption(.tcpOption(interval), value: max(1, seconds / 3))
        try? options.setOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPCNT)), value: 3)
    }
}
