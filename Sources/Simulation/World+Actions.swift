import ClusterCore
import RESP

/// What a driver does for its node.
extension World {
    /// Does what the node has asked for in its last step, in that order.
    mutating func perform(for host: Int) {
        guard !actions.isEmpty else { return }
        var batch: [Action] = []
        swap(&batch, &actions)
        // Of a step that is cut short replicas may still hear.
        if hosts[host].crashAfterActions != nil, settings.isChecked { examineData(of: host) }
        for (index, action) in batch.enumerated() {
            if let limit = hosts[host].crashAfterActions, index >= limit, index > 0 {
                crash(host, losesPower: false)
                break
            }
            perform(action, for: host)
        }
        batch.removeAll(keepingCapacity: true)
        if actions.isEmpty { swap(&batch, &actions) }
    }

    private mutating func perform(_ action: Action, for host: Int) {
        switch action {
        case .close(let client), .drop(let client): endClient(client, of: host)
        case .resume(let client): later(.resume(client), for: host)
        case .resumeAll: later(.resumeAll, for: host)
        case .complete(let client): later(.complete(client), for: host)
        case .write(let client, let bytes): write(bytes, to: client, of: host)
        case .connect(let link, let address, let port):
            let connection = open(
                .link(host: host, link), to: address, port: port, expectsBus: true)
            hosts[host].links[link] = connection
        case .disconnect(let link):
            guard let connection = hosts[host].links.remove(link) else { return }
            close(connection, by: side(of: connection, host: host, link: link))
        case .send(let link, let message):
            guard let connection = hosts[host].links[link] else { return }
            let side = side(of: connection, host: host, link: link)
            if settings.isChecked { examine(message, from: host, over: connection, side) }
            send(.message(message), over: connection, from: side)
        case .open(let stream, let address, let port):
            let connection = open(
                .stream(host: host, stream), to: address, port: port, expectsBus: false)
            hosts[host].streams[stream] = connection
        case .transmit(let stream, let bytes):
            guard let connection = hosts[host].streams[stream] else { return }
            send(.bytes(bytes, sent: time), over: connection, from: .opener)
        case .shut(let stream):
            guard let connection = hosts[host].streams.removeValue(forKey: stream) else { return }
            close(connection, by: .opener)
        case .setTimer(let timer, let instant): set(timer, at: instant, of: host)
        case .save(let file, let contents, _, let client):
            save(file, contents, of: host)
            if let client { later(.complete(client), for: host) }
        case .dump(let snapshot): dump(snapshot, of: host)
        case .abandonDump: hosts[host].background = nil
        case .openAppendOnly(let base):
            let filename = hosts[host].node.configuration.appendfilename
            hosts[host].disk.openAppendOnly(base: base, filename: filename)
        case .append(let bytes, let isSynced):
            hosts[host].disk.append(bytes, isSynced: isSynced)
        case .syncAppendOnly: hosts[host].disk.syncAppendOnly()
        case .closeAppendOnly: hosts[host].disk.closeAppendOnly()
        case .log(let level, let line): trace.log(level, line, host, time)
        case .trace(let event): take(event, of: host)
        case .shutDown: later(.shutDown, for: host)
        }
    }

    private mutating func set(_ timer: TimerID, at instant: Instant, of host: Int) {
        hosts[host].timers[timer] = instant
        let due = max(time, hosts[host].clock.time(of: instant))
        queue.schedule(
            .timer(host: host, timer, at: instant, incarnation: hosts[host].incarnation), at: due)
    }

    private mutating func save(_ file: NodeFile, _ contents: String, of host: Int) {
        switch file {
        case .clusterConfiguration: hosts[host].disk.clusterConfiguration = contents
        case .configuration:
            hosts[host].disk.rewriteConfiguration(hosts[host].node.configuration, contents)
        }
    }

    private mutating func take(_ event: NodeEvent, of host: Int) {
        if settings.keepsEvents {
            events.append(ToldEvent(time: time, host: host, event: event))
        }
        if settings.isChecked { examine(event, of: host) }
    }

    /// A process ends of its own accord.
    mutating func end(_ host: Int) {
        if settings.keepsEvents { events.append(ToldEvent(time: time, host: host, event: nil)) }
        crash(host, losesPower: false)
    }

    // MARK: - Clients of a node

    mutating func later(_ deferred: Occurrence.Deferred, for host: Int) {
        queue.schedule(
            .later(host: host, incarnation: hosts[host].incarnation, deferred), at: time)
    }

    mutating func perform(_ deferred: Occurrence.Deferred, for host: Int) {
        switch deferred {
        case .resume(let client): consume(client, of: host)
        case .resumeAll:
            for client in hosts[host].served.keys.sorted(by: { $0.number < $1.number }) {
                consume(client, of: host)
            }
        case .complete(let client): complete(client, of: host)
        case .clientGone(let client): step(host, .clientGone(client))
        case .written(let snapshot): written(snapshot, of: host)
        case .shutDown: end(host)
        }
    }

    /// A client of a node; without a copy of the host, which has much to copy.
    private func served(_ client: ClientID, of host: Int) -> ServedClient? {
        let served = hosts[host].served
        return served[client]
    }

    /// Takes in what came for a client's connection.
    mutating func receive(_ bytes: [UInt8], from client: ClientID, of host: Int) {
        guard served(client, of: host)?.isClosing == false else { return }
        hosts[host].served[client]?.input += bytes
        consume(client, of: host)
    }

    /// Lets the node execute what a client has sent.
    private mutating func consume(_ client: ClientID, of host: Int) {
        while let served = served(client, of: host), !served.isClosing, !served.input.isEmpty,
            hosts[host].isUp, hosts[host].node.isServing(client)
        {
            var stream = ClientStream()
            stream.output.protocolVersion = served.protocolVersion
            let now = clockReading(of: host)
            let consumed = served.input.withUnsafeBufferPointer { input in
                input.baseAddress.map {
                    hosts[host].node.receive(
                        $0, count: input.count, from: client, stream: &stream, at: now,
                        into: &actions)
                } ?? 0
            }
            hosts[host].served[client]?.input.removeFirst(consumed)
            flush(&stream, to: client, of: host)
            perform(for: host)
            examine(host)
            if consumed == 0 { break }
        }
    }

    private mutating func complete(_ client: ClientID, of host: Int) {
        guard let served = served(client, of: host) else { return }
        var stream = ClientStream()
        stream.output.protocolVersion = served.protocolVersion
        hosts[host].node.complete(
            client, error: nil, stream: &stream, at: clockReading(of: host), into: &actions)
        flush(&stream, to: client, of: host)
        perform(for: host)
        examine(host)
    }

    private mutating func flush(
        _ stream: inout ClientStream, to client: ClientID, of host: Int
    ) {
        hosts[host].served[client]?.protocolVersion = stream.output.protocolVersion
        if stream.output.count > 0 { write(Array(stream.output.bytes), to: client, of: host) }
    }

    private mutating func write(_ bytes: [UInt8], to client: ClientID, of host: Int) {
        guard let served = served(client, of: host), !served.isClosing else { return }
        send(.bytes(bytes, sent: time), over: served.connection, from: .acceptor)
    }

    /// The node ends a client's connection.
    private mutating func endClient(_ client: ClientID, of host: Int) {
        guard let served = served(client, of: host), !served.isClosing else { return }
        hosts[host].served[client]?.isClosing = true
        close(served.connection, by: .acceptor)
        hosts[host].served[client] = nil
        later(.clientGone(client), for: host)
    }
}
