package import Lab
package import RESP

// The session at a prompt that is not redis-cli's own: whoever reads the lines hands over the commands one by one.
extension CLISession {
    /// A session that will connect to a node when it first has to.
    package init(
        at address: NodeAddress, followsRedirects: Bool, on system: CLISystem, output: CLIOutput
    ) {
        var options = CLIOptions(isOutputTerminal: true)
        options.host = address.host
        options.port = address.port
        options.followsRedirects = followsRedirects
        self.init(options: options, system: system, output: output)
        beEmbedded()
    }

    private mutating func beEmbedded() {
        isInteractive = true
        handlesInterrupts = true
        redirectLimit = CommandSession.redirectLimit
    }

    /// The current node.
    package var address: NodeAddress { NodeAddress(host: options.host, port: options.port) }

    /// Whether it follows MOVED and ASK.
    package var followsRedirects: Bool { options.followsRedirects }

    /// Whether the next command finds a connection.
    package var isConnected: Bool { connection != nil }

    /// Makes another node the current one; the next command, or `connect`, connects to it.
    package mutating func move(to address: NodeAddress) {
        options.socket = nil
        options.host = address.host
        options.port = address.port
        disconnect()
    }

    /// Goes on as a redis-cli that was started with these options.
    package mutating func restart(with options: CLIOptions) {
        disconnect()
        self.options = options
    }

    /// Closes the connection, and with it goes what it knew.
    package mutating func disconnect() {
        connection = nil
        stream = nil
        database = 0
        isInTransaction = false
    }

    /// Sends a command once, follows its redirects where that is wanted, and prints what redis-cli prints.
    /// - Returns: what came of it; nil where no reply came, for which `trouble` has the reason.
    /// - Throws: where redis-cli would end.
    package mutating func exchange(_ arguments: [[UInt8]]) throws(CLIExit) -> Exchange? {
        let asked = address
        (lastReply, isShuttingDown) = (nil, false)
        guard try issue(arguments, times: 1), let reply = lastReply else {
            disconnect()
            return nil
        }
        try showEndOfDebugging()
        return Exchange(
            address: asked, arguments: arguments, redirects: redirects, answeredBy: address,
            reply: reply)
    }

    /// Prints a reply that came another way, as if it were the answer to these arguments here.
    package func show(_ reply: RESPValue, to arguments: [[UInt8]] = []) {
        do throws(CLIExit) {
            output.print(
                try options.format.text(
                    of: reply, isVerbatim: RESPValue.isPrintedRaw(repliesTo: arguments)))
        } catch {
            output.end(error)
        }
        output.flush()
    }
}
