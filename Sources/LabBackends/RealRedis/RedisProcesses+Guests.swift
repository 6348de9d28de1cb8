import Dispatch
import Lab
import RESP

// Servers that the learner starts beside the lab's own cluster.
extension RedisProcesses {
    /// Takes in the process that becomes an engine with these arguments. One that goes into the background is looked
    /// for at its port.
    /// - Returns: the port of one that goes into the background, where it is another process.
    @discardableResult
    package func admitGuest(_ arguments: [String], in folder: String, process id: Int) -> Int? {
        let settings = EngineArguments(arguments, in: folder)
        let address = NodeAddress(port: settings.port)
        // Where somebody listens already it will not start, and says so itself.
        guard LocalPort.isFree(settings.port),
            let process = pid(id).flatMap(SystemProcess.init)
        else { return nil }
        let launch = engines[0].launch(arguments + ["--daemonize", "no"], in: folder)
        let files = Files(log: settings.log, cluster: settings.clusterFile)
        admit(
            process, at: address, launch, files, isScratch: false,
            movesOn: settings.isDaemon)
        guard settings.isDaemon else { return nil }
        DispatchQueue(label: "daemon \(settings.port)").async { [self] in
            guard let daemon = daemon(at: address, settings, instead: process) else {
                return stay(address)
            }
            admit(daemon, at: address, launch, files, isScratch: false)
        }
        return settings.port
    }

    /// So long a server has for its way into the background.
    private static var movingTime: Duration { .seconds(5) }

    private func pid(_ id: Int) -> Int32? { Int32(exactly: id) }

    /// The process that listens at an address, when it does.
    private func daemon(
        at address: NodeAddress, _ settings: EngineArguments, instead former: SystemProcess
    ) -> SystemProcess? {
        let deadline = ContinuousClock.now + Self.movingTime
        while ContinuousClock.now < deadline {
            if let id = processID(at: address, settings), id != former.id {
                return SystemProcess(id)
            }
            sleep(milliseconds: 20)
        }
        return nil
    }

    private func processID(at address: NodeAddress, _ settings: EngineArguments) -> Int32? {
        guard let connection = try? RESPConnection(to: address, timeout: .seconds(1)) else {
            return nil
        }
        defer { connection.close() }
        if let password = settings.password {
            guard (try? connection.send("AUTH", password)) != nil else { return nil }
        }
        let lines = (try? connection.send("INFO", "server"))?.text?.split(
            whereSeparator: \.isNewline)
        let mark = "process_id:"
        return lines?.first { $0.hasPrefix(mark) }.flatMap { Int32($0.dropFirst(mark.count)) }
    }
}
