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
    /// What standard input holds.
    let input: () -> [UInt8]
    /// Takes what goes to standard output.
    let output: @Sendable (String) -> Void
    let processID: Int

    /// This process.
    package static var process: ServerSystem {
        ServerSystem(
            files: .process, folder: workingFolder, input: RedisConf.Surroundings.standardInput,
            output: { _ = writeAll(Array($0.utf8), to: STDOUT_FILENO) }, processID: Int(getpid()))
    }

    /// That of somebody who is in a folder.
    /// - Parameters:
    ///   - input: what their standard input holds.
    ///   - output: takes what goes to their standard output.
    ///   - processID: the process that stands for the server.
    package static func guest(
        in folder: String, processID: Int, input: @escaping () -> [UInt8],
        output: @escaping @Sendable (String) -> Void
    ) -> ServerSystem {
        let place = WorkingFolder(folder)
        return ServerSystem(
            files: .folder(place), folder: { place.path }, input: input, output: output,
            processID: processID)
    }

    /// The same with nobody at its standard output.
    var muted: ServerSystem {
        ServerSystem(
            files: files, folder: folder, input: input, output: { _ in }, processID: processID)
    }

    /// The path from the root on.
    func path(of name: String) -> String {
        name.hasPrefix("/") ? name : "\(folder())/\(name)"
    }
}
