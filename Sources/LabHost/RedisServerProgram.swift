import LabBackends
import NodeServer
import Synchronization

/// `redis-server`, asked for by a launcher: the server lives in the lab, and the launcher stands for it.
struct RedisServerProgram {
    private let servers: HostedServers
    /// Where what it starts listens.
    private let network: NetworkView

    init(_ servers: HostedServers, on network: NetworkView) {
        self.servers = servers
        self.network = network
    }

    /// Starts a server. Blocks until it ends, unless it goes into the background.
    func run(_ session: ControlSession) -> ControlSession.Ending {
        let arguments = Array(session.request.arguments.dropFirst())
        switch arguments.first {
        case "-v", "--version":
            session.write(StandaloneServer.version)
            return .exit(0)
        case "-h", "--help":
            session.writeError(StandaloneServer.usage(of: "redis-server"))
            return .exit(1)
        default:
            guard let refusal = StandaloneServer.refusal(of: arguments) else {
                return serve(arguments, session)
            }
            session.writeError(refusal)
            return .exit(1)
        }
    }

    private func serve(
        _ arguments: [String], _ session: ControlSession
    ) -> ControlSession.Ending {
        let request = session.request
        let system = ServerSystem.guest(
            in: request.folder, processID: request.processID, input: { request.input },
            output: session.write)
        let server: HostedServer
        do throws(StandaloneServer.Failure) {
            server = try servers.prepare(arguments, in: system)
        } catch {
            return refuse(error, session)
        }
        do throws(StandaloneServer.Failure) {
            try server.start(network: network)
        } catch {
            // redis-server's parent has left by then, and knows of nothing.
            return server.isDaemon ? .exit(0) : refuse(error, session)
        }
        return server.isDaemon ? .exit(0) : .exit(wait(for: server, session))
    }

    private func refuse(
        _ failure: StandaloneServer.Failure, _ session: ControlSession
    ) -> ControlSession.Ending {
        if case .refused(let text) = failure { session.writeError(text + "\n") }
        return .exit(1)
    }

    /// SIGTERM and SIGINT end it as SHUTDOWN does; who insists, and who kills the launcher, does not want to wait.
    private func wait(for server: HostedServer, _ session: ControlSession) -> Int32 {
        let interrupts = Mutex(0)
        session.handleSignals { signal in
            guard case .named(let name) = signal else { return server.crash() }
            let count = interrupts.withLock { count in
                if name == "SIGINT" { count += 1 }
                return count
            }
            if count > 1 { server.crash() } else { server.signal(name) }
        }
        server.waitUntilEnded()
        return interrupts.withLock { $0 } > 1 ? 1 : 0
    }
}
