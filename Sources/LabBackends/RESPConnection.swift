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

    /// Connects; gives up after `timeout`.
    package init(to address: NodeAddress, timeout: Duration = .seconds(5)) throws(LabError) {
        self.address = address
        do throws(ClientSocket.Failure) {
            socket = try ClientSocket(host: address.host, port: address.port, timeout: timeout)
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
        try write(encodeRequest(arguments))
        while true {
            let reply = try receive()
            if case .push = reply, !Self.isAnsweredByPush(arguments) { continue }
            return reply
        }
    }

    /// Waits for the next reply or push message without sending anything.
    package func receive() throws(LabError) -> RESPValue {
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

    package func close() {
        socket?.close()
        socket = nil
    }

    package func write(_ bytes: [UInt8]) throws(LabError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try withSocket { socket throws(ClientSocket.Failure) in
                let count = try socket.send(rest)
                if count == 0 { _ = try socket.wait(for: .writable) }
                return count
            }
            rest = rest.dropFirst(count)
        }
    }

    /// What the parser has read already does not come again: only between replies is there none of that.
    package func readBytes() throws(LabError) -> [UInt8] {
        let bytes = try withSocket { socket throws(ClientSocket.Failure) in
            _ = try socket.wait(for: .readable)
            return try socket.receive() ?? []
        }
        guard !bytes.isEmpty else {
            close()
            throw .connectionLost(address)
        }
        return bytes
    }

    private func withSocket<Result>(
        _ body: (ClientSocket) throws(ClientSocket.Failure) -> Result
    ) throws(LabError) -> Result {
        guard let socket else { throw .connectionLost(address) }
        do throws(ClientSocket.Failure) {
            return try body(socket)
        } catch {
            close()
            throw error.isInterruption ? .interrupted : .connectionLost(address)
        }
    }

    /// In RESP3 these are confirmed by push messages, everything else by replies.
    static func isAnsweredByPush(_ arguments: [[UInt8]]) -> Bool {
        guard let name = arguments.first else { return false }
        return String(decoding: name, as: UTF8.self).lowercased().hasSuffix("subscribe")
    }
}
