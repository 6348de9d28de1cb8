import ClusterCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension HostFacts {
    /// The facts about this process.
    static func ofThisProcess() -> HostFacts {
        var facts = HostFacts()
        facts.processID = Int(getpid())
        facts.operatingSystem = systemName()
        #if !canImport(Glibc)
            facts.multiplexing = "kqueue"
        #endif
        facts.executable = CommandLine.arguments.first ?? ""
        facts.refresh()
        return facts
    }

    /// Looks up anew what changes: memory and processor time.
    mutating func refresh() {
        var usage = rusage()
        if getrusage(ownUsage, &usage) == 0 {
            processor = Processor(system: Duration(usage.ru_stime), user: Duration(usage.ru_utime))
        }
        guard let pages = memoryPages() else { return }
        let pageSize = Int(getpagesize())
        // What the process shares with nobody: its data, and pages that the allocator keeps for more.
        let used = (pages.resident - pages.shared) * pageSize
        memory = Memory(
            used: used, resident: pages.resident * pageSize, peak: max(memory?.peak ?? 0, used),
            total: sysconf(Int32(_SC_PHYS_PAGES)) * pageSize)
    }
}

#if canImport(Glibc)
    private let ownUsage = __rusage_who_t(RUSAGE_SELF.rawValue)
#else
    private let ownUsage = RUSAGE_SELF
#endif

extension Duration {
    fileprivate init(_ time: timeval) {
        self = .seconds(Int64(time.tv_sec)) + .microseconds(Int64(time.tv_usec))
    }
}

/// `Linux 6.1.0 x86_64`, as `uname` says it.
private func systemName() -> String {
    var name = utsname()
    guard uname(&name) == 0 else { return "" }
    return [text(&name.sysname), text(&name.release), text(&name.machine)].joined(separator: " ")
}

private func text<Characters>(_ characters: inout Characters) -> String {
    withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// Pages of the process in memory, and those of them that it may share; nil where there is no /proc.
private func memoryPages() -> (resident: Int, shared: Int)? {
    let file = open("/proc/self/statm", O_RDONLY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
        let count = read(file, buffer.baseAddress, buffer.count)
        guard count > 0 else { return nil }
        let fields = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: " ")
        guard fields.count > 2, let resident = Int(fields[1]), let shared = Int(fields[2]) else {
            return nil
        }
        return (resident, shared)
    }
}
