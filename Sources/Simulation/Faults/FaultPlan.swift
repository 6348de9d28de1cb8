package import ClusterCore
import Keyspace

/// A schedule of faults, drawn from a seed before the run starts, so that it can be shown.
package struct FaultPlan: Hashable, Sendable {
    package private(set) var entries: [Entry] = []

    package struct Entry: Hashable, Sendable {
        package let time: Instant
        package let fault: Fault
    }

    /// The kinds of faults that `--faults` chooses from.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case crash, power, freeze, partition, oneway, stall, reset, slow, clock, failover, reshard
        /// Ten masters, or a third of them if that is fewer, crash at once, and stay down until the heal.
        case loss

        /// All but the one that is a test of its own.
        package static let usual = Set(allCases).subtracting([.loss])
    }

    /// Draws a schedule. Each fault that lasts is ended by a later entry; whatever outlasts the schedule is ended
    /// by the heal.
    init(_ settings: SimulationSettings, using random: inout SplitMix64) {
        if settings.faults.contains(.loss) {
            for host in 0..<min(10, settings.masters / 3) {
                append(
                    .crash(host: host, losesPower: false, afterActions: nil),
                    at: .start.advanced(by: .seconds(6)))
            }
        }
        let kinds = Kind.allCases.filter { settings.faults.contains($0) && $0 != .loss }
        guard !kinds.isEmpty else { return }
        let end = Instant.start.advanced(by: settings.faultPhase)
        var time = Instant.start.advanced(by: settings.nodeTimeout)
        while time < end {
            add(kinds[random.next(below: kinds.count)], at: time, settings, &random)
            time = time.advanced(by: Self.duration(upTo: settings.faultInterval * 2, &random))
        }
        let order = entries.indices.sorted {
            (entries[$0].time, $0) < (entries[$1].time, $1)
        }
        entries = order.map { entries[$0] }.filter { $0.time < end }
    }

    /// A plan made by hand.
    package init(_ entries: [(Duration, Fault)]) {
        self.entries = entries.map { Entry(time: .start.advanced(by: $0.0), fault: $0.1) }
    }

    private mutating func add(
        _ kind: Kind, at time: Instant, _ settings: SimulationSettings, _ random: inout SplitMix64
    ) {
        let host = random.next(below: settings.nodes)
        let other = (host + 1 + random.next(below: settings.nodes - 1)) % settings.nodes
        let end = time.advanced(by: Self.length(settings, &random))
        switch kind {
        case .crash:
            let actions = random.next(below: 3) == 0 ? 1 + random.next(below: 4) : nil
            append(.crash(host: host, losesPower: false, afterActions: actions), at: time)
            append(.restart(host: host), at: end)
        case .power:
            append(.crash(host: host, losesPower: true, afterActions: nil), at: time)
            append(.restart(host: host), at: end)
        case .freeze:
            append(.freeze(host: host), at: time)
            append(.thaw(host: host), at: end)
        case .partition, .oneway:
            append(Self.partition(isOneWay: kind == .oneway, settings, &random), at: time)
            append(.reconnect, at: end)
        case .stall:
            append(.stall(from: host, to: other), at: time)
            append(.unstall(from: host, to: other), at: end)
        case .reset: append(.reset(host, other), at: time)
        case .slow:
            let delay = Self.duration(upTo: settings.nodeTimeout / 2, &random)
            append(.slow(host: host, by: delay), at: time)
            append(.slow(host: host, by: .zero), at: end)
        case .clock:
            let jump = Self.duration(upTo: settings.nodeTimeout * 2, &random)
            append(.clockJump(host: host, by: jump), at: time)
        case .failover:
            let draw = random.next(below: 10)
            append(
                .administer(
                    .failover(
                        host: host, kind: draw < 7 ? .agreed : draw < 9 ? .force : .takeover)),
                at: time)
        case .loss: break
        case .reshard:
            append(
                .administer(.reshard(from: host, to: other, slots: 1 + random.next(below: 8))),
                at: time)
        }
    }

    private mutating func append(_ fault: Fault, at time: Instant) {
        entries.append(Entry(time: time, fault: fault))
    }

    /// Cuts off at least one host and at least leaves one, and divides the clients between both sides.
    private static func partition(
        isOneWay: Bool, _ settings: SimulationSettings, _ random: inout SplitMix64
    ) -> Fault {
        var size = 1 + random.next(below: settings.nodes - 1)
        if random.next(below: 2) == 0 { size = 1 }
        var hosts = Array(0..<settings.nodes)
        for index in hosts.indices.reversed() {
            hosts.swapAt(index, random.next(below: index + 1))
        }
        let clients = (0..<settings.clients).filter { _ in random.next(below: 2) == 0 }
        return .partition(
            hosts: Array(hosts.prefix(size)).sorted(), clients: clients, isOneWay: isOneWay)
    }

    /// How long a fault lasts: often less than the node timeout, sometimes many of them.
    private static func length(
        _ settings: SimulationSettings, _ random: inout SplitMix64
    ) -> Duration {
        switch random.next(below: 4) {
        case 0: duration(upTo: settings.nodeTimeout / 2, &random)
        case 1: duration(upTo: settings.nodeTimeout * 2, &random)
        case 2: duration(upTo: settings.nodeTimeout * 6, &random)
        default: duration(upTo: settings.nodeTimeout * 15, &random)
        }
    }

    private static func duration(
        upTo longest: Duration, _ random: inout SplitMix64
    ) -> Duration {
        .nanoseconds(1 + random.next(below: max(1, Int(longest.nanoseconds))))
    }
}
