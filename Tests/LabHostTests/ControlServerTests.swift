import Dispatch
import LabHost
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ControlServerTests {
    /// A server in a lab's folder whose program is given.
    private func serve(
        _ program: @escaping ControlServer.Program
    ) throws -> (work: LabAtWork, server: ControlServer, path: String) {
        let work = try LabAtWork()
        let path = "\(work.folder)/socket"
        return (work, try ControlServer(path: path, program: program), path)
    }

    private func request(_ words: [String]) -> ControlRequest {
        var request = ControlRequest()
        request.arguments = words
        request.folder = "/tmp"
        request.processID = 7
        request.variables = ["TERM": "dumb", "EMPTY": ""]
        request.input = Array("typed".utf8)
        return request
    }

    @Test func `the program gets what the launcher was called with, and is heard in order`() throws
    {
        let got = Mutex<ControlRequest?>(nil)
        let (work, server, path) = try serve { session in
            got.withLock { $0 = session.request }
            for number in 0..<100 { session.write("\(number)\n") }
            session.writeError("over\n")
            return .exit(3)
        }
        defer { withExtendedLifetime(work) { server.shutDown() } }
        let asked = request(["redis-server", "", "a b"])
        let outcome = LabAtWork.Running(try ControlClient(path: path, request: asked)).end()
        #expect(got.withLock { $0 } == asked)
        #expect(outcome.status == 3)
        #expect(outcome.output == (0..<100).map { "\($0)\n" }.joined())
        #expect(outcome.error == "over\n")
    }

    @Test
    func `signals reach the program, also those that come early, and so does the launcher's end`()
        throws
    {
        let (work, server, path) = try serve { session in
            let status = Mutex<Int32>(1)
            let isSignalled = DispatchSemaphore(value: 0)
            session.write("begun\n")
            session.handleSignals { signal in
                guard case .named(let name) = signal else { return }
                status.withLock { $0 = name == "SIGINT" ? 130 : 143 }
                isSignalled.signal()
            }
            _ = isSignalled.wait(timeout: .now() + .seconds(30))
            return .exit(status.withLock { $0 })
        }
        defer { withExtendedLifetime(work) { server.shutDown() } }
        let running = LabAtWork.Running(
            try ControlClient(path: path, request: request(["docker"])))
        running.signal("SIGINT")
        #expect(running.end().status == 130)
    }

    @Test func `a launcher becomes another program where it is told to`() throws {
        let (work, server, path) = try serve { _ in
            .become(["redis-cli", "-p", "7000"], container: "172.17.0.2")
        }
        defer { withExtendedLifetime(work) { server.shutDown() } }
        let outcome = LabAtWork.Running(
            try ControlClient(path: path, request: request(["docker"]))
        ).end()
        #expect(outcome.program == ["redis-cli", "-p", "7000"])
        #expect(outcome.container == "172.17.0.2")
    }

    @Test func `a lab that ends says so to its launchers`() throws {
        let begun = Mutex(false)
        let (work, server, path) = try serve { session in
            begun.withLock { $0 = true }
            let isGone = DispatchSemaphore(value: 0)
            session.handleSignals { _ in isGone.signal() }
            _ = isGone.wait(timeout: .now() + .seconds(30))
            return .exit(0)
        }
        let running = LabAtWork.Running(
            try ControlClient(path: path, request: request(["docker"])))
        try waitUntil("the program has begun") { begun.withLock { $0 } }
        server.shutDown()
        #expect(running.end().status == nil)
        withExtendedLifetime(work) {}
    }
}
