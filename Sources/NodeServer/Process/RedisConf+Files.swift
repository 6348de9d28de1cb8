package import ClusterCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RedisConf.Surroundings {
    /// This process: its working folder and the files that it sees.
    package static var process: RedisConf.Surroundings {
        RedisConf.Surroundings(
            read: readAll, enter: { chdir($0) == 0 ? nil : systemError() },
            append: { path in
                let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
                guard file >= 0 else { return systemError() }
                close(file)
                return nil
            })
    }

    /// A folder that is as if it was this process' working folder.
    static func folder(_ place: WorkingFolder) -> RedisConf.Surroundings {
        RedisConf.Surroundings(
            read: { path throws(RedisConf.Unreadable) in
                do throws(RedisConf.Unreadable) {
                    return try readAll(place.path(of: path))
                } catch {
                    throw RedisConf.Unreadable(path: path, reason: error.reason)
                }
            },
            enter: { place.enter($0) },
            append: { path in
                let file = open(
                    place.path(of: path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
                guard file >= 0 else { return systemError() }
                close(file)
                return nil
            })
    }

    /// What standard input holds.
    package static func standardInput() -> [UInt8] { contents(of: STDIN_FILENO) }
}

/// A file, or all that match a pattern; a pattern that nothing matches is an empty file, as in Redis.
private func readAll(_ path: String) throws(RedisConf.Unreadable) -> [UInt8] {
    guard path.contains(where: { "*?[".contains($0) }) else { return try read(path) }
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob(path, 0, nil, &matches) == 0 else { return [] }
    var text: [UInt8] = []
    for index in 0..<Int(matches.gl_pathc) {
        if let name = matches.gl_pathv[index] { text += try read(String(cString: name)) }
    }
    return text
}

private func read(_ path: String) throws(RedisConf.Unreadable) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw RedisConf.Unreadable(path: path, reason: systemError()) }
    defer { close(file) }
    return contents(of: file)
}

private func contents(of file: Int32) -> [UInt8] {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { return text }
        text += buffer.prefix(count)
    }
}
