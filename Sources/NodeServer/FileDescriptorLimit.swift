#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many files and sockets this process may hold open.
enum FileDescriptorLimit {
    /// Raises the limit as far as the system lets this user, as redis-server does at its start: all nodes of a
    /// cluster share one process.
    static func raise() {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        // A refusal leaves the limit as it was; connections beyond it wait.
        _ = setrlimit(resource, &limit)
    }
}
