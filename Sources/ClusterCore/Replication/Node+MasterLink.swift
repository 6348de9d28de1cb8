import Keyspace

/// How a replica comes by its master's data: the connection and what is said before the data
/// (`syncWithMaster` in replication.c).
extension Node {
    /// Begins an attempt (`connectWithMaster`).
    mutating func connectWithMaster() {
        guard let master = replication.master else { return }
        let stream = newStream()
        replication.master?.stream = stream
        replication.master?.input = []
        replication.master?.state = .connecting
        replication.master?.lastInteraction = now
        replication.master?.isElsewhere = false
        outbox.append(.open(stream, host: master.host, port: master.port))
        log(.notice, "MASTER <-> REPLICA sync started")
        updateRestrictions()
    }

    /// The connection is there.
    mutating func masterUp() {
        log(.notice, "Non blocking connect for SYNC fired the event.")
        replication.master?.lastInteraction = now
        replication.master?.state = .handshake([.ping])
        transmitToMaster("PING")
    }

    /// The connection is gone, or could not be made.
    mutating func masterDown(reason: String) {
        replication.master?.stream = nil
        guard let master = replication.master else { return }
        switch master.state {
        case .waiting: break
        case .connecting:
            log(.warning, "Error condition on socket for SYNC: \(reason)")
            waitForMaster()
        case .handshake:
            log(.warning, "Master did not respond to command during SYNC handshake")
            waitForMaster()
        case .transfer:
            log(.warning, "I/O error trying to sync with MASTER: connection lost")
            waitForMaster()
            reconnect(after: "failure")
        case .connected: loseMaster()
        }
    }

    /// Says what becomes of a link that was in sync.
    mutating func reportLostMaster() {
        log(.warning, "Connection with master lost.")
        log(.notice, "Caching the disconnected master state.")
    }

    /// Keeps what is needed to go on later, and tries to at once (`replicationCacheMaster`).
    mutating func loseMaster() {
        reportLostMaster()
        waitForMaster()
        replication.master?.downSince = now
        reconnect(after: nil)
    }

    private mutating func reconnect(after event: String?) {
        guard let master = replication.master else { return }
        let suffix = event.map { " after \($0)" } ?? ""
        log(.notice, "Reconnecting to MASTER \(master.host):\(master.port)\(suffix)")
        connectWithMaster()
    }

    /// Gives the attempt up; the cron begins the next one.
    mutating func waitForMaster() {
        if let stream = replication.master?.stream { outbox.append(.shut(stream)) }
        replication.master?.stream = nil
        replication.master?.input = []
        replication.master?.state = .waiting
        updateRestrictions()
    }

    /// Takes bytes of the master.
    mutating func receiveFromMaster(_ bytes: [UInt8]) {
        replication.master?.lastInteraction = now
        replication.master?.input += bytes
        // What answers a question may be followed at once by what comes after it.
        while let master = replication.master, master.stream != nil {
            switch master.state {
            case .handshake(let questions):
                guard let question = questions.first, let line = takeLine() else { return }
                take(line, to: question)
            case .transfer(let transfer):
                guard receive(transfer) else { return }
            case .connected: return applyStream()
            case .waiting, .connecting: return
            }
        }
    }

    /// The next line of the master, without its end.
    mutating func takeLine() -> String? {
        guard let input = replication.master?.input, let end = input.firstIndex(of: 10) else {
            return nil
        }
        replication.master?.input.removeSubrange(...end)
        let line = input[..<end]
        return String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
    }

    // MARK: - Questions and answers

    private mutating func take(_ reply: String, to question: MasterLink.Question) {
        switch question {
        case .ping: takePong(reply)
        case .auth:
            guard !reply.hasPrefix("-") else {
                log(.warning, "Unable to AUTH to MASTER: \(reply)")
                return waitForMaster()
            }
            advanceHandshake()
        case .port, .address, .capabilities:
            if reply.hasPrefix("-") {
                log(
                    .notice,
                    "(Non critical) Master does not understand REPLCONF \(question.rawValue): \(reply)"
                )
            }
            advanceHandshake()
        case .psync: takeSynchronization(reply)
        }
    }

    private mutating func takePong(_ reply: String) {
        let isAnswer =
            reply.hasPrefix("+") || reply.hasPrefix("-NOAUTH") || reply.hasPrefix("-NOPERM")
            || reply.hasPrefix("-ERR operation not permitted")
        guard isAnswer else {
            log(.warning, "Error reply to PING from master: '\(reply)'")
            return waitForMaster()
        }
        log(.notice, "Master replied to PING, replication can continue...")
        var questions: [MasterLink.Question] = []
        if !configuration.masterauth.isEmpty {
            let user = configuration.masteruser
            transmitToMaster(
                ["AUTH"] + (user.isEmpty ? [] : [user]) + [configuration.masterauth])
            questions.append(.auth)
        }
        transmitToMaster("REPLCONF", "listening-port", String(announcedReplicaPort))
        questions.append(.port)
        if !configuration.replicaAnnounceIP.isEmpty {
            transmitToMaster("REPLCONF", "ip-address", configuration.replicaAnnounceIP)
            questions.append(.address)
        }
        transmitToMaster("REPLCONF", "capa", "eof", "capa", "psync2")
        questions.append(.capabilities)
        replication.master?.state = .handshake(questions)
    }

