import ClusterCore
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The node's data on the disk.
extension NodeDriver {
    /// Writes a snapshot: at once, or on another thread.
    func dump(_ snapshot: Snapshot) {
        guard let storage else {
            return report(.snapshotFailed(snapshot.number, reason: "the node has no folder"))
        }
        if case .base(let isFirst) = snapshot.purpose {
            do throws(NodeStorage.Failure) {
                try withAppendOnly { file throws(NodeStorage.Failure) in
                    try file.beginRewrite(isFirst: isFirst)
                }
            } catch {
                return report(.snapshotFailed(snapshot.number, reason: error.reason))
            }
        }
        let path = storage.temporaryPath(of: snapshot)
        guard !snapshot.isForeground else {
            return finish(snapshot, at: path, storage.outcome(of: snapshot, at: path))
        }
        background = snapshot.number
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
            storage.outcome(of: snapshot, at: path)
        }.assumeIsolated().whenComplete { result in
            guard self.background == snapshot.number, !self.isStopped else {
                unlink(path)
                return
            }
            self.background = nil
            switch result {
            case .success(let outcome): self.finish(snapshot, at: path, outcome)
            case .failure(let error):
                self.finish(snapshot, at: path, .failure(NodeStorage.Failure(reason: "\(error)")))
            }
        }
    }

    /// Opens the append-only file. A node that cannot keep what it promises to keep does not serve.
    func openAppendOnly(base: Snapshot) {
        do throws(NodeStorage.Failure) {
            try withAppendOnly { file throws(NodeStorage.Failure) in try file.open(base: base) }
        } catch {
            note(.warning, error.reason)
            stop()
        }
    }

    /// Writes to the append-only file, and tells the node when that begins or ceases to fail. Under `always` the
    /// replies to what cannot be written must not leave, and the node ends, as in Redis.
    func append(_ bytes: [UInt8], isSynced: Bool) {
        let error = appendOnly?.append(bytes)
        if let error, isSynced { return endWithoutReplies(error) }
        if isSynced, !isSyncDue {
            isSyncDue = true
            later { $0.flush() }
        }
        guard error != appendError else { return }
        appendError = error
        report(.appendOnlyChanged(error: error))
    }

    /// Brings what was appended under `always` to the disk, where that is still to be done.
    @inline(__always)
    func syncAppended() {
        if isSyncDue { syncNow() }
    }

    @inline(never)
    private func syncNow() {
        isSyncDue = false
        if let error = appendOnly?.sync() { endWithoutReplies(error) }
    }

    private func endWithoutReplies(_ error: String) {
        note(
            .warning,
            "Can't recover from AOF write error when the AOF fsync policy is 'always': \(error). Exiting..."
        )
        stop()
    }

    /// Brings what was appended to the disk, and closes the file.
    func closeAppendOnly() {
        appendOnly?.close()
        appendError = nil
    }

    private func finish(
        _ snapshot: Snapshot, at path: String, _ outcome: Result<Int, NodeStorage.Failure>
    ) {
        do throws(NodeStorage.Failure) {
            let size = try outcome.get()
            switch snapshot.purpose {
            case .dump:
                guard let storage else { return }
                try storage.install(path, as: storage.path(of: node.configuration.dbfilename))
            case .base:
                try withAppendOnly { file throws(NodeStorage.Failure) in
                    try file.finishRewrite(path, isDump: snapshot.isDump)
                }
            }
            report(.snapshotWritten(snapshot.number, size: size))
        } catch {
            if snapshot.purpose != .dump { appendOnly?.abandonRewrite() }
            report(.snapshotFailed(snapshot.number, reason: error.reason))
        }
    }

    private func withAppendOnly(
        _ body: (inout AppendOnlyFile) throws(NodeStorage.Failure) -> Void
    ) throws(NodeStorage.Failure) {
        guard let storage else { throw NodeStorage.Failure(reason: "the node has no folder") }
        var file =
            if let appendOnly { appendOnly } else {
                try AppendOnlyFile(storage, configuration: node.configuration)
            }
        appendOnly = nil
        defer { appendOnly = file }
        try body(&file)
    }

    private func report(_ event: Event) {
        later { $0.deliverFromStorage(event) }
    }
}

extension NodeStorage {
    /// Writes a snapshot, on whatever thread this is.
    fileprivate func outcome(
        of snapshot: Snapshot, at path: String
    ) -> Result<Int, Failure> {
        do throws(Failure) {
            return .success(try write(snapshot.writer, to: path))
        } catch {
            return .failure(error)
        }
    }
}
