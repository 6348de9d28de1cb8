import Keyspace

/// A snapshot of the data on its way to the replicas that asked for it.
struct SnapshotTransfer: Sendable {
    /// The replicas that get it, all from the same offset of the stream.
    var receivers: [ClientID]
    /// The 40 bytes that end a snapshot whose length is not known when it begins; nil where it is announced, and
    /// so has to be made first.
    let mark: [UInt8]?
    var writer: RDBWriter
    /// When its last part was made or sent.
    var lastPart: Instant
    /// What has been made so far, of one whose length is announced.
    private var made: [UInt8] = []
    /// How much of that has been sent; nil while it is made.
    private var sent: Int?

    /// Bytes that are made or sent in one step of the node.
    private static let chunk = 256 * 1024

    init(receivers: [ClientID], mark: [UInt8]?, writer: RDBWriter, at now: Instant) {
        self.receivers = receivers
        self.mark = mark
        self.writer = writer
        lastPart = now
    }

    /// Whether the receivers wait, and have got no byte of it.
    var isBeingMade: Bool { mark == nil && sent == nil }

    /// The next bytes for the receivers: none while it is made, nil at its end.
    mutating func next() -> [UInt8]? {
        guard mark == nil else { return writer.next(limit: Self.chunk) }
        guard let start = sent else {
            if let part = writer.next(limit: Self.chunk) {
                made += part
                return []
            }
            sent = 0
            return [UInt8]("$\(made.count)\r\n".utf8)
        }
        guard start < made.count else { return nil }
        let end = min(start + Self.chunk, made.count)
        sent = end
        return Array(made[start..<end])
    }
}

/// Full synchronisation on the master's side (`startBgsaveForReplication`, `updateSlavesWaitingBgsave`). Where
/// Redis forks a child to write the snapshot, the node keeps a copy of its data as a value and writes that, a
/// part in each step.
extension Node {
    /// Begins a snapshot if replicas have waited long enough for others to join them.
    mutating func startDueSnapshot() {
        let waiting = replication.replicas.filter { $0.state == .waitingForSnapshot }
        guard replication.snapshot == nil, !waiting.isEmpty else { return }
        let delay = Duration.seconds(configuration.replDisklessSyncDelay)
        let most = configuration.replDisklessSyncMaxReplicas
        if !configuration.replDisklessSync || most > 0 && waiting.count >= most
            || waiting.contains(where: { $0.requested.duration(to: now) >= delay })
        {
            startSnapshot()
        }
    }

    /// Takes a snapshot for all replicas that wait for one.
    mutating func startSnapshot() {
        deliverPropagated()
        let all = replication.replicas.filter { $0.state == .waitingForSnapshot }
        guard let first = all.first else { return }
        // Those that want something else get the next one.
        let waiting = all.filter { $0.wantsNoKeys == first.wantsNoKeys }
        let isMarked =
            (configuration.replDisklessSync || first.wantsNoKeys)
            && waiting.allSatisfy(\.takesMarkedSnapshots)
        log(
            .notice,
            "Starting BGSAVE for SYNC with target: \(isMarked ? "replicas sockets" : "disk")")
        let mark = isMarked ? NodeID.random(using: &random).digits : nil
        replication.snapshot = SnapshotTransfer(
            receivers: waiting.map(\.client), mark: mark,
            writer: snapshotWriter(withoutKeys: first.wantsNoKeys), at: now)
        // The stream that follows the snapshot begins with a SELECT.
        replication.selectsDatabase = true
        var opening = [UInt8]("+FULLRESYNC \(replication.id) \(replication.offset)\r\n".utf8)
        if let mark { opening += [UInt8]("$EOF:".utf8) + mark + [13, 10] }
        for replica in waiting {
            guard let index = replication.index(of: replica.client) else { continue }
            replication.replicas[index].state = .takingSnapshot
            let client = replication.replicas[index].client
            let isSilent = replication.replicas[index].isSilent
            // SYNC is answered with the snapshot alone.
            let header = mark.map { [UInt8]("$EOF:".utf8) + $0 + [13, 10] } ?? []
            let bytes = isSilent ? header : opening
            if !bytes.isEmpty { outbox.append(.write(client, bytes)) }
        }
        outbox.append(.setTimer(.snapshot, at: now))
    }

    /// Those who are being sent a snapshot. The driver lets `TimerID.snapshot` wait until all of them have taken what
    /// they were sent: a slow one must not make the node hold all data a second time.
    package var snapshotReceivers: [ClientID] { replication.snapshot?.receivers ?? [] }

    /// Makes or sends the next part of the snapshot.
    mutating func continueSnapshot() {
        guard var snapshot = replication.snapshot else { return }
        replication.snapshot = nil
        guard let part = snapshot.next() else { return finish(snapshot) }
        if !part.isEmpty {
            for client in snapshot.receivers { outbox.append(.write(client, part)) }
        }
        snapshot.lastPart = now
        replication.snapshot = snapshot
        outbox.append(.setTimer(.snapshot, at: now))
    }

    /// Writes the data as it is now, with what Redis says about itself in front.
    private func snapshotWriter(withoutKeys: Bool) -> RDBWriter {
        RDBWriter(
            withoutKeys ? Database(seed: 0) : database, auxiliary: snapshotFields(isBase: false),
            functions: scripting.functions.codes)
    }

    private mutating func finish(_ snapshot: SnapshotTransfer) {
        for client in snapshot.receivers {
            guard let index = replication.index(of: client) else { continue }
            if let mark = snapshot.mark { outbox.append(.write(client, mark)) }
            finish(index, isMarked: snapshot.mark != nil)
        }
        countGoodReplicas()
        // Those that came too late for this one may have waited long enough.
        startDueSnapshot()
    }

    /// Puts a replica online whose snapshot is sent.
    private mutating func finish(_ index: Int, isMarked: Bool) {
        let replica = replication.replicas[index]
        guard !replica.wantsSnapshotOnly else {
            log(
                .notice,
                "RDB transfer completed, rdb only replica (\(replica.name)) should be disconnected asap"
            )
            forgetReplica(replica.client)
            return close(replica.client)
        }
        if isMarked {
            log(
                .notice,
                "Streamed RDB transfer with replica \(replica.name) succeeded (socket). Waiting for "
                    + "REPLCONF ACK from slave to enable streaming")
        }
        replication.replicas[index].acknowledged = now
        replication.replicas[index].state = .loadingSnapshot
        log(.notice, "Synchronization with replica \(replica.name) succeeded")
        // Bytes right behind a mark could not be told from the snapshot, so the replica has to speak first.
        if !isMarked { startStream(index) }
    }

    /// Sends a replica what was written since its snapshot, and from now on everything at once.
    mutating func startStream(_ index: Int) {
        replication.replicas[index].state = .online
        let pending = replication.replicas[index].pending
        replication.replicas[index].pending = []
        guard !pending.isEmpty else { return }
        outbox.append(.write(replication.replicas[index].client, pending))
    }
}
