import ClusterCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A node's folder. Files are written beside and renamed, so that a reader never sees half of one.
struct NodeStorage: Sendable {
    let folder: String

    /// The system refused.
    struct Failure: Error {
        let reason: String

        /// What the client that asked for the file is told, in Redis' words.
        func text(for file: NodeFile) -> String {
            switch file {
            case .clusterConfiguration: "ERR error saving the cluster node config: \(reason)"
            case .configuration: "ERR Rewriting config file: \(reason)"
            }
        }
    }

    /// Makes the folder where it is missing.
    init(folder: String) throws(Failure) {
        self.folder = folder
        var path = folder.hasPrefix("/") ? "/" : ""
        for part in folder.split(separator: "/") {
            path += part + "/"
            if mkdir(path, 0o755) != 0, errno != EEXIST {
                throw Failure(reason: "\(path): \(systemError())")
            }
        }
    }

    func write(
        _ contents: String, to file: NodeFile, configuration: Configuration
    ) throws(Failure) {
        let name =
            switch file {
            case .clusterConfiguration: configuration.clusterConfigFile
            case .configuration: "redis.conf"
            }
        let path = "\(folder)/\(name)"
        let beside = "\(path).\(getpid()).tmp"
        guard let stream = fopen(beside, "w") else { throw Failure(reason: systemError()) }
        let written = fputs(contents, stream)
        guard fclose(stream) == 0, written >= 0, rename(beside, path) == 0 else {
            let reason = systemError()
            unlink(beside)
            throw Failure(reason: reason)
        }
    }
}

/// The system's words for what went wrong last, such as `Permission denied`.
func systemError() -> String {
    String(cString: strerror(errno))
}
