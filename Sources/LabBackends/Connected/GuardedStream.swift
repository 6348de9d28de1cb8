import Lab
import RESP

/// A stream through which only what may pass is sent; what may not is answered with an error in its place. It is meant
/// for a client that waits for each reply, as redis-cli does.
final class GuardedStream: ByteStream {
    private let inner: any ByteStream
    private let refusal: ([[UInt8]]) -> String?
    /// A request has the form of a reply: an array of strings.
    private var requests = RESPParser()
    private var unsent: [UInt8] = []
    private var answers: [UInt8] = []

    init(_ inner: any ByteStream, refusal: @escaping ([[UInt8]]) -> String?) {
        self.inner = inner
        self.refusal = refusal
    }

    func send(_ bytes: ArraySlice<UInt8>) throws(StreamFailure) -> Int {
        requests.append(bytes)
        while let arguments = try nextRequest() {
            if let refusal = refusal(arguments) {
                answers += Array("-\(refusal)\r\n".utf8)
            } else {
                unsent += encodeRequest(arguments)
            }
        }
        try flush()
        return bytes.count
    }

    func receive(atMost count: Int) throws(StreamFailure) -> [UInt8]? {
        try flush()
        guard answers.isEmpty else {
            defer { answers.removeFirst(min(count, answers.count)) }
            return Array(answers.prefix(count))
        }
        return try inner.receive(atMost: count)
    }

    func wait(
        for events: StreamEvents, timeout: Duration?
    ) throws(StreamFailure) -> StreamEvents {
        try flush()
        guard answers.isEmpty else { return events }
        guard !unsent.isEmpty else { return try inner.wait(for: events, timeout: timeout) }
        return try inner.wait(for: events.union(.writable), timeout: timeout)
    }

    func close() { inner.close() }

    private func flush() throws(StreamFailure) {
        while !unsent.isEmpty {
            let count = try inner.send(unsent[...])
            guard count > 0 else { return }
            unsent.removeFirst(count)
        }
    }

    private func nextRequest() throws(StreamFailure) -> [[UInt8]]? {
        do throws(RESPParser.Malformed) {
            return try requests.next()?.elements?.compactMap { element in
                if case .bulkString(let bytes) = element { bytes } else { nil }
            }
        } catch {
            throw StreamFailure(reason: ChangeGuard.text("What this sends"))
        }
    }
}
