import Dispatch

/// The lab's writer: a client that writes all the time, and afterwards tells what became of every write.
///
/// There is one for each cluster, with one run at a time. In a cluster whose time passes by itself a run has a thread;
/// in another (`LabCluster.runsByItself` is false) whoever makes time pass does it through `pass`, or calls `step`
/// whenever time has passed. A run ends with `stop`, and with the writer itself.
package final class LabWriter {
    private let cluster: any LabCluster
    private var run: Run?
    /// Writes of this run that the cluster's events have already.
    private var told: Set<Int> = []

    /// A run and who drives it.
    private struct Run {
        let share: WriterShare
        /// The thread; left when it is over.
        let thread = DispatchGroup()
        var steps: WriterSteps?
    }

    /// A report waits so long of the cluster's time until all keys can be read.
    package static let patience = Duration.seconds(30)

    /// So many lost writes of a report become events of the cluster: more would push out what happened.
    private static let eventLimit = 100

    package init(_ cluster: any LabCluster) {
        self.cluster = cluster
    }

    deinit {
        end()
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
        end()
        told = []
        let share = WriterShare(
            ClusterWriter(plan, seeds: cluster.nodes, at: cluster.time), in: cluster)
        var run = Run(share: share)
        if cluster.runsByItself {
            DispatchQueue(label: "writer").async(group: run.thread) { [cluster] in
                var loop = WriterLoop(share, in: cluster)
                loop.run()
            }
        } else {
            run.steps = WriterSteps(share, in: cluster)
        }
        self.run = run
        step()
    }

    /// Ends the run, with the replies that are still to come.
    package func stop() {
        let now = cluster.time
        run?.share.change { $0.stop(at: now) }
        run?.thread.wait()
        guard var steps = run?.steps else { return }
        run?.share.change { $0.giveUp(at: now) }
        steps.close()
    }

    /// Ends the run at once: the cluster goes away. What it wrote is known still.
    package func end() {
        run?.share.end()
        stop()
    }

    // MARK: - Clusters whose time stands still by itself

    /// Sends what is due at the cluster's time.
    package func step() {
        guard isWriting else { return }
        run?.steps?.step()
    }

    /// Lets so much of the cluster's time pass, and writes meanwhile.
    package func pass(_ duration: Duration) throws(LabError) {
        let end = cluster.time + duration
        while cluster.time < end {
            let next = isWriting && !cluster.runsByItself ? run?.share.writer.nextTime : nil
            let pause = min(next ?? end, end) - cluster.time
            // A write that is due now takes its time itself.
            if pause > .zero { try cluster.pass(pause) }
            step()
        }
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
        var reading = ReadBack(cluster, patience: patience)
        try reading.read(Set(writer.log.records.map(\.slot)).sorted(), onWait: onWait)
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
