import Foundation
import Keyspace
import Lab
import LabBackends
import RESP
import Synchronization
import TestSupport

/// A client of a whole cluster: it goes where redirects send it, and tries again while nobody serves.
final class ClusterClient {
    struct GaveUp: Error {
        let command: [String]
        let reply: String
    }

    private var nodes: [NodeAddress]
    private var connections: [NodeAddress: RESPConnection] = [:]
    private var owners: [HashSlot: NodeAddress] = [:]
    /// Error replies that were followed or waited out, by code.
    private(set) var redirects: [String: Int] = [:]
    /// How long one command may take.
    private let patience: Duration

    init(_ nodes: [NodeAddress], patience: Duration = .seconds(30)) {
        self.nodes = nodes
        self.patience = patience
    }

    /// The reply to a command whose first argument is its key.
    func send(_ command: String...) throws -> RESPValue {
        let slot = HashSlot(of: Array(command[1].utf8))
        let deadline = ContinuousClock.now + patience
        var target = owners[slot] ?? nodes[0]
        var isAsking = false
        var last = ""
        var attempts = 0
        var pace = Pace()
        while ContinuousClock.now < deadline {
            guard let reply = exchange(command, target, isAsking) else {
                last = "no connection to \(target)"
                attempts += 1
                target = nodes[attempts % nodes.count]
                isAsking = false
                pace.next()
                continue
            }
            guard case .error(let text) = reply else { return reply }
            last = text
            let words = text.split(separator: " ").map(String.init)
            redirects[words[0], default: 0] += 1
            switch words[0] {
            case "MOVED", "ASK":
                guard let address = address(words[2]) else { return reply }
                target = address
                isAsking = words[0] == "ASK"
                if !isAsking { owners[slot] = address }
            case "TRYAGAIN":
                isAsking = false
                pace.next()
            case "CLUSTERDOWN", "LOADING", "READONLY":
                // This node cannot help; another one may know more.
                owners[slot] = nil
                attempts += 1
                target = nodes[attempts % nodes.count]
                isAsking = false
                pace.next()
            default: return reply
            }
        }
        throw GaveUp(command: command, reply: last)
    }

    /// Waits until replicas have what this client wrote. Nodes that became replicas, or were asked for the way only,
    /// have nothing of it.
    /// - Returns: what masters answered that do not have so many replicas that far.
    func awaitReplicas(_ count: Int) throws -> [String] {
        try connections.compactMap { address, connection in
            let reply = try connection.send("WAIT", "\(count)", "10000")
            if case .integer(let reached) = reply, reached >= count { return nil }
            if case .error(let text) = reply, text.contains("replica instances") { return nil }
            return "\(address): \(reply)"
        }
    }

    private func exchange(
        _ command: [String], _ target: NodeAddress, _ isAsking: Bool
    ) -> RESPValue? {
        do {
            let connection = try connections[target] ?? testConnection(to: target)
            connections[target] = connection
            if isAsking { _ = try connection.send("ASKING") }
            return try connection.send(command.map { Array($0.utf8) })
        } catch {
            connections[target] = nil
            return nil
        }
    }

    private func address(_ text: String) -> NodeAddress? {
        text.split(separator: ":").last.flatMap { Int($0) }.map { NodeAddress(port: $0) }
    }
}

/// A client in a thread of its own that counts keys up, one after the other, until it is told to stop.
final class CountingLoad: Sendable {
    /// What was acknowledged.
    struct Result: Sendable {
        var counts: [String: Int64] = [:]
        var redirects: [String: Int] = [:]
        var problem: String?
    }

    private let isStopped = Mutex(false)
    private let result = Mutex<Result?>(nil)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(_ nodes: [NodeAddress], keys: [String]) {
        Thread.detachNewThread { [self] in
            let client = ClusterClient(nodes)
            var result = Result()
            var index = 0
            while !isStopped.withLock({ $0 }), result.problem == nil {
                let key = keys[index % keys.count]
                index += 1
                do {
                    let reply = try client.send("INCR", key)
                    result.counts[key, default: 0] += 1
                    if reply != .integer(result.counts[key] ?? 0) {
                        result.problem = "INCR \(key) answered \(reply)"
                    }
                } catch {
                    result.problem = "\(error)"
                }
            }
            result.redirects = client.redirects
            self.result.withLock { [result] in $0 = result }
            hasEnded.signal()
        }
    }

    /// Ends the load.
    func stop() -> Result {
        isStopped.withLock { $0 = true }
        guard hasEnded.wait(timeout: .now() + .seconds(120)) == .success else {
            return Result(problem: "the load does not end")
        }
        return result.withLock { $0 } ?? Result(problem: "the load has left no result")
    }
}
