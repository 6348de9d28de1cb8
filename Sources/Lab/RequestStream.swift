import RESP

/// A connection that answers one command at a time, taken for a stream of bytes: requests are answered in their order.
/// What comes without being asked for, as after SUBSCRIBE, comes while somebody waits.
package final class RequestStream: ByteStream {
    private let connection: any LabConnection
    /// A request has the form of a reply: an array of strings.
    private var requests = RESPParser()
    private var replies: [UInt8] = []
    private var failure: LabError?

    package init(_ connection: any LabConnection) {
        self.connection = connection
    }

    package func send(_ bytes: ArraySlice<UInt8>) throws(StreamFailure) -> Int {
        requests.append(bytes)
        var commands: [[[UInt8]]] = []
        while let arguments = try nextRequest() { commands.append(arguments) }
        guard failure == nil, !commands.isEmpty else { return bytes.count }
        do throws(LabError) {
            for reply in try connection.sendAll(commands) { replies += reply.encoded }
        } catch {
            failure = error
        }
        return bytes.count
    }

    package func receive(atMost count: Int) throws(StreamFailure) -> [UInt8]? {
        if replies.isEmpty {
            switch failure {
            case nil: return nil
            case .connectionLost: return []
            case .interrupted:
                failure = nil
                throw StreamFailure(kind: .interrupted, reason: "Interrupted system call")
            case let failure?: throw StreamFailure(reason: failure.description)
            }
        }
        defer { replies.removeFirst(min(count, replies.count)) }
        return Array(replies.prefix(count))
    }

    /// Where nothing is to come any more, a wait without a limit would have no end.
    package func wait(
        for events: StreamEvents, timeout: Duration?
    ) throws(StreamFailure) -> StreamEvents {
        if hasAnswer || events.contains(.writable) { return events }
        do throws(LabError) {
            if let reply = try connection.next(within: timeout ?? Self.longestWait) {
                replies += reply.encoded
            }
        } catch {
            failure = error
        }
        if hasAnswer { return events }
        if timeout != nil { return [] }
        throw StreamFailure(reason: "no reply will come")
    }

    private var hasAnswer: Bool { !replies.isEmpty || failure != nil }

    private static let longestWait = Duration.seconds(3600)

    package func close() {
        connection.close()
    }

    private func nextRequest() throws(StreamFailure) -> [[UInt8]]? {
        do throws(RESPParser.Malformed) {
            return try requests.next()?.elements?.compactMap(\.bytes)
        } catch {
            throw StreamFailure(reason: "Protocol error")
        }
    }
}

extension StreamFailure {
    /// The same failure as whoever connects to a stream is told of it.
    init(_ error: LabError) {
        switch error {
        case .interrupted: self.init(kind: .interrupted, reason: "Interrupted system call")
        case .refused(_, let reason): self.init(reason: reason)
        case .connectionLost, .silent, .malformedReply, .portInUse, .file, .unsupported:
            self.init(reason: error.description)
        }
    }
}

extension RESPValue {
    fileprivate var bytes: [UInt8]? {
        if case .bulkString(let bytes) = self { bytes } else { nil }
    }

    /// The reply as RESP3 writes it.
    fileprivate var encoded: [UInt8] {
        switch self {
        case .simpleString(let text): Self.line("+", text)
        case .error(let text): Self.line("-", text)
        case .integer(let number): Self.line(":", String(number))
        case .bulkString(let bytes): Self.text("$", bytes)
        case .null: Self.line("_", "")
        case .array(let elements): Self.aggregate("*", elements, elements.count)
        case .map(let elements): Self.aggregate("%", elements, elements.count / 2)
        case .set(let elements): Self.aggregate("~", elements, elements.count)
        case .push(let elements): Self.aggregate(">", elements, elements.count)
        case .double(let digits): Self.line(",", digits)
        case .boolean(let isTrue): Self.line("#", isTrue ? "t" : "f")
        case .bigNumber(let digits): Self.line("(", digits)
        case .verbatimString(let format, let bytes):
            Self.text("=", Array("\(format):".utf8) + bytes)
        }
    }

    private static func line(_ type: String, _ text: String) -> [UInt8] {
        Array("\(type)\(text)\r\n".utf8)
    }

    private static func text(_ type: String, _ bytes: [UInt8]) -> [UInt8] {
        line(type, String(bytes.count)) + bytes + Array("\r\n".utf8)
    }

    private static func aggregate(_ type: String, _ elements: [RESPValue], _ count: Int) -> [UInt8]
    {
        line(type, String(count)) + elements.flatMap(\.encoded)
    }
}
