// Programs that the course uses where they are there.
extension Doctor {
    /// python3 and redis-py, docker, and Redis' own programs.
    func toolFindings() -> [Finding] {
        [
            python(), redisPy(), docker(),
            engine(
                "redis-server",
                use: "--backend redis: real nodes; the lab's own need none",
                advice: "apt install redis-server, or brew install redis"),
            program(
                "redis-cli",
                use: "talking to the lab from another terminal; clusterlab env brings its own",
                advice: "apt install redis-tools, or brew install redis"),
            engine(
                "valkey-server",
                use: "--backend redis --engine valkey-server: the same on Valkey",
                advice: "apt install valkey-server, or brew install valkey"),
        ]
    }

    /// Whether the machine has one of them, as the check language names it.
    static func has(_ tool: String, on machine: Machine) -> Bool {
        let doctor = Doctor(machine: machine, terminal: Terminal { _ in }, ports: [])
        switch tool {
        case "redis-py": return doctor.redisPy().state == .good
        case "docker": return doctor.docker().state == .good
        default: return machine.path(of: tool) != nil
        }
    }

    /// A program on PATH and its version.
    private func program(_ name: String, use: String, advice: String) -> Finding {
        guard let path = machine.path(of: name) else {
            return Finding(
                state: .absent, name: name, value: "not on PATH", use: use, advice: advice)
        }
        let version = machine.run([path, "--version"]).flatMap { Self.version(in: $0.text) }
        return Finding(
            state: version == nil ? .absent : .good, name: name,
            value: version.map { "\($0), \(path)" } ?? "\(path), but it does not run", use: use,
            advice: "\(name) --version, to see why")
    }

    /// The servers of this name that the lab can start, the one first that it takes, and whether they are of versions
    /// that it is made for.
    private func engine(_ name: String, use: String, advice: String) -> Finding {
        let found = machine.paths(of: name).compactMap { path in
            machine.run([path, "--version"]).flatMap { FoundEngine(path: path, said: $0.text) }
        }
        guard let first = found.first else {
            return program(name, use: use, advice: advice)
        }
        return Finding(
            state: first.isFit ? .good : .absent, name: name,
            value: found.map { $0.text(beside: name) }.joined(separator: "; "), use: use,
            advice: "--backend redis --engine PATH, with one that is")
    }

    private func python() -> Finding {
        program(
            "python3", use: "the lessons that program a client",
            advice: "apt install python3 python3-venv, or brew install python")
    }

    private func redisPy() -> Finding {
        let use = "the same lessons: from redis.cluster import RedisCluster"
        let output = machine.path(of: "python3").flatMap {
            machine.run([$0, "-c", "import redis; print(redis.__version__)"])
        }
        guard let output, output.status == 0, let version = Self.version(in: output.text) else {
            return Finding(
                state: .absent, name: "redis-py", value: "not there for python3", use: use,
                advice: "python3 -m venv venv && venv/bin/pip install redis")
        }
        let major = version.prefix { $0.isNumber }
        guard let number = Int(major), number >= 4 else {
            return Finding(
                state: .absent, name: "redis-py", value: "\(version): too old to know clusters",
                use: use,
                advice: "pip install --upgrade redis; redis-py-cluster brings such an old one")
        }
        return Finding(state: .good, name: "redis-py", value: version, use: use)
    }

    /// The client is one program, the daemon another.
    private func docker() -> Finding {
        let use = "real containers; at the lab's prompt docker is the lab's own"
        guard let path = machine.path(of: "docker") else {
            return Finding(
                state: .absent, name: "docker", value: "not on PATH", use: use,
                advice: "apt install docker.io, or install Docker Desktop")
        }
        let client = machine.run([path, "--version"]).flatMap { Self.version(in: $0.text) } ?? "?"
        let daemon = machine.run([path, "info", "--format", "{{.ServerVersion}}"])
        guard let daemon, daemon.status == 0, let version = Self.version(in: daemon.text) else {
            return Finding(
                state: .absent, name: "docker",
                value: "client \(client), \(path); its daemon does not answer",
                use: use, advice: "sudo systemctl start docker, or open Docker Desktop")
        }
        return Finding(
            state: .good, name: "docker", value: "client \(client), \(path); daemon \(version)",
            use: use)
    }

    /// The first `7.0.15` in a text, whatever stands around it.
    static func version(in text: String) -> String? {
        text.split { !($0.isNumber || $0 == ".") }.first { word in
            word.contains(".") && word.first?.isNumber == true && word.last?.isNumber == true
        }.map(String.init)
    }
}

/// A redis-server or valkey-server on PATH, by what it says of itself.
private struct FoundEngine {
    let path: String
    let version: String
    let isValkey: Bool

    /// Reads `Redis server v=7.0.15 sha=…`; Valkey 7.2 says `Server v=7.2.7 sha=…`. The lab's own is none.
    init?(path: String, said: String) {
        guard said.contains("erver v="), !said.contains("build=clusterlab"),
            let version = Doctor.version(in: said)
        else { return nil }
        self.path = path
        self.version = version
        isValkey = !said.hasPrefix("Redis")
    }

    /// Whether it is Redis 7.0 to 8 or Valkey 7.2 to 8.
    var isFit: Bool {
        let numbers = version.split(separator: ".").map { Int($0) ?? 0 } + [0, 0]
        return (numbers[0], numbers[1]) >= (7, isValkey ? 2 : 0) && numbers[0] <= 8
    }

    /// `7.0.15, /usr/bin/redis-server`; whose it is where the name says something else.
    func text(beside name: String) -> String {
        let isNamed = name.hasPrefix("valkey") == isValkey
        let owner = isNamed ? "" : isValkey ? "Valkey " : "Redis "
        let remark = "outside of \(isValkey ? "7.2" : "7.0") to 8, which the lab is made for"
        return "\(owner)\(version), \(path)" + (isFit ? "" : ": \(remark)")
    }
}
