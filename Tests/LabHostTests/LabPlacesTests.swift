import Foundation
import LabHost
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LabPlacesTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }

    @Test func `nobody else gets at the socket`() throws {
        let work = try LabAtWork()
        #expect(try mode(work.lab.place.socket) == 0o600)
        #expect(try mode(work.lab.place.folder) == 0o700)
        #expect(try mode("\(work.folder)/labs") == 0o700)
    }

    @Test func `a folder that others may open is refused`() throws {
        let work = try LabAtWork()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: "\(work.folder)/labs")
        #expect(work.places.running.isEmpty)
        #expect(throws: (any Error).self) {
            try HostedLab(
                servers: work.servers, port: 1, executable: "/bin/echo", places: work.places)
        }
    }

    @Test func `the newest lab comes first, and each is known by its port`() throws {
        let work = try LabAtWork(port: 7000)
        let second = try HostedLab(
            servers: work.servers, port: 7100, executable: "/bin/echo", places: work.places)
        #expect(work.places.running.map(\.port) == [7100, 7000])
        second.shutDown()
        #expect(work.places.running == [work.lab.place])
        #expect(!FileManager.default.fileExists(atPath: second.place.folder))
    }

    @Test func `of several labs a terminal means the port it names, its own one, or the newest`()
        throws
    {
        let work = try LabAtWork(port: 7000)
        let second = try HostedLab(
            servers: work.servers, port: 7100, executable: "/bin/echo", places: work.places)
        defer { second.shutDown() }
        let (old, new) = (work.lab.place, second.place)
        let labs = work.places.running
        #expect(LabPlaces.chosen(of: labs, port: nil, socket: nil) == new)
        #expect(LabPlaces.chosen(of: labs, port: nil, socket: old.socket) == old)
        #expect(LabPlaces.chosen(of: labs, port: nil, socket: "/gone/socket") == new)
        #expect(LabPlaces.chosen(of: labs, port: 7100, socket: old.socket) == new)
        #expect(LabPlaces.chosen(of: labs, port: 7200, socket: old.socket) == nil)
    }

    @Test func `what a lab that was killed left is taken away by the next one`() throws {
        let work = try LabAtWork()
        let stale = "\(work.folder)/labs/lab-99999999-abcdef"
        try FileManager.default.createDirectory(
            atPath: "\(stale)/bin", withIntermediateDirectories: true)
        try "7000\n".write(toFile: "\(stale)/port", atomically: true, encoding: .utf8)
        #expect(work.places.running == [work.lab.place])
        let other = try HostedLab(
            servers: work.servers, port: 1, executable: "/bin/echo", places: work.places)
        #expect(!FileManager.default.fileExists(atPath: stale))
        other.shutDown()
    }

    @Test func `so is what another kind of lab left, where its folder is nobody else's`() throws {
        let work = try LabAtWork()
        let folders = ["memory", "open"].map { "\(work.folder)/\($0)" }
        let stale = folders.map { "\($0)/lab-99999999-abcdef" }
        for (folder, left) in zip(folders, stale) {
            try FileManager.default.createDirectory(
                atPath: left, withIntermediateDirectories: true)
            let mode = folder.hasSuffix("open") ? 0o755 : 0o700
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder)
        }
        let places = LabPlaces(folder: "\(work.folder)/labs", others: folders)
        let place = try places.make(port: 1)
        #expect(stale.map { FileManager.default.fileExists(atPath: $0) } == [false, true])
        #expect(places.running == [work.lab.place])
        place.remove()
    }

    @Test func `a terminal is set up by two lines`() throws {
        let work = try LabAtWork()
        let place = work.lab.place
        #expect(
            place.environment == """
                export PATH='\(place.programs)':"$PATH"
                export CLUSTERLAB_SOCKET='\(place.socket)'

                """)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.programs).sorted()
        #expect(names == ["clusterlab", "docker", "redis-cli", "redis-server"])
        let process = Process()
        let printed = Pipe()
        process.executableURL = URL(filePath: "\(place.programs)/redis-server")
        process.arguments = ["a b", "$c"]
        process.standardOutput = printed
        try process.run(within: .minutes(1))
        let bytes = try printed.fileHandleForReading.readToEnd() ?? Data()
        #expect(String(decoding: bytes, as: UTF8.self) == "launch redis-server a b $c\n")
    }
}
