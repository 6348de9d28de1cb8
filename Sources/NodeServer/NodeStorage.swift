import ClusterCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A node's folder. Files are written beside and renamed, so that a reader never sees half of one.
struct NodeStorage: Sendable {
    let folder: String
    private let lock = ClusterConfigLock()

    /// Tells this node's temporary files from those of others of the process.
    let mark = UInt32.random(in: .min ... .max)

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

    /// Writes a file, whole; with `isSynced` it is on the disk when this returns.
    func write(
        _ contents: String, to file: NodeFile, configuration: Configuration, isSynced: Bool
    ) throws(Failure) {
        switch file {
        case .clusterConfiguration:
            try write(
                contents, atPath: path(of: configuration.clusterConfigFile), isSynced: isSynced,
                keeping: lock)
        case .configuration:
            let path = path(of: configuration.configFile)
            try write(try read(path).map(configuration.rewriting) ?? contents, atPath: path)
        }
    }

    /// Makes nodes.conf this node's alone, until `unlock` or the end of the process.
    func lockClusterConfiguration(_ configuration: Configuration) throws(Failure) {
        guard configuration.clusterEnabled else { return }
        let name = configuration.clusterConfigFile
        try lock.acquire(path(of: name), named: name)
    }

    /// Lets another node have nodes.conf.
    func unlock() {
        lock.release()
    }

    /// The same for any file; one that is locked stays so under its new contents.
    func write(
        _ contents: String, atPath path: String, isSynced: Bool = true,
        keeping lock: ClusterConfigLock? = nil
    ) throws(Failure) {
        let beside = "\(path).\(getpid()).tmp"
        guard let stream = fopen(beside, "w") else { throw Failure(reason: systemError()) }
        lock?.adopt(fileno(stream))
        let written = fputs(contents, stream)
        let isWritten =
            written >= 0 && fflush(stream) == 0 && (!isSynced || fsync(fileno(stream)) == 0)
        let reason = systemError()
        guard fclose(stream) == 0, isWritten else {
            unlink(beside)
            throw Failure(reason: reason)
        }
        guard rename(beside, path) == 0 else {
            let reason = systemError()
            unlink(beside)
            throw Failure(reason: reason)
        }
        if isSynced { syncFolder(of: path) }
    }

    /// Makes the new name of a file last. A file system that cannot do so is none the worse.
    func syncFolder(of path: String) {
        guard let end = path.lastIndex(of: "/") else { return }
        let descriptor = open(String(path[...end]), O_RDONLY)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}

/// The system's words for what went wrong last, such as `Permission denied`.
func systemError() -> String {
    String(cString: strerror(errno))
}
