import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The claim of one node on its nodes.conf (`clusterLockConfig`): two nodes that share the file would be one and the
/// same node to the cluster.
final class ClusterConfigLock: Sendable {
    /// Holds the lock; nil while nothing is locked.
    private let descriptor = Mutex<Int32?>(nil)

    deinit {
        release()
    }

    /// Locks the file, which is made where it is missing.
    /// - Parameter name: what the configuration calls it.
    func acquire(_ path: String, named name: String) throws(NodeStorage.Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw NodeStorage.Failure(
                reason: "Can't open \(name) in order to acquire a lock: \(systemError())")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let reason = systemError()
            close(file)
            throw NodeStorage.Failure(
                reason: isTaken
                    ? "Sorry, the cluster configuration file \(name) is already used by a different "
                        + "Redis Cluster node. Please make sure that different nodes use different "
                        + "cluster configuration files."
                    : "Impossible to lock \(name): \(reason)")
        }
        hold(file)
    }

    /// Locks a file that is about to take the locked one's place, if one is locked.
    func adopt(_ file: Int32) {
        guard descriptor.withLock({ $0 }) != nil else { return }
        // The copy keeps the lock when the original is closed.
        let copy = fcntl(file, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0, flock(copy, LOCK_EX | LOCK_NB) == 0 else { return }
        hold(copy)
    }

    func release() {
        hold(nil)
    }

    private func hold(_ file: Int32?) {
        let previous = descriptor.withLock { held in
            defer { held = file }
            return held
        }
        guard let previous else { return }
        // A program that is just being started has a copy of it for a moment: closing alone would leave the lock to that.
        _ = flock(previous, LOCK_UN)
        close(previous)
    }
}
