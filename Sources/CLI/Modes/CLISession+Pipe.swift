import Lab
import RESP

// `--pipe`.
extension CLISession {
    /// Sends standard input, which is the protocol already, and counts the replies.
    mutating func pipe() throws(CLIExit) -> Int32 {
        guard let connection else { return 1 }
        var transfer = PipeTransfer()
        while !transfer.isDone {
            let ready: StreamEvents
            do throws(CLIConnection.Failure) {
                ready = try connection.wait(for: transfer.awaited, timeout: .seconds(1))
                if ready.contains(.readable) { try receive(&transfer, connection) }
            } catch {
                // A server that closes the door has had its replies shown, and nothing is left to say.
                guard case .malformed = error else { throw CLIExit(status: 1) }
                throw .refused("Error reading replies from server")
            }
            if ready.contains(.writable), !transfer.isDone { try send(&transfer, connection) }
            let silence = transfer.lastReply.duration(to: system.now())
            if transfer.hasSentAll, options.pipeTimeout > 0,
                silence > .seconds(options.pipeTimeout)
            {
                output.complain("No replies for \(options.pipeTimeout) seconds: exiting.\n")
                transfer.errors += 1
                break
            }
        }
        output.print("errors: \(transfer.errors), replies: \(transfer.replies)\n")
        return transfer.errors == 0 ? 0 : 1
    }

    private func receive(
        _ transfer: inout PipeTransfer, _ connection: CLIConnection
    ) throws(CLIConnection.Failure) {
        _ = try connection.receiveSome()
        while let reply = try connection.parsedReply() {
            transfer.lastReply = system.now()
            if case .error(let message) = reply { output.complain(message + "\n") }
            if transfer.note(reply) { output.print("Last reply received from server.\n") }
        }
    }

    /// Sends until the system takes no more, or until the server's replies have to be seen to.
    private func send(_ transfer: inout PipeTransfer, _ connection: CLIConnection) throws(CLIExit) {
        var sent = 0
        repeat {
            if transfer.outgoing.isEmpty, !transfer.hasReadAll { try load(&transfer) }
            do throws(CLIConnection.Failure) {
                let count = try connection.sendSome(transfer.outgoing)
                transfer.outgoing.removeFirst(count)
                sent += count
            } catch {
                throw .refused("Error writing to the server: \(error.text)")
            }
        } while transfer.outgoing.isEmpty && !transfer.hasReadAll && sent <= PipeTransfer.batch
    }

    private func load(_ transfer: inout PipeTransfer) throws(CLIExit) {
        do throws(StreamFailure) {
            let bytes = try system.readInput(PipeTransfer.chunk)
            guard bytes.isEmpty else { return transfer.outgoing = bytes[...] }
        } catch {
            throw .refused("Error reading from stdin: \(error.reason)")
        }
        transfer.finish()
        output.print("All data transferred. Waiting for the last reply...\n")
    }
}

/// What has gone out and come back.
private struct PipeTransfer {
    var outgoing: ArraySlice<UInt8> = []
    var errors = 0
    private(set) var replies = 0
    private(set) var hasReadAll = false
    private(set) var isDone = false
    var lastReply = ContinuousClock.now
    /// What the ECHO behind everything is to bring back.
    private let magic = (0..<20).map { _ in UInt8.random(in: .min ... .max) }

    static let chunk = 16 * 1024
    static let batch = 128 * 1024

    var hasSentAll: Bool { hasReadAll && outgoing.isEmpty }
    var awaited: StreamEvents { hasSentAll ? .readable : [.readable, .writable] }

    /// The CRLF in front ends whatever garbage stands at the input's end.
    mutating func finish() {
        hasReadAll = true
        let echo = Array("\r\n*2\r\n$4\r\nECHO\r\n$20\r\n".utf8) + magic
        outgoing = (echo + Array("\r\n".utf8))[...]
    }

    /// True for the last reply of all.
    mutating func note(_ reply: RESPValue) -> Bool {
        if case .error = reply { errors += 1 }
        if hasReadAll, case .bulkString(magic) = reply {
            isDone = true
            return true
        }
        replies += 1
        return false
    }
}
