#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGKILL, SIGTERM, SIGSTOP and SIGCONT, for files that need no more of the system.
let (sigKill, sigTerm, sigStop, sigContinue) = (SIGKILL, SIGTERM, SIGSTOP, SIGCONT)

/// Waits; a signal may end it early.
func sleep(milliseconds: Int32) {
    poll(nil, 0, milliseconds)
}
