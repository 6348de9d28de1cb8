import Dispatch

/// The lab's writer: a client that writes all the time, and afterwards tells what became of every write. Beside it is a
/// reader, which does the same with reads and ends with it.
///
/// There is one of each for each cluster, with one run at a time. In a cluster whose time passes by itself a run has a thread;
/// another (`LabCluster.runsByItself` is false) drives it whenever its time passes, for whomever. A run ends with `stop`,
/// and with the writer itself.
package final class LabWriter {
    /// The reader; nil for the reader itself.
    package let reader: LabWriter?
    private let cluster: any LabCluster
    private var run: Run?
    /// Writes of this run that the cluster's events have already.
    private var told: Set<Int> = []

    /// A run and who drives it.
    private struct Run {
        let share: WriterShare
        /// The thread; left when it is over.
        let thread = DispatchGroup()
    }

    /// A run as it was, for `init(_:resuming:)`.
    package struct Moment: Sendable {
        fileprivate let writer: ClusterWriter?
        fileprivate let reader: ClusterWriter?
    }

    /// A report waits so long of the cluster's time until all keys can be read.
    package static let patience = Duration.seconds(30)

    /// Where time passes only while somebody waits, a writer that stops waits so long for the replies that are to come.
    private static let grace = WriterPlan.patience + .seconds(1)
    /// Between two looks whether they have.
    private static let look = Duration.milliseconds(1)

    /// So many lost writes of a report become events of the cluster: more would push out what happened.
    private static let eventLimit = 100

    /// A cluster whose time passes by itself is waited for so long until a run can begin, and until it has made up for
    /// what it is late; in everybody's time.
    private static let startPatience = Duration.seconds(1)

    package convenience init(_ cluster: any LabCluster) {
        self.init(cluster, reader: LabWriter(cluster, reader: nil))
    }

    private init(_ cluster: any LabCluster, reader: LabWriter?) {
        self.cluster = cluster
        self.reader = reader
    }

    /// A writer that goes on where another one was at that moment, in a cluster that has been made what it was then.
    package convenience init(_ cluster: any LabCluster, resuming moment: Moment?) {
        self.init(cluster)
        resume(moment?.writer)
        reader?.resume(moment?.reader)
    }

    private func resume(_ writer: ClusterWriter?) {
        guard var writer else { return }
        // Nobody is connected any more, and so nothing is left to do for it.
        _ = writer.rewind(to: cluster.time, at: cluster.time)
        drive(writer)
    }

    deinit {
        end()
    }

    /// The runs as they are now; nil before the first one.
    package var moment: Moment? {
        let moment = Moment(writer: writer, reader: reader?.writer)
        return moment.writer == nil && moment.reader == nil ? nil : moment
    }

    /// Whether there has been a run.
    package var hasRun: Bool { run != nil }

    /// Whether it writes now.
    package var isWriting: Bool { run?.share.writer.isWriting ?? false }

    /// All writes of the run; nil before the first run.
    package var log: WriteLog? { writer?.log }

    /// The run as it is now, after all rewinds of the cluster: a run that is over has nobody else who would tell it.
    private var writer: ClusterWriter? {
        guard let run else { return nil }
        // The connections that are gone are the driver's, who finds that out itself.
        _ = run.share.noteRewinds(of: cluster)
        return run.share.writer
    }

    // MARK: - A run

    /// Begins a run and forgets the one before.
    package func start(_ plan: WriterPlan) {
        endRun()
        told = []
        drive(ClusterWriter(plan, seeds: cluster.nodes, at: cluster.time))
        awaitOwners()
    }

    /// Where time passes by itself, a run is to write from its first moment on, and not only once it knows whom to ask.
    private func awaitOwners() {
        guard cluster.runsByItself, let share = run?.share else { return }
        let deadline = ContinuousClock.now + Self.startPatience
        do throws(LabError) {
            while !share.writer.isReady, ContinuousClock.now < deadline {
                try RealTime.pass(Self.look)
            }
        } catch {
            // Ctrl-C: the run begins when it can.
        }
    }

    /// Hands a run to whoever drives it.
    private func drive(_ writer: ClusterWriter) {
        let share = WriterShare(writer, in: cluster)
        let run = Run(share: share)
        self.run = run
        guard writer.isWriting else { return }
        cluster.admit(share)
        guard cluster.runsByItself else { return }
        DispatchQueue(label: "writer").async(group: run.thread) { [cluster] in
            var loop = WriterLoop(share, in: cluster)
            loop.run()
        }
    }

    /// Ends the run, with the replies that are still to come.
    package func stop() {
        guard let run else { return }
        let now = cluster.time
        run.share.change { $0.stop(at: now) }
        run.thread.wait()
        if !cluster.runsByItself { awaitReplies(run.share) }
    }

    /// Ends the runs at once: the cluster goes away. What was written is known still.
    package func end() {
        endRun()
        reader?.endRun()
    }

    private func endRun() {
        run?.share.end()
        stop()
    }

    /// Ends the runs of both, with the replies that are still to come.
    package func stopAll() {
        stop()
        reader?.stop()
    }

    private func awaitReplies(_ share: WriterShare) {
        let deadline = cluster.time + Self.grace
        do throws(LabError) {
            while !share.isOver, cluster.time < deadline { try cluster.pass(Self.look) }
        } catch {
            // Time stands still, or the cluster is gone: no reply will come.
        }
        let now = cluster.time
        share.change { $0.giveUp(at: now) }
    }

    // MARK: - Findings

    /// Reads all keys back, and tells what became of the writes; nil before the first run. Lost writes become events of
    /// the cluster.
    /// - Parameters:
    ///   - patience: how long to wait until the cluster is well and all keys can be read.
    ///   - onWait: is called once if there is something to wait for.
    package func report(
        within patience: Duration = patience, onWait: () -> Void = {}
    ) throws(LabError) -> WriterReport? {
        guard let writer else { return nil }
        var reading = ReadBack(cluster, key: writer.plan.key, patience: patience)
        // What was read needs no look at what is there now.
        if writer.plan.traffic == .writes {
            try reading.read(Set(writer.log.records.map(\.slot)).sorted(), onWait: onWait)
        }
        let report = WriterReport(
            writer, found: reading.found, owners: reading.owners, at: cluster.time)
        tell(report)
        return report
    }

    /// The longest time in which the slots of one master took no write; nil before the first run.
    package var longestOutage: Duration? {
        writer.map {
            WriterReport($0, found: [:], owners: SlotMap(), at: cluster.time).longestOutage
        }
    }

    private func tell(_ report: WriterReport) {
        for write in report.lost.prefix(Self.eventLimit)
        where told.insert(write.record.serial).inserted {
            let record = write.record
            cluster.events?.add(
                LabEvent(
                    time: record.replied ?? record.sent, node: record.node,
                    kind: .writeLost(key: record.key, value: report.log.value(of: record))))
        }
    }
}
