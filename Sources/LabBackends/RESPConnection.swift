package import Lab
package import RESP

/// A blocking client connection over TCP to one node.
///
/// A signal that the program catches (Ctrl-C) ends a wait with `LabError.interrupted`. The connection
/// is closed then, and after every other failure: a reply that came late would be taken for the next
/// command's.
package final class RESPConnection: ByteConnection {
    package let address: NodeAddress
    private var socket: ClientSocket?
    private var parser = RESPParser()
    /// How long a reply may take where nothing is said with the command; nil for as long as it likes, as blocking commands
    /// do.
    package var replyLimit: Duration?
    /// How long the awaited reply may take, and when that is over.
    private var patience: (limit: Duration, end: ContinuousClock.Instant)?

    /// Commands that are sent before the first reply is read.
    private static let batchSize = 2048

    /// Connects; gives up after `timeout`.
    package convenience init(
        to address: NodeAddress, timeout: Duration = .seconds(5)
    ) throws(LabError) {
        try self.init(to: address) { () throws(ClientSocket.Failure) in
            try ClientSocket(host: address.host, port: address.port, timeout: timeout)
        }
    }

    /// Takes a socket that leads to the address on a way of its own.
    package init(
        to address: NodeAddress, through open: () throws(ClientSocket.Failure) -> ClientSocket
    ) throws(LabError) {
        self.address = address
        do throws(ClientSocket.Failure) {
            socket = try open()
        } catch {
            throw error.isInterruption
                ? .interrupted : .refused(address, reason: error.reason)
        }
    }

    deinit {
        close()
    }

    /// Out-of-band data that comes before the reply is passed over.
    package func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
        try send(arguments, within: nil)
    }

    package func send(
        _ arguments: [[UInt8]], within limit: Duration?
    ) throws(LabError) -> RESPValue {
        try patiently(within: limit) { () throws(LabError) in
            try write(encodeRequest(arguments))
            while true {
                let reply = try receive()
                if case .push = reply, !Self.isAnsweredByPush(arguments) { continue }
                return reply
            }
        }
    }

    package func send(
        _ commands: [[[UInt8]]], within limit: Duration
    ) throws(LabError) -> [RESPValue] {
        try patiently(within: limit) { () throws(LabError) in
            // So many at a time that neither side's buffers fill up with what the other has not read.
            var replies: [RESPValue] = []
            var rest = commands[...]
            while !rest.isEmpty {
                let batch = rest.prefix(Self.batchSize)
                rest = rest.dropFirst(batch.count)
                try write(batch.flatMap { encodeRequest($0) })
                let awaited = replies.count + batch.count
                while replies.count < awaited {
                    let reply = try receive()
                    if case .push = reply { continue }
                    replies.append(reply)
                }
            }
            return replies
        }
    }

    /// Waits for the next reply or push message without sending anything.
    package func receive() throws(LabError) -> RESPValue {
        try patiently(within: nil) { () throws(LabError) in
            while true {
                do throws(RESPParser.Malformed) {
                    if let reply = try parser.next() { return reply }
                } catch {
                    close()
                    throw .malformedReply(address)
                }
                parser.append(try readBytes())
            }
        }
    }

    package func close() {
        socket?.close()
        socket = nil
    }

    package func write(_ bytes: [UInt8]) throws(LabError) {
        try patiently(within: nil) { () throws(LabError) in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = try withSocket { socket throws(ClientSocket.Failure) in
                    try socket.send(rest)
                }
                if count == 0 { try wait(for: .writable) }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// What the parser has read already does not come again: only between replies is there none of that.
    package func readBytes() throws(LabError) -> [UInt8] {
        try patiently(within: nil) { () throws(LabError) in
            var received: [UInt8]?
            // What comes may be TLS' own, and nothing to be read.
            while received == nil {
                try wait(for: .readable)
                received = try withSocket { socket throws(ClientSocket.Failure) in
                    try socket.receive()
                }
            }
            guard let bytes = received, !bytes.isEmpty else {
                close()
                throw .connectionLost(address)
            }
            return bytes
        }
    }

    /// Does what has to be over by then, unless it is a part of what has an end already.
    private func patiently<Result>(
        within limit: Duration?, _ body: () throws(LabError) -> Result
    ) throws(LabError) -> Result {
        guard patience == nil else { return try body() }
        patience = (limit ?? replyLimit).map { ($0, .now + $0) }
        defer { patience = nil }
        return try body()
    }

    private func wait(for event: ClientSocket.Events) throws(LabError) {
        let left = patience.map { max(.zero, ContinuousClock.now.duration(to: $0.end)) }
        let found = try withSocket { socket throws(ClientSocket.Failure) in
            try socket.wait(for: event, timeout: left)
        }
        guard found.isEmpty, let patience else { return }
        close()
        throw .silent(address, for: patience.limit)
    }

    private func withSocket<Result>(
        _ body: (ClientSocket) throws(ClientSocket.Failure) -> Result
    ) throws(LabError) -> Result {
        guard let socket else { throw .connectionLost(address) }
        do throws(ClientSocket.Failure) {
            return try body(socket)
        } catch {
            close()
            if error.isInterruption { throw .interrupted }
            throw error.code == 0
                ? .refused(address, reason: error.reason) : .connectionLost(address)
        }
    }

    /// In RESP3 these are confirmed by push messages, everything else by replies.
    static func isAnsweredByPush(_ arguments: [[UInt8]]) -> Bool {
        guard let name = arguments.first else { return false }
        return String(decoding: name, as: UTF8.self).lowercased().hasSuffix("subscribe")
    }
}
