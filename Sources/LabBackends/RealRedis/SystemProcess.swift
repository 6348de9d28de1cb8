#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process of this machine: its number and when it began, for numbers are given again.
struct SystemProcess: Hashable, Sendable {
    let id: pid_t
    /// In the system's own unit; only compared.
    let birth: UInt64

    /// How it is.
    enum State {
        case running, stopped, gone
    }

    /// nil where no process has the number.
    init?(_ id: pid_t) {
        guard let facts = Self.facts(of: id) else { return nil }
        self.id = id
        birth = facts.birth
    }

    /// `4711 1234567`, as the table of processes has it.
    init?(line: Substring) {
        let fields = line.split(separator: " ")
        guard fields.count == 2, let id = pid_t(fields[0]), id > 1, let birth = UInt64(fields[1])
        else { return nil }
        self.id = id
        self.birth = birth
    }

    var line: String { "\(id) \(birth)" }

    var state: State {
        guard let facts = Self.facts(of: id), facts.birth == birth else { return .gone }
        return facts.state
    }

    /// Sends a signal, unless the number is somebody else's by now.
    func signal(_ signal: Int32) {
        if state != .gone { kill(id, signal) }
    }

    /// Whether a process whose first thread is gone has ended: as long as another one has not, its ports are taken. For
    /// the other threads of a process that is no child nobody waits. A child is forgotten by the system with that.
    private static func hasEnded(_ id: pid_t) -> Bool {
        var status: Int32 = 0
        return waitpid(id, &status, WNOHANG) != 0
    }

    #if canImport(Glibc)
        /// From /proc: the state is the word behind the name in brackets, the start the twentieth from there.
        private static func facts(of id: pid_t) -> (state: State, birth: UInt64)? {
            guard let file = fopen("/proc/\(id)/stat", "r") else { return nil }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 1024)
            let count = fread(&bytes, 1, bytes.count, file)
            let text = String(decoding: bytes.prefix(count), as: UTF8.self)
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 19, let birth = UInt64(fields[19]) else { return nil }
            switch fields[0] {
            case "Z", "X": return (hasEnded(id) ? .gone : .running, birth)
            case "T", "t": return (.stopped, birth)
            default: return (.running, birth)
            }
        }
    #else
        private static func facts(of id: pid_t) -> (state: State, birth: UInt64)? {
            var info = kinfo_proc()
            var size = MemoryLayout<kinfo_proc>.stride
            var name: [Int32] = [CTL_KERN, KERN_PROC, KERN_PROC_PID, id]
            guard sysctl(&name, 4, &info, &size, nil, 0) == 0, size > 0 else { return nil }
            let start = info.kp_proc.p_un.__p_starttime
            let birth = UInt64(start.tv_sec) * 1_000_000 + UInt64(start.tv_usec)
            switch Int32(info.kp_proc.p_stat) {
            case SZOMB: return (hasEnded(id) ? .gone : .running, birth)
            case SSTOP: return (.stopped, birth)
            default: return (.running, birth)
            }
        }
    #endif
}
