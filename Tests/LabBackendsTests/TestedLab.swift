import Foundation
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// A backend on which a suite runs: its clusters are looked at through what any client can see.
enum TestedLab: String, CaseIterable, CustomTestStringConvertible {
    case simulated
    case inProcess
    /// Real servers, where they are installed.
    case redis
    /// Real servers and the lab's own nodes in processes of their own, in turn.
    case mixed

    static var allCases: [TestedLab] {
        RedisServer.isInstalled ? [.simulated, .inProcess, .redis] : [.simulated, .inProcess]
    }

    /// For what the nodes of such a cluster have to agree about.
    static var withMixed: [TestedLab] {
        allCases.contains(.redis) && ServerProgram.labPath != nil ? allCases + [.mixed] : allCases
    }

    var testDescription: String { rawValue }

    /// Starts a cluster on ports that are free.
    func start(
        masters: Int = 3, replicas: Int = 1, isEmpty: Bool = false,
        nodeTimeout: Duration = .milliseconds(500)
    ) throws -> TestedCluster {
        var plan = ClusterPlan(
            masters: masters, replicas: replicas, isEmpty: isEmpty, nodeTimeout: nodeTimeout)
        switch self {
        case .simulated: return TestedCluster(try SimulatedLab().start(plan))
        case .inProcess:
            plan.port = try FreePorts(count: plan.nodeCount).first
            let folder = ScratchFolder()
            return TestedCluster(try InProcessLab(dir: folder.path).start(plan), in: folder)
        case .redis, .mixed:
            plan.port = try FreePorts(count: plan.nodeCount).first
            let real = try RealLab(engines: self == .mixed ? "redis-server,lab" : nil)
            return TestedCluster(try real.lab.start(plan), in: real)
        }
    }
}

/// Where nodes keep what they are, for as long as their cluster lasts.
private final class ScratchFolder {
    let path = FileManager.default.temporaryDirectory.appending(
        path: "clusterlab-\(UUID().uuidString)"
    ).path

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// What starts clusters of real servers, and ends them all with itself.
final class RealLab {
    let folder = try? TemporaryFolder()
    let events = EventLog()
    let processes: RedisProcesses
    let lab: RedisProcessLab

    var path: String { folder?.path ?? "/nonexistent" }

    init(engines: String? = nil, isScratch: Bool = true) throws {
        let path = folder?.path ?? "/nonexistent"
        processes = RedisProcesses(
            engines: try RedisEngine.list(engines, executable: ServerProgram.labPath ?? ""),
            table: ProcessTable(path: "\(path)/processes"), events: events)
        lab = RedisProcessLab(processes: processes, dir: "\(path)/nodes", isScratch: isScratch)
    }

    deinit { processes.shutDown() }
}

/// A cluster with what tests ask of it.
final class TestedCluster {
    let lab: any LabCluster
    private var connections: [Int: any LabConnection] = [:]
    private let folder: AnyObject?

    /// The folder is whatever has to last as long as the cluster does.
    init(_ lab: any LabCluster, in folder: AnyObject? = nil) {
        self.lab = lab
        self.folder = folder
    }

    deinit {
        lab.shutDown()
    }

    /// The address of a node, by its place.
    subscript(node: Int) -> NodeAddress { lab.nodes[node] }

    /// Sends a line to a node, on a connection that is kept for as long as it lasts.
    @discardableResult
    func send(_ line: String, to node: Int = 0) throws -> RESPValue {
        let words = line.split(separator: " ").map { Array($0.utf8) }
        do {
            let connection = try connections[node] ?? lab.connectInTest(to: lab.nodes[node])
            connections[node] = connection
            return try connection.send(words)
        } catch {
            connections[node] = nil
            throw error
        }
    }

    /// Forgets all connections: nodes that were started again do not know them.
    func reconnect() {
        connections = [:]
    }

    /// A field of INFO or CLUSTER INFO; nil where there is none or the node does not answer.
    func field(_ name: String, of command: String, at node: Int) -> String? {
        guard let text = try? send(command, to: node).text else { return nil }
        let lines = text.split(whereSeparator: \.isNewline)
        return lines.first { $0.hasPrefix("\(name):") }.map { String($0.dropFirst(name.count + 1)) }
    }

    func role(of node: Int) -> String? { field("role", of: "INFO replication", at: node) }

    func isOK(_ node: Int) -> Bool {
        field("cluster_state", of: "CLUSTER INFO", at: node) == "ok"
    }

    /// The node's name.
    func id(of node: Int) throws -> String { try send("CLUSTER MYID", to: node).text ?? "" }

    /// What a node says of another one in CLUSTER NODES.
    func flags(of other: Int, seenBy node: Int) throws -> [String] {
        let lines = try send("CLUSTER NODES", to: node).text?.split(separator: "\n") ?? []
        let line = lines.first { $0.contains(":\(lab.nodes[other].port)@") }
        return line?.split(separator: " ")[2].split(separator: ",").map(String.init) ?? []
    }

    /// The replica of a master, by its place.
    func replica(of master: Int) throws -> Int {
        let name = try id(of: master)
        let lines = try send("CLUSTER NODES", to: master).text?.split(separator: "\n") ?? []
        let line = try #require(lines.first { $0.contains("slave \(name)") })
        return try #require(
            lab.nodes.indices.first { line.contains(":\(lab.nodes[$0].port)@") })
    }

    /// Lets the cluster's time pass until it is so.
    func await(
        _ what: String, within limit: Duration = .seconds(30), _ isSo: () throws -> Bool
    ) throws {
        try lab.waitUntil(what, within: limit, isSo)
    }
}

extension RESPValue {
    /// A bulk string of that text.
    static func bulk(_ text: String) -> RESPValue { .bulkString(Array(text.utf8)) }
}
