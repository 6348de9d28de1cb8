import Lab
import LabBackends
import RESP
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Clusters that start, stop and sleep.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ClusterServerTests {
    @Test func `where one port is taken nothing stays behind`() throws {
        let port = try FreePorts(count: 4).first
        let lab = InProcessLab()
        let squatter = try lab.startServer(ClusterPlan(masters: 1, replicas: 0, port: port + 3))
        defer { squatter.shutDown() }
        #expect(throws: LabError.portInUse(port + 3)) {
            try lab.startServer(ClusterPlan(masters: 4, replicas: 0, port: port))
        }
        let cluster = try lab.startServer(ClusterPlan(masters: 3, replicas: 0, port: port))
        cluster.shutDown()
    }

    @Test func `what CONFIG REWRITE has kept holds when the cluster comes back`() throws {
        let folder = try TemporaryFolder()
        let port = try FreePorts(count: 1).first
        func timeout(of plan: Duration, _ lines: [String] = []) throws -> String? {
            let cluster = try InProcessLab(dir: folder.path).startServer(
                ClusterPlan(masters: 1, replicas: 0, port: port, nodeTimeout: plan))
            defer { cluster.shutDown() }
            let connection = try testConnection(to: NodeAddress(port: port))
            for line in lines {
                let words = line.split(separator: " ").map { Array($0.utf8) }
                #expect(try connection.send(words) == .simpleString("OK"))
            }
            return try connection.send("CONFIG", "GET", "cluster-node-timeout").elements?.last?.text
        }
        let usual = ClusterPlan().nodeTimeout
        _ = try timeout(of: usual, ["CONFIG SET cluster-node-timeout 1234", "CONFIG REWRITE"])
        #expect(try timeout(of: usual) == "1234")
        #expect(try timeout(of: .milliseconds(2000)) == "2000")
    }

    @Test func `clusters that come and go leave nothing open`() throws {
        let port = try FreePorts(count: 3).first
        func startAndStop() throws {
            let cluster = try InProcessLab().startServer(
                ClusterPlan(masters: 3, replicas: 0, port: port))
            cluster.shutDown()
        }
        try startAndStop()
        let before = openCounts()
        for _ in 0..<100 { try startAndStop() }
        let after = openCounts()
        // Other tests run meanwhile; one descriptor or thread lost in each round would be more than theirs.
        #expect(after.descriptors - before.descriptors < 80)
        #expect(after.threads - before.threads < 80)
    }

    @Test func `a node that sleeps delays no other, and ends when it is told to`() throws {
        let served = try ServedCluster(masters: 6)
        let sleeper = try served.client()
        sleeper.send(request("DEBUG SLEEP 1000"))
        for node in 1..<6 { #expect(try served.isServing(node)) }
        let late = try served.client()
        late.send(request("PING"))
        served.cluster.shutDown()
        #expect(sleeper.rest() == "")
        #expect(late.rest() == "")
    }

    @Test func `who came while the node slept is served in turn`() throws {
        let served = try ServedCluster()
        let sleeper = try served.client()
        sleeper.send("DEBUG SLEEP 0.05\r\nINCR n\r\n")
        let others = try (0..<20).map { _ in try served.client() }
        for other in others { other.send("INCR n\r\nQUIT\r\n") }
        #expect(sleeper.text(like: "+OK\r\n:1\r\n").hasPrefix("+OK\r\n:"))
        for other in others { #expect(other.rest().hasSuffix("\r\n+OK\r\n")) }
        #expect(try served.connect().send("GET", "n").text == "21")
    }

    /// What the process has open; nothing where the system does not say.
    private func openCounts() -> (descriptors: Int, threads: Int) {
        #if canImport(Glibc)
            return (entries(of: "/proc/self/fd"), entries(of: "/proc/self/task"))
        #else
            return (0, 0)
        #endif
    }

    #if canImport(Glibc)
        private func entries(of folder: String) -> Int {
            guard let directory = opendir(folder) else { return 0 }
            defer { closedir(directory) }
            var count = 0
            while readdir(directory) != nil { count += 1 }
            return count
        }
    #endif
}
