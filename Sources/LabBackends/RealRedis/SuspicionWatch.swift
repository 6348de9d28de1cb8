import Lab
import RESP

/// Who suspects whom (PFAIL), which no log tells. It asks only while a server is down or held: at other times nobody is
/// to meet questions of the lab in MONITOR.
struct SuspicionWatch {
    private var states: [NodeAddress: NodeState] = [:]
    private var connections: [NodeAddress: RESPConnection] = [:]
    private var suspected: [NodeAddress: Set<String>] = [:]
    private var isOver = true
    private var deadline = ContinuousClock.now

    /// So long after a server's end it may take until all agree.
    private static let patience = Duration.seconds(90)

    /// What is new since the last look.
    mutating func look(
        at states: [NodeAddress: NodeState], _ own: OwnConnections
    ) -> [(NodeAddress, LabEvent.Kind)] {
        if states != self.states {
            self.states = states
            deadline = .now + Self.patience
            isOver =
                states.values.allSatisfy { $0 == .running }
                && suspected.values.allSatisfy(\.isEmpty)
        }
        guard !isOver, ContinuousClock.now < deadline else {
            connections = [:]
            return []
        }
        let running = states.filter { $0.value == .running }.keys.sorted()
        let missing = states.filter { $0.value != .running }.keys
        var (news, isSettled): ([(NodeAddress, LabEvent.Kind)], Bool) = ([], true)
        for address in running {
            guard let table = table(of: address, own) else { continue }
            news += compare(table, at: address)
            isSettled = isSettled && table.isSettled(missing)
        }
        isOver = isSettled
        return news
    }

    private mutating func compare(
        _ table: Table, at address: NodeAddress
    ) -> [(NodeAddress, LabEvent.Kind)] {
        let before = suspected[address] ?? []
        suspected[address] = table.suspected
        let begun = table.suspected.subtracting(before).sorted()
        let ended = before.subtracting(table.suspected).subtracting(table.failed).sorted()
        return begun.map { (address, .suspected($0)) }
            + ended.map { (address, .suspicionEnded($0)) }
    }

    /// What a node says of the others.
    private struct Table {
        var suspected: Set<String> = []
        var failed: Set<String> = []
        var failedPorts: Set<Substring> = []

        init(_ text: String) {
            for line in text.split(separator: "\n") {
                let fields = line.split(separator: " ")
                guard fields.count > 2 else { continue }
                let flags = fields[2].split(separator: ",")
                if flags.contains("fail?") { suspected.insert(String(fields[0])) }
                if flags.contains("fail") {
                    failed.insert(String(fields[0]))
                    failedPorts.insert(fields[1].prefix { $0 != "@" })
                }
            }
        }

        /// Whether all that is missing has failed, and nobody is suspected.
        func isSettled(_ missing: some Collection<NodeAddress>) -> Bool {
            suspected.isEmpty
                && missing.allSatisfy { failedPorts.contains(Substring($0.description)) }
        }
    }

    private mutating func table(of address: NodeAddress, _ own: OwnConnections) -> Table? {
        do throws(LabError) {
            let connection: RESPConnection
            if let kept = connections[address] {
                connection = kept
            } else {
                connection = try RESPConnection(to: address) { () throws(ClientSocket.Failure) in
                    own.take(
                        try ClientSocket(
                            host: address.host, port: address.port, timeout: .milliseconds(200)))
                }
                connections[address] = connection
            }
            let question = ["CLUSTER", "NODES"].map { Array($0.utf8) }
            return try connection.send(question, within: .milliseconds(500)).text.map(Table.init)
        } catch {
            connections[address] = nil
            return nil
        }
    }
}
