import NIOCore
import TLS

/// TLS between a connection's socket and the handler that speaks Redis' protocols, which sees the connection become
/// active when both ends know each other, and then all in plain text.
final class TLSHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let session: TLSSession
    private var state = State.beginning
    /// What was written before the beginning was done.
    private var early: [(ByteBuffer, EventLoopPromise<Void>?)] = []
    /// The memory of the last read, used again unless somebody has kept it.
    private var incoming = ByteBuffer()
    private let whenRefused: (String) -> Void

    private enum State {
        case beginning
        case open
        /// Nothing more is read.
        case over
    }

    /// Up to this size memory is kept for the next read.
    private static let keptCapacity = 256 * 1024
    /// A record holds up to 16 KiB.
    private static let recordSize = 16 * 1024

    /// - Parameter whenRefused: hears why the beginning failed.
    init(_ session: TLSSession, whenRefused: @escaping (String) -> Void) {
        self.session = session
        self.whenRefused = whenRefused
    }

    func channelActive(context: ChannelHandlerContext) {
        advance(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { session.receive($0) }
        advance(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        session.endInput()
        advance(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if state == .beginning {
            session.endInput()
            if case .failed(let failure) = session.shakeHands() { refuse(failure.text) }
        }
        state = .over
        dropEarly(ChannelError.ioOnClosedChannel)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if state == .beginning { refuse(systemText(error)) }
        state = .over
        context.fireErrorCaught(error)
    }

    // MARK: - What comes

    private func advance(_ context: ChannelHandlerContext) {
        if state == .beginning { shakeHands(context) }
        if state == .open { read(context) }
    }

    private func shakeHands(_ context: ChannelHandlerContext) {
        switch session.shakeHands() {
        case .needsMore: send(context)
        case .done:
            send(context)
            state = .open
            context.fireChannelActive()
            writeEarly(context)
        case .closed: end(context)
        case .failed(let failure):
            // The log has it before the other end hears of it.
            refuse(failure.text)
            send(context)
            context.fireErrorCaught(failure)
            end(context)
        }
    }

    private func read(_ context: ChannelHandlerContext) {
        incoming.clear(minimumCapacity: Self.recordSize)
        var progress = TLSSession.Progress.done
        while progress == .done {
            incoming.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.recordSize) { bytes in
                let (count, outcome) = session.read(into: bytes)
                progress = outcome
                return count
            }
        }
        send(context)
        if incoming.readableBytes > 0 {
            let bytes = incoming
            if bytes.capacity > Self.keptCapacity { incoming = ByteBuffer() }
            context.fireChannelRead(wrapInboundOut(bytes))
        }
        switch progress {
        case .done, .needsMore: return
        case .closed, .failed:
            state = .over
            // To Redis, too, the end of TLS is the end of the connection, whatever it is.
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }

    private func refuse(_ reason: String) {
        state = .over
        whenRefused(reason)
    }

    private func end(_ context: ChannelHandlerContext) {
        state = .over
        dropEarly(ChannelError.ioOnClosedChannel)
        context.close(promise: nil)
    }

    // MARK: - What goes

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        guard state != .beginning else { return early.append((bytes, promise)) }
        // An empty write only tells when all before it are done.
        guard bytes.readableBytes > 0 else { return context.write(data, promise: promise) }
        if let failure = bytes.withUnsafeReadableBytes({ session.write($0) }) {
            promise?.fail(failure)
        } else {
            context.write(wrapOutboundOut(outgoing(context)), promise: promise)
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard state == .open, mode != .input else {
            return context.close(mode: mode, promise: promise)
        }
        state = .over
        session.shutDown()
        context.write(wrapOutboundOut(outgoing(context)), promise: nil)
        // Not at once: this may be within a flush, where another one does nothing, and closing drops what is left.
        context.eventLoop.assumeIsolated().execute {
            context.flush()
            context.close(mode: mode, promise: promise)
        }
    }

    private func writeEarly(_ context: ChannelHandlerContext) {
        guard !early.isEmpty else { return }
        let waiting = early
        early = []
        for (bytes, promise) in waiting {
            write(context: context, data: wrapOutboundOut(bytes), promise: promise)
        }
        context.flush()
    }

    private func dropEarly(_ error: any Error) {
        let waiting = early
        early = []
        for (_, promise) in waiting { promise?.fail(error) }
    }

    /// Sends what TLS itself has to say.
    private func send(_ context: ChannelHandlerContext) {
        guard session.waitingCount > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(outgoing(context)), promise: nil)
    }

    private func outgoing(_ context: ChannelHandlerContext) -> ByteBuffer {
        let count = session.waitingCount
        var buffer = context.channel.allocator.buffer(capacity: count)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { session.take(into: $0) }
        return buffer
    }
}
