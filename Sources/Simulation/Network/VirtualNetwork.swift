import ClusterCore
import Keyspace

/// The wires between the machines: how long a payload takes, and who reaches whom.
struct VirtualNetwork: Sendable {
    private let hostCount: Int
    private let partyCount: Int
    /// Directed pairs over which nothing goes for now; empty while there are none.
    private var blocked: [Bool] = []
    /// What comes on top for everything from or to a machine.
    private var delays: [Int64]
    /// The least that it takes, in nanoseconds, and by how much more the most.
    private let leastLatency: Int64
    private let latencySpread: Int64
    /// What is wrong besides, by what is carried.
    private var rules: [Filter] = []

    init(hosts: Int, clients: Int, latency: ClosedRange<Duration>) {
        hostCount = hosts
        partyCount = hosts + clients
        delays = Array(repeating: 0, count: partyCount)
        leastLatency = latency.lowerBound.nanoseconds
        latencySpread = (latency.upperBound - latency.lowerBound).nanoseconds
    }

    /// Whether nothing is cut off.
    var isWhole: Bool { blocked.isEmpty }

    /// Whether what the one sends does not reach the other.
    @inline(__always)
    func isBlocked(from source: Party, to target: Party) -> Bool {
        !blocked.isEmpty && blocked[index(source) * partyCount + index(target)]
    }

    /// The same for what a connection carries.
    @inline(__always)
    func isBlocked(from source: Party, to target: Party, _ traffic: Traffic) -> Bool {
        isBlocked(from: source, to: target)
            || !rules.isEmpty && isBlockedByRule(from: source, to: target, traffic)
    }

    private func isBlockedByRule(from source: Party, to target: Party, _ traffic: Traffic) -> Bool {
        rules.contains { rule in
            rule.effect == .blocked && rule.applies(from: index(source), to: index(target), traffic)
        }
    }

    /// Replaces all rules.
    mutating func set(_ rules: [NetworkRule]) {
        self.rules = rules.map { Filter($0, count: partyCount, place: index) }
    }

    /// What rules add to the time that a payload takes: losses are made up for by sending again, each time after
    /// twice the wait, as TCP has it.
    func extraLatency(
        from source: Party, to target: Party, _ traffic: Traffic, firstRetry: Duration,
        using random: inout SplitMix64
    ) -> Int64 {
        var extra: Int64 = 0
        var loss = 0
        for rule in rules where rule.applies(from: index(source), to: index(target), traffic) {
            switch rule.effect {
            case .blocked: break
            case .delayed(let delay): extra += delay.nanoseconds
            case .lossy(let percent): loss = max(loss, percent)
            }
        }
        var retry = firstRetry.nanoseconds
        var attempts = 0
        while attempts < Self.retryLimit, random.next(below: 100) < loss {
            extra += retry
            retry = min(retry * 2, Self.longestWait.nanoseconds)
            attempts += 1
        }
        return extra
    }

    /// Whether a rule makes payloads late.
    func isDelayed(from source: Party, to target: Party, _ traffic: Traffic) -> Bool {
        rules.contains { rule in
            guard case .delayed = rule.effect else { return false }
            return rule.applies(from: index(source), to: index(target), traffic)
        }
    }

    /// Whether a rule makes payloads late, or may.
    func isLate(from source: Party, to target: Party, _ traffic: Traffic) -> Bool {
        isDelayed(from: source, to: target, traffic)
            || isLossy(from: source, to: target, traffic)
    }

    /// Whether a rule loses payloads.
    func isLossy(from source: Party, to target: Party, _ traffic: Traffic) -> Bool {
        rules.contains { rule in
            guard case .lossy = rule.effect else { return false }
            return rule.applies(from: index(source), to: index(target), traffic)
        }
    }

    /// What rules add to the time of every payload, in nanoseconds.
    func delay(from source: Party, to target: Party, _ traffic: Traffic) -> Int64 {
        rules.reduce(0) { sum, rule in
            guard case .delayed(let delay) = rule.effect,
                rule.applies(from: index(source), to: index(target), traffic)
            else { return sum }
            return sum + delay.nanoseconds
        }
    }

    /// Linux sends again up to so often (`tcp_retries2`), and waits no longer than that in between.
    private static let retryLimit = 15
    private static let longestWait = Duration.seconds(120)

    /// Whether there are rules.
    @inline(__always)
    var hasRules: Bool { !rules.isEmpty }

    /// Cuts one direction.
    mutating func block(from source: Party, to target: Party) {
        if blocked.isEmpty { blocked = Array(repeating: false, count: partyCount * partyCount) }
        blocked[index(source) * partyCount + index(target)] = true
    }

    /// Lets one direction through again.
    mutating func unblock(from source: Party, to target: Party) {
        guard !blocked.isEmpty else { return }
        blocked[index(source) * partyCount + index(target)] = false
        if !blocked.contains(true) { blocked = [] }
    }

    mutating func unblockAll() {
        blocked = []
    }

    /// Sets what comes on top for a machine.
    mutating func delay(_ party: Party, by delay: Duration) {
        delays[index(party)] = delay.nanoseconds
    }

    mutating func clearDelays() {
        delays = Array(repeating: 0, count: partyCount)
    }

    /// How long a payload takes this time, in nanoseconds.
    @inline(__always)
    func latency(
        from source: Party, to target: Party, using random: inout SplitMix64
    ) -> Int64 {
        let jitter = Int64(random.next(below: Int(latencySpread) + 1))
        return leastLatency + jitter + delays[index(source)] + delays[index(target)]
    }

    /// How long it takes without chance.
    func middleLatency(from source: Party, to target: Party) -> Int64 {
        leastLatency + latencySpread / 2 + delays[index(source)] + delays[index(target)]
    }

    @inline(__always)
    private func index(_ party: Party) -> Int {
        switch party {
        case .host(let host): host
        case .client(let client): hostCount + client
        }
    }
}

extension Instant {
    /// So many nanoseconds later.
    @inline(__always)
    func advanced(byNanoseconds nanoseconds: Int64) -> Instant {
        Instant(nanoseconds: self.nanoseconds + nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
