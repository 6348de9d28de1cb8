import Lab
import RESP

extension CLISession {
    /// Connects, says who it is, and selects database and protocol (`cliConnect`). Nothing happens when there is
    /// a connection already.
    ///
    /// - Parameters:
    ///   - isForced: whether a connection that is there is replaced.
    ///   - isQuiet: whether a server that does not answer goes without saying.
    /// - Returns: false when that failed. There may be a connection even so, on which nothing is granted.
    @discardableResult
    package mutating func connect(isForced: Bool = false, isQuiet: Bool = false) -> Bool {
        if connection == nil || isForced {
            if connection != nil {
                connection = nil
                database = 0
                isInTransaction = false
            }
            guard open(isQuiet: isQuiet), authenticate(), select(), switchProtocol() else {
                return false
            }
        }
        if options.showsPushes { connection?.pushes = printedPushes }
        return true
    }

    /// Where the next connection goes to. A redirect leads away from a Unix socket.
    private var endpoint: StreamEndpoint {
        let address: StreamEndpoint.Address =
            if let socket = options.socket {
                .unix(path: socket)
            } else {
                .tcp(host: options.host, port: options.port)
            }
        return StreamEndpoint(address, tlsOptions: options.tls)
    }

    private mutating func open(isQuiet: Bool) -> Bool {
        do throws(StreamFailure) {
            let opened = CLIConnection(try system.connect(endpoint))
            opened.endsWaitAtSignal = handlesInterrupts
            connection = opened
            return true
        } catch {
            trouble =
                error.kind == .interrupted
                ? .interrupted : .refused(address, reason: error.reason)
            if error.kind == .unsecured {
                output.complain("Could not negotiate a TLS connection: \(error.reason)\n")
            } else if !isQuiet {
                output.complain("Could not connect to Redis at \(endpoint): \(error.reason)\n")
            }
            return false
        }
    }

    private func authenticate() -> Bool {
        guard let password = options.password else { return true }
        let words = [Array("AUTH".utf8)] + (options.user.map { [$0] } ?? []) + [password]
        return request(words) { "AUTH failed: \($0)" }
    }

    /// Selects the wanted database where it is not the connection's.
    mutating func select() -> Bool {
        let wanted = options.database
        guard wanted != database else { return true }
        let words = [Array("SELECT".utf8), Array(String(wanted).utf8)]
        guard request(words, onError: { "SELECT \(wanted) failed: \($0)" }) else { return false }
        database = wanted
        return true
    }

    private func switchProtocol() -> Bool {
        guard options.resp3 != .none, !options.speaksRESP2 else { return true }
        var isRefused = false
        let isDone = request([Array("HELLO".utf8), Array("3".utf8)]) {
            isRefused = true
            return "HELLO 3 failed: \($0)"
        }
        return isDone || isRefused && options.resp3 == .implicit
    }

    /// Before a command that an ASK has sent here.
    func sayAsking() -> Bool {
        guard connection != nil else { return false }
        return request([Array("ASKING".utf8)]) { "ASKING failed: \($0)" }
    }

    /// A command of redis-cli's own; an error reply is complained about.
    private func request(_ arguments: [[UInt8]], onError: (String) -> String) -> Bool {
        do throws(CLIConnection.Failure) {
            guard let connection else { return false }
            guard case .error(let message) = try connection.request(arguments) else { return true }
            output.complain(onError(message) + "\n")
        } catch {
            output.complain("\nI/O error\n")
        }
        return false
    }

    /// Pushes are printed as they come.
    var printedPushes: CLIConnection.PushHandling {
        .handed { [output, format = options.format] push in
            do throws(CLIExit) {
                output.print(try format.text(ofPush: push))
            } catch {
                output.complain(error.complaint)
            }
        }
    }

    /// `cliPrintContextError`: what ended the connection, if anything did.
    func printFailure() {
        guard let failure = connection?.failure else { return }
        output.complain("Error: \(failure.text)\n")
    }
}