    private var announcedReplicaPort: Int {
        if configuration.replicaAnnouncePort != 0 { return configuration.replicaAnnouncePort }
        let isSecure = configuration.tls.replication && configuration.tls.port != 0
        return isSecure ? configuration.tls.port : configuration.port
    }

    /// Goes to the next question, the last of which is for the data.
    private mutating func advanceHandshake() {
        guard case .handshake(let questions) = replication.master?.state else { return }
        guard questions.count == 1 else {
            replication.master?.state = .handshake(Array(questions.dropFirst()))
            return
        }
        if replication.hasHistory {
            let offset = replication.offset + 1
            log(
                .notice,
                "Trying a partial resynchronization (request \(replication.id):\(offset)).")
            transmitToMaster("PSYNC", replication.id, String(offset))
        } else {
            log(.notice, "Partial resynchronization not possible (no cached master)")
            transmitToMaster("PSYNC", "?", "-1")
        }
        replication.master?.state = .handshake([.psync])
    }

    /// The answer to PSYNC (`slaveTryPartialResynchronization`). Empty lines keep the connection alive meanwhile.
    private mutating func takeSynchronization(_ reply: String) {
        if reply.isEmpty { return }
        let words = reply.split(separator: " ").map(String.init)
        if words[0] == "+FULLRESYNC" {
            beginTransfer(words)
        } else if words[0] == "+CONTINUE" {
            goOn(withID: words.count > 1 ? words[1] : nil)
        } else if reply.hasPrefix("-NOMASTERLINK") || reply.hasPrefix("-LOADING") {
            log(
                .notice,
                "Master is currently unable to PSYNC but should be in the future: \(reply)")
            waitForMaster()
        } else {
            if reply.hasPrefix("-ERR") {
                log(
                    .notice,
                    "Master does not support PSYNC or is in error state (reply: \(reply))")
            } else {
                log(.warning, "Unexpected reply to PSYNC from master: \(reply)")
            }
            log(.notice, "Retrying with SYNC...")
            transmitToMaster("SYNC")
            replication.master?.state = .transfer(MasterLink.Transfer(history: nil))
        }
    }

    private mutating func beginTransfer(_ words: [String]) {
        var history: MasterLink.Transfer.History?
        if words.count == 3, words[1].utf8.count == NodeID.length, let offset = Int64(words[2]) {
            history = MasterLink.Transfer.History(id: words[1], offset: offset)
            log(.notice, "Full resync from master: \(words[1]):\(offset)")
        } else {
            log(.warning, "Master replied with wrong +FULLRESYNC syntax.")
        }
        replication.master?.state = .transfer(MasterLink.Transfer(history: history))
    }

    /// The master goes on from where this node is; under another id if it has a new one.
    private mutating func goOn(withID id: String?) {
        log(.notice, "Successful partial resynchronization with master.")
        if let id, id.utf8.count == NodeID.length, id != replication.id {
            log(.warning, "Master replication ID changed to \(id)")
            replication.shiftHistory(to: id)
            // They have to learn of it.
            dropReplicas()
        }
        connected()
        if replication.backlog == nil { createBacklog() }
        log(
            .notice,
            "MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.")
    }

    /// The replica is in sync.
    mutating func connected() {
        replication.hasHistory = true
        replication.master?.state = .connected
        replication.master?.downSince = nil
        replication.master?.lastInteraction = now
        updateRestrictions()
    }

    // MARK: - Once a second

    /// What a replica does about its master once a second.
    mutating func runMasterCron() {
        guard let master = replication.master else { return }
        let isSilent =
            master.lastInteraction.duration(to: now) > .seconds(configuration.replTimeout)
        switch master.state {
        case .waiting:
            log(.notice, "Connecting to MASTER \(master.host):\(master.port)")
            connectWithMaster()
        case .connecting, .handshake:
            guard isSilent else { return }
            log(.warning, "Timeout connecting to the MASTER...")
            waitForMaster()
            reconnect(after: "failure")
        case .transfer:
            guard isSilent else { return }
            log(
                .warning,
                "Timeout receiving bulk data from MASTER... If the problem persists try to set the "
                    + "'repl-timeout' parameter in redis.conf to a larger value.")
            waitForMaster()
            reconnect(after: "failure")
        case .connected:
            if isSilent {
                log(.warning, "MASTER timeout: no data nor PING received...")
                loseMaster()
            } else {
                sendAcknowledgement()
            }
        }
    }

    /// Tells the master how much of its stream is processed.
    mutating func sendAcknowledgement() {
        let ahead: Int64 = configuration.flaws.contains(.acknowledgesEarly) ? 1000 : 0
        transmitToMaster("REPLCONF", "ACK", String(replication.offset + ahead))
    }

    private mutating func transmitToMaster(_ words: String...) { transmitToMaster(words) }

    private mutating func transmitToMaster(_ words: [String]) {
        guard let stream = replication.master?.stream else { return }
        var bytes: [UInt8] = []
        bytes.appendCommand(words)
        outbox.append(.transmit(stream, bytes))
    }
}
