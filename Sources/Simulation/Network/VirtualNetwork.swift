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
