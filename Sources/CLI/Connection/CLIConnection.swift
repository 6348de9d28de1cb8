import CLibedit
import Lab
import RESP

/// A client connection with redis-cli's habits: commands may be queued before their replies are read, pushes
/// go where they are wanted, and what ended it is kept.
final class CLIConnection {
    private let stream: any ByteStream
    private var parser = RESPParser(knowsAttributes: false)
    private var outgoing: [UInt8] = []
    /// What made the connection unusable.
    private(set) var failure: Failure?
    var pushes = PushHandling.dropped
    /// Whether a signal ends a wait. Otherwise it goes on.
    var endsWaitAtSignal = false
    /// How long a reply may keep one waiting; nil for ever.
    var patience: Duration?

    /// What ended a wait for a reply.
    enum Failure: Error, Hashable {
        /// The peer closed the connection.
        case closed
        case system(StreamFailure)
        case malformed(String)

        /// What redis-cli says after `Error: `.
        var text: String {
            switch self {
            case .closed: "Server closed the connection"
            case .system(let failure): failure.reason
            case .malformed(let text): text
            }
        }
    }

    /// What becomes of out-of-band data.
    enum PushHandling {
        case dropped
        /// It counts as a reply.
        case delivered
        case handed((RESPValue) -> Void)
    }

    private static let readSize = 16 * 1024
    private static let slice = Duration.milliseconds(100)
    private static let interruption = StreamFailure(kind: .interrupted, reason: "Interrupted")

    init(_ stream: any ByteStream) {
        self.stream = stream
    }

    deinit {
        stream.close()
    }

    /// Whether the next command finds the connection open.
    var isUsable: Bool {
        switch failure {
        case nil, .malformed: true
        case .closed, .system: false
        }
    }

    /// Puts a command behind those that wait to be sent.
    func queue(_ arguments: [[UInt8]]) {
        outgoing += encodeRequest(arguments)
    }

    /// Sends what is queued and waits for the next reply.
    func reply() throws(Failure) -> RESPValue {
        if let failure { throw failure }
        try flush()
        while true {
            if let reply = try parsedReply() { return reply }
            parser.append(try read(atMost: Self.readSize))
        }
    }

    /// A command and its reply.
    func request(_ arguments: [[UInt8]]) throws(Failure) -> RESPValue {
        queue(arguments)
        return try reply()
    }

    /// The same with arguments that are text.
    func request(_ arguments: String...) throws(Failure) -> RESPValue {
        try request(arguments.map { Array($0.utf8) })
    }

    /// Sends bytes that are no command of this class' making.
    func write(_ bytes: [UInt8]) throws(Failure) {
        outgoing += bytes
        try flush()
    }

    /// Waits for bytes that are no reply, at most so many.
    func read(atMost count: Int) throws(Failure) -> [UInt8] {
        while true {
            if let bytes = try receive(atMost: count) { return bytes }
            let found = try wait(for: .readable, timeout: patience)
            if found.isEmpty, patience != nil {
                throw keep(.system(StreamFailure(reason: "Connection timed out")))
            }
        }
    }

    // MARK: - Without waiting

    /// Waits until something can be read or, where wanted, written; empty when the time is over before.
    func wait(for events: StreamEvents, timeout: Duration? = nil) throws(Failure) -> StreamEvents {
        while true {
            if endsWaitAtSignal, take_interrupt() { throw .system(Self.interruption) }
            // A signal may come right before the wait and end nothing: it is looked for now and then.
            let slice = endsWaitAtSignal ? Self.slice : timeout
            do throws(StreamFailure) {
                let found = try stream.wait(for: events, timeout: slice)
                if !found.isEmpty || timeout != nil { return found }
            } catch {
                if error.kind != .interrupted { throw keep(.system(error)) }
            }
        }
    }

    /// Sends what fits now and returns its length.
    func sendSome(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
        do throws(StreamFailure) {
            return try stream.send(bytes)
        } catch {
            throw keep(.system(error))
        }
    }

    /// Takes in what has arrived; false when nothing has.
    func receiveSome() throws(Failure) -> Bool {
        guard let bytes = try receive(atMost: Self.readSize) else { return false }
        parser.append(bytes)
        return true
    }

    /// The next reply that has arrived as a whole.
    func parsedReply() throws(Failure) -> RESPValue? {
        do throws(RESPParser.Malformed) {
            while let reply = try parser.next() {
                guard case .push = reply else { return reply }
                switch pushes {
                case .dropped: continue
                case .delivered: return reply
                case .handed(let body): body(reply)
                }
            }
            return nil
        } catch {
            throw keep(.malformed(malformation))
        }
    }

    private func flush() throws(Failure) {
        while !outgoing.isEmpty {
            let count = try sendSome(outgoing[...])
            outgoing.removeFirst(count)
            if count == 0 { _ = try wait(for: .writable) }
        }
    }

    private func receive(atMost count: Int) throws(Failure) -> [UInt8]? {
        do throws(StreamFailure) {
            guard let bytes = try stream.receive(atMost: count) else { return nil }
            if !bytes.isEmpty { return bytes }
        } catch {
            throw keep(.system(error))
        }
        throw keep(.closed)
    }

    private func keep(_ failure: Failure) -> Failure {
        self.failure = failure
        return failure
    }

    /// In hiredis' words.
    private var malformation: String {
        guard let type = parser.unknownType else { return "Protocol error" }
        return "Protocol error, got \(RESPValue.quoted([type])) as reply type byte"
    }
}
