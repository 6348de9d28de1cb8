/// Which TCP ports of this machine are taken, and by which process.
struct PortOwners {
    private var owners: [Int: Owner] = [:]

    /// Who listens at a port.
    struct Owner: Equatable {
        /// Nil where the system does not tell, as for other users' processes.
        var process: Int?
        var name: String?
        /// The user's number, where the process is not told.
        var user: Int?

        /// `redis-server, process 4711`, for a sentence.
        var description: String {
            switch (process, name) {
            case (let process?, let name?): "\(name), process \(process)"
            case (let process?, nil): "process \(process)"
            default:
                user.map { "a process of user \($0)" } ?? "a process that the system does not tell"
            }
        }
    }

    /// Reads /proc on Linux; elsewhere asks lsof. Only `ports` are looked for.
    init(of ports: Set<Int>, on machine: Machine) {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap(machine.read)
        if tables.isEmpty { readLsof(ports, machine) } else { read(tables, ports, machine) }
    }

    /// Nil for a port that is free.
    subscript(port: Int) -> Owner? { owners[port] }

    // MARK: - /proc

    private mutating func read(_ tables: [String], _ ports: Set<Int>, _ machine: Machine) {
        var sockets: [String: [Int]] = [:]
        for line in tables.flatMap({ $0.split(separator: "\n").dropFirst() }) {
            let fields = line.split(separator: " ")
            // 0A is LISTEN; the local address is hexadecimal, its port behind the colon.
            guard fields.count > 9, fields[3] == "0A",
                let port = fields[1].split(separator: ":").last.flatMap({ Int($0, radix: 16) }),
                ports.contains(port)
            else { continue }
            owners[port] = Owner(user: Int(fields[7]))
            sockets["socket:[\(fields[9])]", default: []].append(port)
        }
        guard !sockets.isEmpty else { return }
        for process in machine.list("/proc").compactMap({ Int($0) }).sorted() {
            note(process, of: sockets, machine)
        }
    }

    private mutating func note(_ process: Int, of sockets: [String: [Int]], _ machine: Machine) {
        let folder = "/proc/\(process)/fd"
        let held = machine.list(folder).compactMap { machine.linkTarget("\(folder)/\($0)") }
        let ports = held.flatMap { sockets[$0] ?? [] }
        guard !ports.isEmpty else { return }
        let name = machine.read("/proc/\(process)/comm")?.split(separator: "\n").first.map(
            String.init)
        for port in ports where owners[port]?.process == nil {
            owners[port] = Owner(process: process, name: name)
        }
    }

    // MARK: - lsof

    /// Lines such as `ControlCe 512 me 9u IPv4 0x0 0t0 TCP *:7000 (LISTEN)`.
    private mutating func readLsof(_ ports: Set<Int>, _ machine: Machine) {
        let output = machine.run(["lsof", "-nP", "-iTCP", "-sTCP:LISTEN"])
        for line in (output?.text ?? "").split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 8, let process = Int(fields[1]),
                let port = fields.last(where: { $0.contains(":") })?.split(separator: ":").last
                    .flatMap({
                        Int($0)
                    }), ports.contains(port)
            else { continue }
            owners[port] = Owner(process: process, name: String(fields[0]))
        }
    }
}
