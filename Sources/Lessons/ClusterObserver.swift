package import Lab
package import RESP

/// Asks the nodes on connections of its own, so that a check never disturbs the learner's.
package final class ClusterObserver {
    package let cluster: any LabCluster
    /// The cluster's writer, whose findings checks may ask for. It ends with the observer.
    package let writer: LabWriter
    /// Types what is no plain command of Redis; nil where nobody does.
    package var prompt: (any LabPrompt)?
    /// The line of a lesson's own that is being typed, or has just failed.
    package var obeyed: LabLine?
    private var watch: ClientWatch?
    private var connections: [NodeAddress: any LabConnection] = [:]

    /// How often each node has given no answer, since it gave one last.
    private var silences: [NodeAddress: Int] = [:]

    /// What is asked here takes a node no time: one that has not answered by then is frozen or busy.
    package static let patience = Duration.seconds(2)
    /// What one gets that has not answered; now and then it gets more.
    private static let impatience = Duration.milliseconds(200)
    private static let patientTurn = 8

    /// - Parameter writer: where another observer's writer was when the cluster was as it has been made again.
    package init(cluster: any LabCluster, resuming writer: LabWriter.Moment? = nil) {
        self.cluster = cluster
        self.writer = LabWriter(cluster, resuming: writer)
    }

    deinit {
        for connection in connections.values { connection.close() }
    }

    /// Other clients' commands, from when this is asked for first.
    var clients: ClientWatch {
        if let watch { return watch }
        let new = ClientWatch(cluster)
        watch = new
        return new
    }

    /// How much has happened up to now, for a journal that begins.
    package var now: Journal.Begin {
        var begin = Journal.Begin()
        begin.events = cluster.events?.count ?? 0
        begin.clientCommands = watch?.total ?? 0
        return begin
    }

    /// The same with the cluster as it is, for a step that begins.
    package var begin: Journal.Begin {
        var begin = now
        begin.table = (try? table()) ?? []
        return begin
    }

    /// The nodes that the lab started.
    package var nodes: [NodeAddress] { cluster.nodes }

    /// One reply; a node that was restarted since the last question gets a new connection.
    package func ask(_ address: NodeAddress, _ arguments: [String]) throws(LabError) -> RESPValue {
        let bytes = arguments.map { Array($0.utf8) }
        let limit = limit(for: address)
        return try withConnection(to: address) { connection throws(LabError) in
            try connection.send(bytes, within: limit)
        }
    }

    private func limit(for address: NodeAddress) -> Duration {
        silences[address, default: 0] % Self.patientTurn == 0 ? Self.patience : Self.impatience
    }

    /// The replies to several commands, which go out at once.
    package func ask(
        _ address: NodeAddress, all commands: [[[UInt8]]], within limit: Duration = .seconds(5)
    ) throws(LabError) -> [RESPValue] {
        try withConnection(to: address) { connection throws(LabError) in
            try connection.send(commands, within: limit)
        }
    }

    /// Remembers whether the node answers.
    private func withConnection<Answer>(
        to address: NodeAddress, _ body: (any LabConnection) throws(LabError) -> Answer
    ) throws(LabError) -> Answer {
        do throws(LabError) {
            let answer = try answer(of: address, body)
            silences[address] = nil
            return answer
        } catch {
            silences[address, default: 0] += 1
            throw error
        }
    }

    private func answer<Answer>(
        of address: NodeAddress, _ body: (any LabConnection) throws(LabError) -> Answer
    ) throws(LabError) -> Answer {
        if let connection = connections[address] {
            do throws(LabError) {
                return try body(connection)
            } catch .interrupted {
                throw .interrupted
            } catch .silent(let silent, let time) {
                connections[address] = nil
                throw .silent(silent, for: time)
            } catch {
                connection.close()
                connections[address] = nil
            }
        }
        let connection = try cluster.observe(address, within: limit(for: address))
        connections[address] = connection
        do throws(LabError) {
            return try body(connection)
        } catch {
            connection.close()
            connections[address] = nil
            throw error
        }
    }

    /// What one node, or the first that answers, believes about the cluster. Those that did not answer are asked last.
    package func table(of address: NodeAddress? = nil) throws(LabError) -> [ClusterNode] {
        var failure = LabError.unsupported("no node answers")
        let answering = nodes.filter { silences[$0] == nil }
        let others = nodes.filter { silences[$0] != nil }
        for candidate in address.map({ [$0] }) ?? answering + others {
            do throws(LabError) {
                let reply = try ask(candidate, ["CLUSTER", "NODES"])
                return ClusterNode.table(
                    reply.text ?? "", askedAt: candidate, in: cluster)
            } catch .interrupted {
                throw .interrupted
            } catch {
                failure = error
            }
        }
        throw failure
    }
}
