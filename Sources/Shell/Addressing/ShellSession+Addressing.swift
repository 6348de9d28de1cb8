import CLI
import Lab
import Lessons
import RESP

// `@7003 ROLE`, `@all DBSIZE`: commands for nodes that are not the current one.
extension ShellSession {
    /// A SCAN is followed to its end, but no further than this many calls a node.
    private static let scanLimit = 100_000
    /// Every command but these is answered by then, unless the node is frozen or busy.
    private static let patience = Duration.seconds(3)
    /// Commands that wait for something else, or do what may take long.
    private static let patient: Set = [
        "blpop", "brpop", "blmove", "brpoplpush", "blmpop", "bzpopmin", "bzpopmax", "bzmpop",
        "xread",
        "xreadgroup", "wait", "debug", "shutdown", "migrate", "restore", "save", "flushall",
        "flushdb",
        "eval", "evalsha", "eval_ro", "evalsha_ro", "fcall", "fcall_ro", "exec", "keys", "sort",
    ]

    /// Runs a line that begins with `@` at every node that it means, and goes on where one fails.
    mutating func runAddressed(_ line: String) {
        do throws(NodeSelector.Unknown) {
            let (selector, command) = try NodeSelector.split(line)
            let arguments = try self.arguments(of: command, after: line)
            let view = LiveView(of: cluster, at: session.address)
            let addresses = try selector.addresses(in: view)
            run(arguments, at: addresses, view)
        } catch {
            fail(error.sentence)
        }
    }

    private func arguments(
        of command: String, after line: String
    ) throws(NodeSelector.Unknown) -> [[UInt8]] {
        guard let arguments = splitArguments(command.utf8) else {
            throw NodeSelector.Unknown(sentence: "Invalid argument(s)")
        }
        let selector = line.prefix { !$0.isWhitespace }
        guard let first = arguments.first else {
            throw NodeSelector.Unknown(
                sentence:
                    "\(selector) wants a command behind it, such as \(selector) ROLE; connect PORT goes there."
            )
        }
        let word = String(decoding: first, as: UTF8.self).lowercased()
        guard !LabWord.names.contains(word) else {
            throw NodeSelector.Unknown(
                sentence:
                    "\(word) is a word of the lab. Behind \(selector) stand commands of Redis.")
        }
        guard !CLISession.isEndless(arguments) else {
            throw NodeSelector.Unknown(
                sentence:
                    "\(word.uppercased()) keeps receiving: go to the node with connect PORT first.")
        }
        return arguments
    }

    private mutating func run(
        _ arguments: [[UInt8]], at addresses: [NodeAddress], _ view: LiveView
    ) {
        let listsKeys = Tally.listsKeys(arguments) && addresses.count > 1
        var replies: [Tally.Reply] = []
        var trouble: LastLine?
        var exchanges: [Exchange] = []
        for address in addresses {
            guard !lines.takeInterrupt() else { break }
            // It has had its time already, when it was asked for its view.
            if let opinion = view.opinion(of: address), opinion.isFrozen,
                let error = opinion.failure
            {
                say(error, of: address, arguments)
                trouble = trouble ?? last
                continue
            }
            guard let exchange = ask(address, arguments, isWhole: listsKeys) else {
                trouble = trouble ?? last
                continue
            }
            let reply = exchange.reply
            exchanges.append(exchange)
            if reply.errorCode != nil { trouble = trouble ?? .reply(exchange) }
            let keys = listsKeys ? reply.elements : nil
            if let keys {
                terminal.writeLine("\(address): \(keys.count) key\(keys.count == 1 ? "" : "s")")
            } else {
                terminal.writeLine("\(address):")
                session.show(reply, to: arguments)
                if RESPValue.isPrintedRaw(repliesTo: arguments), !reply.endsLine {
                    terminal.writeLine()
                }
            }
            replies.append(
                Tally.Reply(
                    address: address, isReplica: view.node(at: address)?.isReplica ?? false,
                    value: reply))
        }
        show(Tally(of: arguments, replies), listsKeys: listsKeys)
        // A check looks when all has been said and done.
        note(exchanges)
        if exchanges.count > 1 { last = .replies(exchanges) }
        if let trouble { last = trouble }
    }

    private func show(_ tally: Tally, listsKeys: Bool) {
        if let line = tally.line { terminal.writeLine(line) }
        guard listsKeys else { return }
        let repeated = tally.repeated
        terminal.writeLine(
            "together: \(tally.keys.count) key\(tally.keys.count == 1 ? "" : "s")"
                + (repeated > 0 ? "; \(repeated) came twice, for replicas hold copies" : ""))
        session.show(.array(tally.keys))
    }

    /// One node's reply, on the connection that is kept for it; nil when it gives none, which is said.
    /// - Parameter isWhole: a SCAN is followed to its end.
    private mutating func ask(
        _ address: NodeAddress, _ arguments: [[UInt8]], isWhole: Bool
    ) -> Exchange? {
        var used =
            addressed[address]
            ?? CommandSession(cluster: cluster, address: address, followsRedirects: false)
        defer { addressed[address] = used }
        do throws(LabError) {
            return try Self.run(arguments, on: &used, isWhole: isWhole)
        } catch {
            if case .connectionLost = error, Self.isShutdown(arguments) {
                terminal.writeLine("\(address): has shut down")
                last = .failure(error, at: address, arguments: arguments)
                return nil
            }
            say(error, of: address, arguments)
            return nil
        }
    }

    /// Says that a node gave no reply.
    private mutating func say(
        _ error: LabError, of address: NodeAddress, _ arguments: [[UInt8]]
    ) {
        let reason =
            error == .interrupted
            ? "no reply until Ctrl-C" : "does not answer (\(error.cause))"
        fail("\(address): \(reason)")
        last = .failure(error, at: address, arguments: arguments)
    }

    /// A node that was started anew gets a new connection, as with redis-cli. A whole SCAN from 0 goes on until
    /// the cursor is back at 0, and its keys are the reply.
    private static func run(
        _ arguments: [[UInt8]], on used: inout CommandSession, isWhole: Bool
    ) throws(LabError) -> Exchange {
        var exchange: Exchange
        let name = arguments.first.map { String(decoding: $0, as: UTF8.self).lowercased() } ?? ""
        let limit = patient.contains(name) ? nil : patience
        do throws(LabError) {
            exchange = try used.run(arguments, within: limit)
        } catch .connectionLost(let address) {
            guard !isShutdown(arguments) else { throw .connectionLost(address) }
            exchange = try used.run(arguments, within: limit)
        }
        guard isWhole, arguments.count > 1,
            String(decoding: arguments[0], as: UTF8.self).uppercased() == "SCAN",
            arguments[1] == Array("0".utf8)
        else { return exchange }
        var keys: [RESPValue] = []
        for _ in 0..<scanLimit {
            guard let parts = exchange.reply.elements, parts.count == 2, let cursor = parts[0].text,
                let page = parts[1].elements
            else { return exchange }
            keys += page
            guard cursor != "0" else { break }
            var further = arguments
            further[1] = Array(cursor.utf8)
            exchange = try used.run(further, within: limit)
        }
        exchange.reply = .array(keys)
        exchange.arguments = arguments
        return exchange
    }
}

extension RESPValue {
    /// Whether a text that is printed as it is ends its line by itself.
    fileprivate var endsLine: Bool { rawText.last == UInt8(ascii: "\n") }
}
