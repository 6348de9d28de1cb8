import Lab
import RESP
import Synchronization

/// Keeps a cluster that is not the lab's as it is: which commands may pass.
final class ChangeGuard: Sendable {
    private let allowsChanges: Bool
    /// Commands that the lab does not know, and whether the cluster says that they only read.
    private let known = Mutex<[String: Bool]>([:])

    init(allowsChanges: Bool) {
        self.allowsChanges = allowsChanges
    }

    /// What is said instead of sending a command; nil for one that may pass.
    /// - Parameter ask: asks the cluster.
    func refusal(
        of arguments: [[UInt8]], _ ask: ([[UInt8]]) -> RESPValue?
    ) -> String? {
        let words = arguments.map { String(decoding: $0, as: UTF8.self) }
        guard !allowsChanges, let name = words.first, !ReadingCommand.isReading(words),
            !isReading(name.lowercased(), ask)
        else { return nil }
        return ChangeGuard.text(name.uppercased())
    }

    static func text(_ what: String) -> String {
        "ERR \(what) may change this cluster, which is not the lab's: --allow-changes lets it"
    }

    /// Commands of modules say themselves what they do.
    private func isReading(_ name: String, _ ask: ([[UInt8]]) -> RESPValue?) -> Bool {
        if let answer = known.withLock({ $0[name] }) { return answer }
        let info = ask(["COMMAND", "INFO", name].map { Array($0.utf8) })
        let parts = info?.elements?.first?.elements
        let flags = (parts?.count ?? 0) > 2 ? parts?[2].elements?.compactMap(\.text) : nil
        let answer = flags?.contains("readonly") == true
        if info != nil { known.withLock { $0[name] = answer } }
        return answer
    }
}

/// A connection through which only what may pass is sent.
final class GuardedConnection: LabConnection {
    let address: NodeAddress
    private let inner: RESPConnection
    private let guardian: ChangeGuard

    init(_ inner: RESPConnection, at address: NodeAddress, _ guardian: ChangeGuard) {
        self.inner = inner
        self.address = address
        self.guardian = guardian
    }

    func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
        try send(arguments, within: nil)
    }

    func send(
        _ arguments: [[UInt8]], within limit: Duration?
    ) throws(LabError) -> RESPValue {
        if let refusal = refusal(of: arguments) { return .error(refusal) }
        return try inner.send(arguments, within: limit)
    }

    func send(
        _ commands: [[[UInt8]]], within limit: Duration
    ) throws(LabError) -> [RESPValue] {
        let refusals = commands.map(refusal)
        var replies = try inner.send(
            zip(commands, refusals).filter { $1 == nil }.map(\.0), within: limit)[...]
        return refusals.map { refusal in
            refusal.map { .error($0) } ?? replies.popFirst() ?? .null
        }
    }

    func next(within limit: Duration) throws(LabError) -> RESPValue? {
        try inner.next(within: limit)
    }

    func close() { inner.close() }

    private func refusal(of arguments: [[UInt8]]) -> String? {
        guardian.refusal(of: arguments) { try? inner.send($0) }
    }
}
