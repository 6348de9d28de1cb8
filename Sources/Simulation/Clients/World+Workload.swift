import ClusterCore
import Keyspace
import RESP

/// What clients do with the cluster, and what they remember of it.
extension World {
    /// Keys that a client uses at a time; every third is a counter.
    private static let keysPerClient = 6

    /// A client decides what to do next.
    mutating func beginWork(_ client: Int) {
        if client == administratorClient { return administrate() }
        guard !clients[client].isStopped else { return }
        provideKeys(client)
        let key = clients[client].keys[random.next(below: clients[client].keys.count)]
        let host = ledger.keys[key].lastHost ?? random.next(below: settings.nodes)
        if random.next(below: 10) < 4 {
            return begin(
                client, .read(key: key, required: ledger.keys[key].required),
                ["GET", ledger.keys[key].name], at: host)
        }
        let name = ledger.keys[key].name
        if ledger.keys[key].isCounter {
            begin(client, .increment(key: key), ["INCR", name], at: host)
        } else {
            let version = ledger.attempt(key)
            begin(
                client, .write(key: key, version: version), ["SET", name, "\(version)"], at: host)
        }
    }

    private mutating func provideKeys(_ client: Int) {
        clients[client].keys.removeAll { ledger.keys[$0].isRetired }
        while clients[client].keys.count < Self.keysPerClient {
            let isCounter = clients[client].keys.count % 3 == 2
            clients[client].keys.append(ledger.addKey(client: client, isCounter: isCounter))
        }
    }

    /// Writes down how a command ended, and goes on.
    mutating func conclude(
        _ client: Int, _ request: SimulatedClient.Request, _ outcome: SimulatedClient.Outcome
    ) {
        switch request.purpose {
        case .write(let key, let version):
            concludeWrite(client, key, version, at: request.host, outcome)
        case .increment(let key): concludeIncrement(key, at: request.host, outcome)
        case .read(let key, let required):
            concludeRead(key, required, request, outcome)
        case .wait(let key, let version, let executed):
            guard case .reply(let reply, _) = outcome, let count = reply.integer else { return }
            examineWait(key, version, replicas: Int(count), executed)
        case .administer: administratorHears(outcome)
        }
        learnHost(request, outcome)
    }

    private mutating func learnHost(
        _ request: SimulatedClient.Request, _ outcome: SimulatedClient.Outcome
    ) {
        guard let key = request.purpose.key else { return }
        if case .reply = outcome {
            ledger.keys[key].lastHost = request.host
        } else {
            ledger.keys[key].lastHost = nil
        }
    }

    private mutating func concludeWrite(
        _ client: Int, _ key: Int, _ version: Int64, at host: Int,
        _ outcome: SimulatedClient.Outcome
    ) {
        switch outcome {
        case .reply(_, let executed):
            ledger.acknowledge(key, version, host: host, executed: executed)
            audit(key)
            guard random.next(below: 5) == 0, !ledger.keys[key].isRetired else { return }
            begin(
                client, .wait(key: key, version: version, executed: executed),
                ["WAIT", "1", "300"], at: host)
        case .refused: break
        case .unknown: ledger.retire(key)
        }
    }

    private mutating func concludeIncrement(
        _ key: Int, at host: Int, _ outcome: SimulatedClient.Outcome
    ) {
        switch outcome {
        case .reply(let reply, let executed):
            guard let count = reply.integer else { return violate(.malformedReply(host: host)) }
            let last = ledger.keys[key].acknowledged.last?.version ?? 0
            if count > last + 1 { return violate(.countedTwice(key: ledger.keys[key].name)) }
            if count <= last {
                if ledger.keys[key].required >= count,
                    !isStale(host, for: ledger.keys[key].slot, at: executed)
                {
                    violate(.lostWrite(key: ledger.keys[key].name, found: count - 1, "INCR"))
                }
                // From here on its values would mean two things.
                return ledger.abandon(key)
            }
            ledger.acknowledge(key, count, host: host, executed: executed)
            audit(key)
        case .refused: break
        case .unknown: ledger.retire(key)
        }
    }

    private mutating func concludeRead(
        _ key: Int, _ required: Int64, _ request: SimulatedClient.Request,
        _ outcome: SimulatedClient.Outcome
    ) {
        guard case .reply(let reply, _) = outcome else { return }
        let found = reply == .null ? 0 : reply.integer ?? -1
        if found < 0 || found > ledger.keys[key].attempted {
            return violate(.inventedValue(key: ledger.keys[key].name))
        }
        // A master that was replaced may answer with old data for as long as it does not know.
        guard found < required, ledger.keys[key].required >= required,
            owner(of: ledger.keys[key].slot) == request.host,
            invariants.claims[request.host].since < request.begun
        else { return }
        violate(.lostWrite(key: ledger.keys[key].name, found: found, "GET"))
    }
}

extension SimulatedClient.Purpose {
    /// The key that it is about.
    var key: Int? {
        switch self {
        case .write(let key, _), .increment(let key), .read(let key, _), .wait(let key, _, _): key
        case .administer: nil
        }
    }
}
