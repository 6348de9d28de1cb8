/// Who shares a host with whom: a replica on its master's host is no help when the host dies.
///
/// redis-cli swaps the masters of a bad replica and of another one, both drawn at random, until none is bad or a
/// number of swaps is made. With the same random numbers this makes the same swaps.
struct AntiAffinity {
    private let hosts: [String]
    private let names: [String]
    /// The master's name of each replica; nil for masters.
    private(set) var masterNames: [String?]

    init(hosts: [String], names: [String], masterNames: [String?]) {
        self.hosts = hosts
        self.names = names
        self.masterNames = masterNames
    }

    /// How bad it is, and the replicas to blame.
    struct Score {
        /// 10000 for each replica on its master's host, 1 for each of several replicas of one master on one host.
        var value = 0
        var offenders: [Int] = []
    }

    /// Swaps masters of replicas for the better.
    mutating func optimize(_ random: inout GlibcRandom) {
        for _ in 0..<500 * hosts.count {
            let score = score()
            guard score.value > 0, !score.offenders.isEmpty else { return }
            let first = score.offenders[random.next(below: score.offenders.count)]
            let others = masterNames.indices.filter { $0 != first && masterNames[$0] != nil }
            guard !others.isEmpty else { return }
            let second = others[random.next(below: others.count)]
            masterNames.swapAt(first, second)
            if self.score().value > score.value { masterNames.swapAt(first, second) }
        }
    }

    /// The score of the plan as it is.
    func score() -> Score {
        var score = Score()
        var seen: [String] = []
        for host in hosts where !seen.contains(host) {
            seen.append(host)
            add(host, to: &score)
        }
        return score
    }

    /// Groups the host's nodes by master. redis-cli writes an `m` for the master and an `s` for each replica.
    private func add(_ host: String, to score: inout Score) {
        var groups = RedisDictionary<(hasMaster: Bool, count: Int)>()
        for node in hosts.indices where hosts[node] == host {
            let key = masterNames[node] ?? names[node]
            let group = groups.find(key) ?? (false, 0)
            groups.replace(
                key, with: (group.hasMaster || masterNames[node] == nil, group.count + 1))
        }
        for (name, group) in groups.entries where group.count > 1 {
            score.value += group.hasMaster ? 10_000 * (group.count - 1) : group.count
            let offender = hosts.indices.first { masterNames[$0] == name && hosts[$0] == host }
            if let offender { score.offenders.append(offender) }
        }
    }
}
