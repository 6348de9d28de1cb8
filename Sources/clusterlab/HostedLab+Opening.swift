import Lab
import LabBackends
import LabHost

extension HostedLab {
    /// Lets other terminals in. A lab where that fails is a lab without other terminals, and says so.
    static func open(servers: HostedServers, port: Int) -> HostedLab? {
        do throws(LabError) {
            return try HostedLab(servers: servers, port: port, executable: Executable.path)
        } catch {
            StandardOutput.error.write(
                "clusterlab: other terminals cannot reach the lab: \(error)\n")
            return nil
        }
    }

    /// The same for a lab on real servers, which cannot be without.
    static func open(
        engines: [RedisEngine], servers: HostedServers, events: EventLog, port: Int
    ) throws(LabError) -> (host: HostedLab, processes: RedisProcesses) {
        let host = try HostedLab(
            servers: servers, port: port, executable: Executable.path, engines: engines,
            events: events)
        guard let processes = host.processes else {
            preconditionFailure("a lab with engines has processes")
        }
        return (host, processes)
    }
}
