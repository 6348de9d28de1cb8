import Foundation
import Lab
import LabBackends
import LabHost
import RESP
import TestSupport
import Testing

/// Real servers of a lab that was killed.
@Suite(
    .timeLimit(.minutes(1)),
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct LeftServersTests {
    @Test func `the next lab ends what a killed one has left, and takes its folder away`() throws {
        let folder = try TemporaryFolder()
        let places = LabPlaces(folder: "\(folder.path)/labs")
        let killed = try HostedLab(
            servers: HostedServers(), port: 1, executable: "/bin/echo",
            engines: [try RedisEngine(at: nil)], places: places)
        let processes = try #require(killed.processes)
        var plan = ClusterPlan(masters: 1, replicas: 0)
        plan.port = try FreePorts(count: 1).first
        let lab = RedisProcessLab(processes: processes, dir: killed.place.nodes, isScratch: true)
        let cluster = try lab.start(plan)
        let left = try Self.placeOfEndedLab(in: folder)
        try FileManager.default.moveItem(atPath: killed.place.folder, toPath: left)
        #expect(cluster.control?.state(of: cluster.nodes[0]) == .running)
        let next = try HostedLab(
            servers: HostedServers(), port: 2, executable: "/bin/echo", places: places)
        #expect(cluster.control?.state(of: cluster.nodes[0]) == .down)
        #expect(!FileManager.default.fileExists(atPath: left))
        next.shutDown()
        killed.shutDown()
    }

    #if os(Linux)
        @Test func `a server that nobody has noted ends with the folder that it works in`() throws {
            let folder = try TemporaryFolder()
            let left = try Self.placeOfEndedLab(in: folder)
            for path in ["\(folder.path)/labs", left, "\(left)/workspace"] {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: false,
                    attributes: [.posixPermissions: 0o700])
            }
            let server = try RedisServer(
                inCluster: false, arguments: ["--enable-protected-configs", "local"])
            let elsewhere = try RedisServer(inCluster: false)
            let moved = try server.connect().send("CONFIG", "SET", "dir", "\(left)/workspace")
            #expect(moved == .simpleString("OK"))
            let next = try HostedLab(
                servers: HostedServers(), port: 2, executable: "/bin/echo",
                places: LabPlaces(folder: "\(folder.path)/labs"))
            defer { next.shutDown() }
            try waitUntil("the stray server is gone") { (try? server.connect()) == nil }
            #expect(try elsewhere.connect().send("PING") == .simpleString("PONG"))
            #expect(!FileManager.default.fileExists(atPath: left))
        }
    #endif

    /// A folder is known by its lab's process; one that has ended is stood in for by this one.
    private static func placeOfEndedLab(in folder: TemporaryFolder) throws -> String {
        let ended = Process()
        ended.executableURL = URL(filePath: "/bin/true")
        try ended.run(within: .minutes(1))
        ended.waitUntilExit()
        return "\(folder.path)/labs/lab-\(ended.processIdentifier)-abcdef"
    }
}
