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
    private let control: ControlServer
    private let servers: HostedServers

    /// Begins to take launchers in.
    /// - Parameters:
    ///   - servers: where what they start is to live.
    ///   - port: the lab's first port, by which a terminal may choose it.
    ///   - executable: this program.
    ///   - places: where labs have their folders.
    package init(
        servers: HostedServers, port: Int, executable: String, places: LabPlaces = LabPlaces()
    ) throws(LabError) {
        self.servers = servers
        place = try places.make(port: port)
        try Launchers(executable: executable, socket: place.socket).write(to: place.programs)
        let engine = ContainerEngine(servers: servers, folder: place.containers)
        let redisServer = RedisServerProgram(servers, on: .machine(of: engine.block))
        servers.whenReset { [weak engine] in engine?.removeAll() }
        let docker = DockerProgram(engine)
        control = try ControlServer(path: place.socket) { session in
            switch session.request.arguments[0] {
            case "redis-server": return redisServer.run(session)
            case "docker": return docker.run(session)
            // It runs by itself, but has to know where the containers are.
            case "redis-cli":
                return .become(session.request.arguments, container: engine.machine.text)
            case let name:
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
        place.remove()
    }
}
