import ClusterCore
import NIOCore

/// A connection between nodes: a link of the cluster bus, or a stream to the client port of another node.
///
/// While the node sleeps nothing is read: what the other side sends stays with the system, and then with it.
final class PeerChannel: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the connection is to the node.
    enum Role: Hashable {
        case link(LinkID)
        case stream(StreamID)
    }

    let role: Role
    /// Whether the other side made it: the node knows of it from the beginning.
    let isInbound: Bool
    /// What the node sent and the other side has not taken.
    private(set) var held = HeldWrites()
    /// Whether the driver is to flush it at the end of the step.
    var isDirty = false
    /// Whether both ends have known each other.
    private(set) var hasBeenUp = false
    /// Why the connection ended, where that is known.
    private(set) var failure: (any Error)?
    private let driver: NodeDriver
    private var context: ChannelHandlerContext?
    /// Received and not handed to the node: a message without its end, or all while the node sleeps.
    private var pending = ByteBuffer()
    private var isReading = true
    private var isDropped = false
    /// Who is at the other end; of a connection that was accepted only once it matters.
    var other = Wires.Party.client
    private var isOtherKnown = false
    /// Received while something is wrong with the network.
    private var late = LateInput()
    private var lateTask: Scheduled<Void>?
    /// Of a connection that the node made: both are gone from the channel when it closes.
    private var ends: (own: SocketAddress?, other: SocketAddress?)

    init(_ role: Role, isInbound: Bool = false, driver: NodeDriver) {
        self.role = role
        self.isInbound = isInbound
        self.driver = driver
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if isDropped { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        hasBeenUp = true
        let local = context.channel.localAddress?.ipAddress ?? ""
        if !isInbound {
            // Before anything is sent: who gets it may want to know from whom.
            ends = (context.channel.localAddress, context.channel.remoteAddress)
            driver.conditions.note(driver.party, from: ends.own, to: ends.other)
        }
        driver.peerUp(self, localHost: driver.network.shown(local: local))
        flush()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        lateTask?.cancel()
        if !isInbound { driver.conditions.forget(from: ends.own, to: ends.other) }
        driver.peerDown(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if driver.hasFaults || !late.isIdle { receiveLate(buffer) } else { take(buffer) }
    }

    private func take(_ bytes: ByteBuffer) {
        var buffer = bytes
        if pending.readableBytes > 0 {
            pending.writeBuffer(&buffer)
        } else {
            pending = buffer
        }
        consume()
    }

    // MARK: - A network with faults

    /// Lets the rules for the other party hold that hold now.
    func followWires() {
        guard let context else { return }
        if isInbound, !isOtherKnown {
            other = driver.conditions.maker(of: context.channel)
            isOtherKnown = other != .client
        }
        late.follow(
            driver.wires.fate(from: other, to: driver.party, role.traffic), at: driver.clock.now)
        releaseLate()
    }

    private func receiveLate(_ bytes: ByteBuffer) {
        if !isOtherKnown { followWires() }
        late.add(bytes, at: driver.clock.now)
        releaseLate()
    }

    /// Hands on what may pass, and waits for what may not yet.
    private func releaseLate() {
        while let bytes = late.takeDue(at: driver.clock.now) { take(bytes) }
        lateTask?.cancel()
        lateTask = late.nextDue.flatMap { due in
            driver.task(at: due) { [weak self] _ in self?.releaseLate() }
        }
        setReading(!driver.isHolding && !late.isFull)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Of a connection with TLS the end is told so.
        if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        flush()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = error
        context.close(promise: nil)
    }

    /// Goes on after the node has slept.
    func resume() {
        guard !isReading else { return }
        consume()
    }

    /// Takes bytes that leave with the next `flush`.
    func write(_ bytes: [UInt8]) {
        held.append(bytes)
    }

    /// Bytes that have not left: those held here, and those that the socket has not taken.
    var waitingCount: Int {
        let buffered = try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return held.count + (buffered ?? 0)
    }

    func flush() {
        guard let context, context.channel.isActive,
            let bytes = held.take(for: context.channel)
        else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Ends the connection at once, also one that is still being made.
    func drop() {
        isDropped = true
        context?.close(promise: nil)
    }

    private func consume() {
        // Taken out meanwhile: what the node asks for may end this connection.
        var buffer = pending
        pending = ByteBuffer()
        while buffer.readableBytes > 0, !isDropped, !driver.isHolding, handOver(&buffer) {}
        if buffer.readableBytes > 0, !isDropped {
            buffer.discardReadBytes()
            pending = buffer
        }
        setReading(!driver.isHolding && !late.isFull)
    }

    /// Hands the first message, or all bytes of a stream, to the node.
    /// - Returns: whether there may be more.
    private func handOver(_ buffer: inout ByteBuffer) -> Bool {
        switch role {
        case .stream(let id):
            let bytes = buffer.readBytes(length: buffer.readableBytes) ?? []
            driver.deliver(.streamBytes(id, bytes))
            return false
        case .link(let id):
            switch buffer.withUnsafeReadableBytes({ BusCodec.read($0) }) {
            case .needMore: return false
            case .message(let message, let length):
                buffer.moveReaderIndex(forwardBy: length)
                driver.deliver(.bus(id, message))
                return true
            case .unknown(let length):
                buffer.moveReaderIndex(forwardBy: length)
                return true
            case .malformed(let fault):
                driver.note(fault)
                drop()
                return false
            }
        }
    }

    private func setReading(_ wanted: Bool) {
        guard wanted != isReading, let channel = context?.channel else { return }
        isReading = wanted
        try? channel.syncOptions?.setOption(.autoRead, value: wanted)
    }
}
