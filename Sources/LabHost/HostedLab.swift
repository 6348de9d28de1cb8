package import Lab
package import LabBackends
import NodeServer

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The running lab as other terminals see it: a socket for this user alone, and a folder of programs that talk to it.
package final class HostedLab: Sendable {
    /// Where all this is.
    package let place: LabPlace
    /// The real servers of the lab, where it lives on these.
    package let processes: RedisProcesses?
    private let control: ControlServer
    private let servers: HostedServers

    /// Begins to take launchers in.
    /// - Parameters:
    ///   - servers: where what they start is to live.
    ///   - port: the lab's first port, by which a terminal may choose it.
    ///   - executable: this program.
    ///   - engines: what its servers are in turn, where they are to be real ones.
    ///   - events: takes what becomes of these.
    ///   - places: where labs have their folders.
    package init(
        servers: HostedServers, port: Int, executable: String, engines: [RedisEngine]? = nil,
        events: EventLog? = nil, places: LabPlaces = LabPlaces()
    ) throws(LabError) {
        self.servers = servers
        let place = try places.make(port: port)
        self.place = place
        let processes = engines.map {
            RedisProcesses(
                engines: $0, table: ProcessTable(path: place.processTable), events: events)
        }
        self.processes = processes
        try Launchers(executable: executable, socket: place.socket).write(to: place.programs)
        let containers = ContainerEngine(servers: servers, folder: place.containers)
        let redisServer = RedisServerProgram(servers, on: .machine(of: containers.block))
        servers.whenReset { [weak containers] in containers?.removeAll() }
        let docker = DockerProgram(containers)
        control = try ControlServer(path: place.socket) { session in
            switch (session.request.arguments[0], processes) {
            case ("redis-server", let processes?):
                return EngineProgram(processes, executable: executable).run(session)
            case (EngineProgram.awaiting, let processes?):
                return EngineProgram(processes, executable: executable).awaitDaemon(session)
            case ("redis-server", nil): return redisServer.run(session)
            case ("docker", .some):
                session.writeError("clusterlab: \(LabAbility.containers.refusal)\n")
                return .exit(1)
            case ("docker", nil): return docker.run(session)
            // It runs by itself, but has to know where the containers are.
            case ("redis-cli", _):
                return .become(session.request.arguments, container: containers.machine.text)
            case (let name, _):
                session.writeError("clusterlab: the lab has no program '\(name)'\n")
                return .exit(127)
            }
        }
    }

    /// Makes the lab what it was when it began: servers and containers, with their networks, volumes and data, are
    /// gone, and so are their ports. What begins another cluster in `InProcessLab` does this by itself.
    package func reset() { servers.reset() }

    /// Ends all launchers and what they started, and takes the folder away.
    package func shutDown() {
        control.shutDown()
        servers.reset()
        processes?.shutDown()
        place.remove()
    }
}
