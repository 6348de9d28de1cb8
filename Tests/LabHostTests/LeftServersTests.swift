import Foundation
import Lab
import LabBackends
import LabHost
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
        // A folder is known by its lab's process; one that has ended is stood in for by this one.
        let ended = Process()
        ended.executableURL = URL(filePath: "/bin/true")
        try ended.run()
        ended.waitUntilExit()
        let left = "\(folder.path)/labs/lab-\(ended.processIdentifier)-abcdef"
        try FileManager.default.moveItem(atPath: killed.place.folder, toPath: left)
        #expect(cluster.control?.state(of: cluster.nodes[0]) == .running)
        let next = try HostedLab(
            servers: HostedServers(), port: 2, executable: "/bin/echo", places: places)
        #expect(cluster.control?.state(of: cluster.nodes[0]) == .down)
        #expect(!FileManager.default.fileExists(atPath: left))
        next.shutDown()
        killed.shutDown()
    }
}
