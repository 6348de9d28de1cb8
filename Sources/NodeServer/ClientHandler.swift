import ClusterCore
import NIOCore
import RESP

/// One client's connection: hands its bytes to the node and sends what the node answers.
///
/// Replies of one read leave in one write. While the client does not take its replies, its requests wait.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Input that is not consumed yet: a command without its end, or commands that have to wait.
    private var pending = ByteBuffer()
    /// The memory of the last write, used again once the socket has let go of it.
    private var outgoing = ByteBuffer()
    private var stream = ClientStream()
    private let driver: NodeDriver
    private let client: ClientID
    private var context: ChannelHandlerContext?
    private var isClosing = false

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
        driver.clientGone(client)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if pending.readableBytes == 0 {
            consume(&buffer)
            if buffer.readableBytes > 0 { pending = buffer }
        } else {
            pending.writeBuffer(&buffer)
            consume(&pending)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resume() }
        context.channel.setOption(.autoRead, value: context.channel.isWritable)
            .whenFailure { _ in }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Goes on with input that had to wait.
    func resume() {
        if pending.readableBytes > 0 { consume(&pending) }
        flush()
    }

    /// Gives the client the reply that it waited for.
    func complete(error: String?) {
        driver.complete(client, error: error, stream: &stream)
        flush()
    }

    /// Ends the connection once its replies are sent.
    func close() {
        guard !isClosing, let context else { return }
        isClosing = true
        flush()
        context.close(promise: nil)
    }

    private func consume(_ buffer: inout ByteBuffer) {
        var isProgressing = true
        while isProgressing, buffer.readableBytes > 0, context?.channel.isWritable == true {
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
            if isProgressing { flush() }
        }
        if buffer.readableBytes == 0 {
            buffer.clear()
        } else {
            buffer.discardReadBytes()
        }
    }

    private func flush() {
        guard stream.output.count > 0, let context else { return }
        outgoing.clear(minimumCapacity: stream.output.count)
        outgoing.writeBytes(stream.output.bytes)
        stream.output.removeAll()
        context.writeAndFlush(wrapOutboundOut(outgoing), promise: nil)
    }
}
