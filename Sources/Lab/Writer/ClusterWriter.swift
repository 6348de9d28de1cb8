/// A client that writes at a steady pace, to all slots or to one key, and remembers what became of every write: its
/// logic, without connections, clock or thread. One that reads does the same with GET: its reads are the writes here.
///
/// It behaves as a good cluster client: it knows the owners from CLUSTER SLOTS, follows MOVED and ASK, and asks anew
/// after every trouble. It never sends again what a node may have done: a write is acknowledged, refused, or unknown.
/// Each node has a lane of its own, with one command out at a time, so that a node that does not answer holds up
/// nobody else's writes.
package struct ClusterWriter: Sendable {
    package let plan: WriterPlan
    package internal(set) var log: WriteLog
    /// False once it was stopped, or the log is full.
    package private(set) var isWriting = true
    /// Nil until a node has told.
    package internal(set) var map: SlotMap?
    var lanes: [NodeAddress: Lane] = [:]
    /// When the owners are to be asked for again; nil when nothing speaks against what is known.
    private var refreshDue: Duration?
    private var refreshing: NodeAddress?
    /// Writes that wait for news of the owners: for the answer that is due, and for the next one.
    private var refusals: (asked: [Refusal], waiting: [Refusal]) = ([], [])
    private var lastRefresh: Duration?
    private let seeds: [NodeAddress]
    private var nextSeed = 0
    /// When the next write is to be sent.
    private var due: Duration
    private var turn = 0
    private var latest: Duration

    /// What the driver has to do.
    package enum Action: Hashable, Sendable {
        /// Sends a command, on a new connection where there is none. What comes of it is `received` or `failed`.
        case send(NodeAddress, [[UInt8]])
        /// Closes the connection: a reply that came now would be taken for another's.
        case disconnect(NodeAddress)
    }

    /// Why no reply comes.
    package enum Failure: Hashable, Sendable {
        /// Nothing was sent; the reason is the system's.
        case refused(String)
        /// It was sent, or part of it.
        case noReply(String)
    }

    /// What one node has to do for the writer.
    struct Lane: Sendable {
        /// What the node owes a reply to, and until when.
        var current: (job: Job, deadline: Duration)?
        var waiting: [Job] = []

        /// With more waiting, further writes are held back; those that have just been made up for are none of the
        /// node's delay.
        static let depth = 4
        /// The same where all are for the node of one key.
        static let depthOfKey = 16
    }

    /// Something to ask a node for.
    enum Job: Sendable {
        case slots
        case write(Write)
    }

    /// A write on its way.
    struct Write: Sendable {
        var slot: Int
        /// Where the log has it; nil before it is sent.
        var place: Int?
        var redirects = 0
        var stage = Stage.set

        enum Stage { case asking, set, wait }
    }

    /// A write that was not done because of its node, and may be done by another one.
    struct Refusal: Sendable {
        var write: Write
        let node: NodeAddress
        let code: String
        let time: Duration
        /// Questions for the owners that told nothing.
        var attempts = 0

        static let mostAttempts = 3
    }

    /// Between two questions for the owners.
    private static let refreshInterval = Duration.milliseconds(100)

    /// So much is made up for when the writer was late, such as after a pause of the machine, and no more.
    private static let longestDelay = Duration.seconds(1)

    package init(_ plan: WriterPlan, seeds: [NodeAddress], at now: Duration) {
        self.plan = plan
        self.seeds = seeds
        log = WriteLog(start: now, key: plan.key)
        due = now
        latest = now
        refreshDue = now
    }

    /// When the next `tick` has something to do; nil when nothing but a reply can change anything.
    package var nextTime: Duration? {
        let deadlines = lanes.values.compactMap { $0.current?.deadline }
        let refresh = refreshing == nil ? refreshDue : nil
        return (deadlines + [refresh, isWriting && map != nil ? due : nil].compactMap(\.self)).min()
    }

    /// Whether all is sent and answered that was due by then.
    package func hasCaughtUp(with time: Duration) -> Bool {
        guard isWriting, isReady else { return true }
        return due > time && refusals.asked.isEmpty && refusals.waiting.isEmpty
            && lanes.values.allSatisfy { $0.current == nil && $0.waiting.isEmpty }
    }

    /// Whether it knows where to write, and so writes when its time has come.
    package var isReady: Bool { map != nil }

    /// Whether a stopped writer has nothing more to wait for.
    package var isDone: Bool {
        !isWriting && lanes.values.allSatisfy { $0.current == nil && $0.waiting.isEmpty }
    }

    /// Time has passed, or has gone back: sends what is due.
    package mutating func tick(at now: Duration) -> [Action] {
        // Where the cluster tells it, `rewind` follows with the exact moment.
        if now < latest { return rewind(to: now, at: now) }
        latest = now
        return expire(at: now) + refresh(at: now) + issue(at: now)
    }

    /// Begins no further write.
    package mutating func stop(at now: Duration) {
        guard isWriting else { return }
        isWriting = false
        log.end = now
        refreshDue = nil
        refuse(refusals.asked + refusals.waiting)
        refusals = ([], [])
        for node in lanes.keys { lanes[node]?.waiting.removeAll { !$0.isSent } }
    }

    /// Waits for no reply any more.
    package mutating func giveUp(at now: Duration) {
        stop(at: now)
        lanes = [:]
        log.abandon("the writer was stopped before a reply came", at: now)
    }

    /// The cluster was made what it was at that moment: later writes have never been, and all connections are gone.
    package mutating func rewind(to time: Duration, at now: Duration) -> [Action] {
        let nodes = lanes.keys.sorted()
        lanes = [:]
        refusals = ([], [])
        log.rewind(to: time)
        latest = now
        due = now
        lastRefresh = nil
        refreshing = nil
        if isWriting { refreshDue = now }
        return nodes.map(Action.disconnect)
    }

    // MARK: - Writes

    private mutating func issue(at now: Duration) -> [Action] {
        guard let map, isWriting else {
            due = max(due, now)
            return []
        }
        var actions: [Action] = []
        due = max(due, now - Self.longestDelay)
        let usual = plan.key == nil ? Lane.depth : Lane.depthOfKey
        let depth = usual + Int((now - due) / plan.interval)
        while due <= now, isWriting {
            due += plan.interval
            let slot = WriterKeys.slot(atTurn: turn, plan.key)
            turn += 1
            // A slot without an owner is anybody's, as for other clients: the answer is CLUSTERDOWN.
            guard let node = map[slot] ?? map.ranges.first?.owner ?? seeds.first else { continue }
            guard lanes[node]?.waiting.count ?? 0 < depth else {
                log.heldBack += 1
                continue
            }
            actions += begin(.write(Write(slot: slot)), at: node, now)
            if log.isFull { stop(at: now) }
        }
        return actions
    }

    // MARK: - Owners

    /// Something speaks against what is known of the owners.
    mutating func doubtOwners(at now: Duration) {
        guard isWriting, refreshDue == nil else { return }
        refreshDue = max(now, (lastRefresh ?? now - Self.refreshInterval) + Self.refreshInterval)
    }

    /// A node has not done a write as it is in no state to: whether another one owns the slot by now is asked first.
    mutating func doubtOwner(_ refusal: Refusal, at now: Duration) {
        doubtOwners(at: now)
        guard isWriting else { return refuse([refusal]) }
        refusals.waiting.append(refusal)
    }

    /// Asks a node for the owners, each time another one: a node that is cut off knows nothing new.
    private mutating func refresh(at now: Duration) -> [Action] {
        guard let refreshDue, refreshDue <= now, refreshing == nil, !seeds.isEmpty else {
            return []
        }
        let order = seeds.indices.map { seeds[(nextSeed + $0) % seeds.count] }
        guard let node = order.first(where: { lanes[$0]?.current == nil }) ?? order.first else {
            return []
        }
        nextSeed = ((seeds.firstIndex(of: node) ?? 0) + 1) % seeds.count
        self.refreshDue = nil
        lastRefresh = now
        refreshing = node
        refusals = (refusals.waiting, [])
        return begin(.slots, at: node, now)
    }

    /// A node has told the owners, or has not: one that was taken out of the cluster knows none.
    mutating func refreshed(_ found: SlotMap?, at now: Duration) -> [Action] {
        refreshing = nil
        let asked = refusals.asked
        refusals.asked = []
        guard let found, map == nil || !found.ranges.isEmpty else {
            doubtOwners(at: now)
            askAgain(for: asked)
            return []
        }
        if map == nil {
            log.ranges = found.ranges
            due = now
        }
        map = found
        return asked.flatMap { resend($0, at: now) }
    }

    private mutating func askAgain(for asked: [Refusal]) {
        for var refusal in asked {
            refusal.attempts += 1
            if isWriting, refusal.attempts < Refusal.mostAttempts {
                refusals.waiting.append(refusal)
            } else {
                refuse([refusal])
            }
        }
    }

    /// Sends a write to who owns its slot now, or leaves it refused where that is the same node.
    private mutating func resend(_ refusal: Refusal, at now: Duration) -> [Action] {
        guard let owner = map?[refusal.write.slot], owner != refusal.node,
            refusal.write.redirects < CommandSession.redirectLimit
        else {
            refuse([refusal])
            return []
        }
        return follow(refusal.write, to: owner, stage: .set, at: now)
    }

    private mutating func refuse(_ refusals: [Refusal]) {
        for refusal in refusals {
            settle(refusal.write, .refused(refusal.code), at: refusal.time)
        }
    }
}

extension ClusterWriter.Job {
    /// Whether a node has seen it: a redirected write counts.
    var isSent: Bool {
        if case .write(let write) = self { write.place != nil } else { false }
    }
}
