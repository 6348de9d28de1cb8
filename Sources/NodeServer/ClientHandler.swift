import ClusterCore
import NIOCore
import RESP

/// One client's connection: hands its bytes to the node and sends what the node answers.
///
/// Replies of one read leave in one write. While the client does not take its replies, or has to wait for the
/// node, nothing more is read from it: what it sends stays with the system, and then with the client.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Input that is not consumed yet: a command without its end, or commands that have to wait.
    private var pending = ByteBuffer()
    /// The memory of the last write, used again once the socket has let go of it.
    private var outgoing = ByteBuffer()
    private var stream = ClientStream()
    /// What the node sends besides replies, such as the replication stream: after all replies before it.
    private var held = HeldWrites()
    private var overdue = OverdueWrites()
    private let driver: NodeDriver
    private let client: ClientID
    private var context: ChannelHandlerContext?
    /// What the node was told last of what the client has not taken.
    private var reportedOutput = 0
    private var isClosing = false
    private var isReading = true
    /// A copy of the channel's, which is behind a few calls.
    private var isWritable = true
    /// The client sends no more, but may still take replies.
    private var isInputClosed = false
    /// Received while something is wrong with the network.
    private var late = LateInput()
    private var lateTask: Scheduled<Void>?
    /// The network carries nothing to the client.
    private var isMuted = false

    /// Up to this size memory is kept for the next input and the next replies.
    private static let keptCapacity = 256 * 1024

    init(driver: NodeDriver, client: ClientID) {
        self.driver = driver
        self.client = client
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        lateTask?.cancel()
        driver.clientGone(client, self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if driver.hasFaults || !late.isIdle { receiveLate(buffer) } else { take(buffer) }
    }

    @inline(__always)
    private func take(_ bytes: ByteBuffer) {
        var buffer = bytes
        if pending.readableBytes == 0 {
            consume(&buffer)
            if buffer.readableBytes > 0 { pending = buffer }
        } else {
            pending.writeBuffer(&buffer)
            consumePending()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush()
    }

    // MARK: - A network with faults

    /// Lets the rules hold that hold now for who is at the other end: a node whose replica or MIGRATE this is, or a
    /// client. Of a client only this end is in our hands, so what it gets late is what it says late.
    func followWires() {
        guard let context else { return }
        let other = driver.conditions.maker(of: context.channel)
        let traffic: Wires.Traffic =
            other == .client || other == .observer ? .commands : .replication
        var fate = driver.wires.fate(from: other, to: driver.party, traffic)
        if other == .client {
            let back = driver.wires.fate(from: driver.party, to: other, traffic)
            fate.delay += back.delay
            fate.lossPercent = max(fate.lossPercent, back.lossPercent)
            isMuted = back.isBlocked
        }
        late.follow(fate, at: driver.clock.now)
        releaseLate()
        if !isMuted { flush() }
    }

    private func receiveLate(_ bytes: ByteBuffer) {
        followWires()
        late.add(bytes, at: driver.clock.now)
        releaseLate()
    }

    /// Hands on what may pass, and waits for what may not yet.
    private func releaseLate() {
        var hasTaken = false
        while let bytes = late.takeDue(at: driver.clock.now) {
            take(bytes)
            hasTaken = true
        }
        if hasTaken { flush() }
        lateTask?.cancel()
        lateTask = late.nextDue.flatMap { due in
            driver.task(at: due) { [weak self] _ in self?.releaseLate() }
        }
        settle()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            isInputClosed = true
            settle()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        // Before the replies to what comes next.
        flushHeld()
        reportOutput()
        resume()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Goes on with input that had to wait, if it may.
    func resume() {
        if pending.readableBytes > 0 { consumePending() } else { settle() }
        flush()
    }

    /// Gives the client the reply that it waited for.
    func complete(error: String?) {
        driver.complete(client, error: error, stream: &stream)
        flush()
    }

    /// What became of bytes that were handed to `write`.
    enum WriteOutcome {
        /// They are the first: somebody has to flush.
        case wasEmpty
        case hasMore
        /// The client does not take what it is sent.
        case tooMuch
    }

    /// Takes bytes that leave with the next `flush`, after the replies that are there.
    func write(_ bytes: [UInt8]) -> WriteOutcome {
        let wasEmpty = held.count == 0
        held.append(bytes)
        reportOutput()
        return isOverdue ? .tooMuch : wasEmpty ? .wasEmpty : .hasMore
    }

    /// Whether the client leaves more waiting than it may, or has done so for too long.
    var isOverdue: Bool {
        let limit = driver.ask { $0.outputLimit(of: client) }
        guard limit.hard > 0 || limit.soft > 0 else { return false }
        return overdue.exceed(limit, by: held.count + unsentCount, now: .now())
    }

    /// Bytes that the socket has not taken yet; few while it takes more.
    private var unsentCount: Int {
        guard !isWritable, let channel = context?.channel else { return 0 }
        return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Ends the connection once its replies are sent. What the client sends until then is thrown away.
    func close() {
        guard !isClosing, let context else { return }
        isClosing = true
        settle()
        driver.syncAppended()
        flush()
        // Closing drops what the socket has not taken yet; an empty write is done when all before it are.
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
    }

    /// Ends the connection.
    func drop() {
        context?.close(promise: nil)
    }

    /// The input is taken out meanwhile: a write that makes room at once comes back here by `resume`.
    private func consumePending() {
        var buffer = pending
        pending = ByteBuffer()
        consume(&buffer)
        pending = buffer
    }

    private func consume(_ buffer: inout ByteBuffer) {
        // What the client was told before it spoke comes before the replies to that.
        if held.count > 0 {
            driver.syncAppended()
            flush()
        }
        var isProgressing = true
        while isProgressing, buffer.readableBytes > 0, isWritable, context != nil {
            let available = buffer.readableBytes
            let consumed = buffer.withUnsafeReadableBytes { bytes in
                bytes.withMemoryRebound(to: UInt8.self) { bytes in
                    guard let start = bytes.baseAddress else { return 0 }
                    return driver.receive(start, count: available, from: client, stream: &stream)
                }
            }
            buffer.moveReaderIndex(forwardBy: consumed)
            // What the node leaves because the replies are many goes on after these are sent.
            isProgressing = consumed > 0 && stream.output.count >= Node.outputPause
            if isProgressing {
                driver.syncAppended()
                flush()
            }
        }
        if isClosing || buffer.readableBytes == 0 && buffer.capacity > Self.keptCapacity {
            buffer = ByteBuffer()
        } else if buffer.readableBytes == 0 {
            buffer.clear()
        } else {
            buffer.discardReadBytes()
        }
        settle()
    }

    /// After what can be consumed is: reads on or not, or ends the connection where nothing more will come. A
    /// connection that closes reads on, so that its end is seen.
    func settle() {
        guard context != nil else { return }
        let canGoOn = isWritable && driver.isServing(client) && !late.isFull
        if isInputClosed, canGoOn { close() }
        let wanted = isClosing || canGoOn
        guard wanted != isReading, let context else { return }
        isReading = wanted
        try? context.channel.syncOptions?.setOption(.autoRead, value: wanted)
    }

    /// Sends the replies, and then what the node has for the client besides.
    func flush() {
        // A reply must not leave before the write that it tells of is on the disk; one sync is enough for all
        // clients of a step.
        guard !driver.isSyncDue else { return driver.flushLater(.client(self)) }
        guard !isMuted else { return }
        flushReplies()
        flushHeld()
        reportOutput()
    }

    /// Lets the node count what the client has not taken.
    private func reportOutput() {
        let count = held.count + unsentCount
        guard count != reportedOutput else { return }
        reportedOutput = count
        driver.noteOutput(count, of: client)
    }

    /// Whether everything that was handed to `write` is on its way.
    var hasTakenWrites: Bool { held.count == 0 }

    private func flushHeld() {
        guard held.count > 0, let context, let bytes = held.take(for: context.channel) else {
            return
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        driver.snapshotTaken()
    }

    private func flushReplies() {
        let count = stream.output.count
        guard count > 0, let context else { return }
        if count > Self.keptCapacity || outgoing.capacity > Self.keptCapacity {
            outgoing = context.channel.allocator.buffer(capacity: count)
        } else {
            outgoing.clear(minimumCapacity: count)
        }
        outgoing.writeBytes(stream.output.bytes)
        stream.output.removeAll()
        let replies = wrapOutboundOut(outgoing)
        if count > Self.keptCapacity { outgoing = ByteBuffer() }
        context.writeAndFlush(replies, promise: nil)
    }
}

/// Tells a connection that the node does not take it why, and ends it.
final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reason)), promise: nil)
        context.close(promise: nil)
    }
}
