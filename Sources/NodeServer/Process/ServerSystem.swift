import ClusterCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a server has around it: files, a working folder, its standard streams. A process has those of its own; a
/// server that shares its process with others has those of whoever asked for it.
package struct ServerSystem {
    let files: RedisConf.Surroundings
    let folder: () -> String
    /// The path from the root of the machine on.
    let path: (String) -> String
    /// What standard input holds.
    let input: () -> [UInt8]
    /// Takes what goes to standard output.
    let output: @Sendable (String) -> Void
    let processID: Int

    /// This process.
    package static var process: ServerSystem {
        ServerSystem(
            files: .process, folder: workingFolder, path: absolutePath,
            input: RedisConf.Surroundings.standardInput,
            output: { _ = writeAll(Array($0.utf8), to: STDOUT_FILENO) }, processID: Int(getpid()))
    }

    /// That of somebody who is in a folder.
    /// - Parameters:
    ///   - mounts: what they see of the machine under which names; empty where they see all as it is.
    ///   - input: what their standard input holds.
    ///   - output: takes what goes to their standard output.
    ///   - processID: the process that stands for the server.
    package static func guest(
        in folder: String, mounts: [(target: String, source: String)] = [], processID: Int,
        input: @escaping () -> [UInt8],
        output: @escaping @Sendable (String) -> Void
    ) -> ServerSystem {
        let place = WorkingFolder(folder, mounts: mounts)
        return ServerSystem(
            files: .folder(place), folder: { place.path }, path: place.path(of:), input: input,
            output: output, processID: processID)
    }

    /// The same with nobody at its standard output.
    var muted: ServerSystem {
        ServerSystem(
            files: files, folder: folder, path: path, input: input, output: { _ in },
            processID: processID)
    }
}
