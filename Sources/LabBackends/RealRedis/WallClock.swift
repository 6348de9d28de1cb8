#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The machine's time of day, in which servers date the lines of their logs.
enum WallClock {
    /// Milliseconds of a day.
    static let day = 24 * 60 * 60 * 1000

    /// How many have passed of this one.
    static var millisecondOfDay: Int {
        var now = timeval()
        gettimeofday(&now, nil)
        var parts = tm()
        localtime_r(&now.tv_sec, &parts)
        let seconds = (Int(parts.tm_hour) * 60 + Int(parts.tm_min)) * 60 + Int(parts.tm_sec)
        return seconds * 1000 + Int(now.tv_usec) / 1000
    }
}
