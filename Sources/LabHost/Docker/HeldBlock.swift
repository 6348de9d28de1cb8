import LabBackends
import NodeServer

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A block of loopback addresses that this lab alone has, for as long as this is there.
///
/// A socket on the block's first address holds it: it goes with the process, however that ends. Where all
/// are taken by other labs, there is no room for containers with addresses of their own.
final class HeldBlock: Sendable {
    let block: LoopbackBlock
    private let socket: Int32
    /// Other labs have all blocks; not so where the machine has no such addresses at all.
    let isCrowded: Bool

    /// A port of UDP that says nothing; held, not used.
    private static let port = 6379

    init() {
        var taken = 0
        for block in LoopbackBlock.all {
            guard let socket = Self.hold(block) else {
                if errno == EADDRINUSE { taken += 1 }
                continue
            }
            // What listens there all the same is no lab that holds its block.
            guard LocalPort.isFree(Self.port, at: block.real("172.17.0.2") ?? "127.0.0.1") else {
                close(socket)
                taken += 1
                continue
            }
            (self.block, self.socket, isCrowded) = (block, socket, false)
            return
        }
        (block, socket) = (LoopbackBlock(index: 0), -1)
        isCrowded = taken == LoopbackBlock.all.count
    }

    deinit {
        if socket >= 0 { close(socket) }
    }

    private static func hold(_ block: LoopbackBlock) -> Int32? {
        guard let gateway = block.real("172.17.0.1") else { return nil }
        #if canImport(Glibc)
            let kind = Int32(SOCK_DGRAM.rawValue)
        #else
            let kind = SOCK_DGRAM
        #endif
        let descriptor = Self.open(kind)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard LocalPort.bind(descriptor, to: gateway, port) else {
            let reason = errno
            close(descriptor)
            errno = reason
            return nil
        }
        return descriptor
    }

    private static func open(_ kind: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.socket(AF_INET, kind, 0)
        #else
            Darwin.socket(AF_INET, kind, 0)
        #endif
    }
}
