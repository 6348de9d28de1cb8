import RESP

/// Drives a writer in a cluster whose time passes by itself: on a thread, with connections of its own, none of which
/// it ever waits for alone.
struct WriterLoop {
    private let cluster: any LabCluster
    private let share: WriterShare
    private var links: [NodeAddress: Link] = [:]
    /// Once the writer was stopped: when that was seen.
    private var stopSeen: ContinuousClock.Instant?

    /// A connection to a node.
    private struct Link {
        let stream: any ByteStream
        var parser = RESPParser()
        /// A reply is to come.
        var isAwaited = false
    }

    /// A node that owes replies is given so long after a stop, also while the cluster's time stands still.
    private static let grace = Duration.seconds(3)

    init(_ share: WriterShare, in cluster: any LabCluster) {
        self.share = share
        self.cluster = cluster
    }

    /// Runs until the writer was stopped and has its replies, or is to end at once.
    mutating func run() {
        while !share.isEnding, !isDone {
            perform(share.noteRewinds(of: cluster))
            // What has come by now is no reply that is overdue, however late this looks.
            let now = cluster.time
            let hasNews = takeReplies()
            perform(share.change { $0.tick(at: now) })
            if !hasNews { rest() }
        }
        let now = cluster.time
        share.change { $0.giveUp(at: now) }
        for link in links.values { link.stream.close() }
    }

    private var isDone: Bool {
        mutating get {
            let writer = share.writer
            guard !writer.isWriting else { return false }
            let seen = stopSeen ?? .now
            stopSeen = seen
            return writer.isDone || seen.duration(to: .now) > Self.grace
        }
    }

    // MARK: - Out

    private mutating func perform(_ actions: [ClusterWriter.Action]) {
        var actions = actions
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .disconnect(let node): links.removeValue(forKey: node)?.stream.close()
            case .send(let node, let command):
                guard let failure = send(command, to: node) else { continue }
                links.removeValue(forKey: node)?.stream.close()
                let now = cluster.time
                actions = share.change { $0.failed(node, failure, at: now) } + actions
            }
        }
    }

    private mutating func send(
        _ command: [[UInt8]], to node: NodeAddress
    ) -> ClusterWriter.Failure? {
        var link: Link
        do throws(StreamFailure) {
            if let open = links[node] {
                link = open
            } else {
                link = Link(stream: try cluster.openStream(to: node))
            }
        } catch {
            return .refused(error.reason)
        }
        var rest = encodeRequest(command)[...]
        do throws(StreamFailure) {
            while !rest.isEmpty {
                let count = try link.stream.send(rest)
                rest = rest.dropFirst(count)
                if count == 0, try link.stream.wait(for: .writable, timeout: Self.grace).isEmpty {
                    return .noReply("nothing more could be sent")
                }
            }
        } catch {
            return .noReply(error.reason)
        }
        link.isAwaited = true
        links[node] = link
        return nil
    }

    // MARK: - In

    /// - Returns: whether anything has come.
    private mutating func takeReplies() -> Bool {
        var hasNews = false
        for node in links.keys.sorted() {
            guard var link = links[node] else { continue }
            do throws(StreamFailure) {
                guard let bytes = try link.stream.receive(atMost: 1 << 16) else { continue }
                hasNews = true
                guard !bytes.isEmpty else { throw StreamFailure(reason: "connection lost") }
                link.parser.append(bytes)
                links[node] = link
                try takeReplies(from: node)
            } catch {
                lose(node, error)
            }
        }
        return hasNews
    }

    private mutating func takeReplies(from node: NodeAddress) throws(StreamFailure) {
        while var link = links[node] {
            let reply: RESPValue?
            do throws(RESPParser.Malformed) { reply = try link.parser.next() } catch {
                throw StreamFailure(reason: "Protocol error")
            }
            guard let reply else { return links[node] = link }
            link.isAwaited = false
            links[node] = link
            let now = cluster.time
            perform(share.change { $0.received(reply, from: node, at: now) })
        }
    }

    /// A connection that ends while nothing is to come on it is no news for the writer.
    private mutating func lose(_ node: NodeAddress, _ failure: StreamFailure) {
        guard let link = links.removeValue(forKey: node) else { return }
        link.stream.close()
        guard link.isAwaited else { return }
        let now = cluster.time
        let reason = failure.kind == .reset ? "connection lost" : failure.reason
        perform(share.change { $0.failed(node, .noReply(reason), at: now) })
    }

    // MARK: - In between

    /// Waits for a reply or the next write, whichever is first, and looks around now and then.
    private func rest() {
        do {
            let awaited = links.values.filter(\.isAwaited)
            switch awaited.count {
            case 0: try RealTime.pass(pause)
            case 1: _ = try awaited[0].stream.wait(for: .readable, timeout: Self.shortest)
            // Whichever answers first may get its next write.
            default: RealTime.glance()
            }
        } catch {
            // What is wrong with a connection shows when it is read; a signal is for the others.
            return
        }
    }

    private static let shortest = Duration.milliseconds(1)
    private static let longest = Duration.milliseconds(5)

    private var pause: Duration {
        guard let next = share.writer.nextTime else { return Self.longest }
        let speed = cluster.control?.speed ?? 1
        guard speed > 0 else { return Self.longest }
        return min(max(Self.shortest, (next - cluster.time) / speed), Self.longest)
    }
}

extension LabCluster {
    /// `openStream` for a node.
    func openStream(to node: NodeAddress) throws(StreamFailure) -> any ByteStream {
        try openStream(to: .tcp(host: node.host, port: node.port))
    }
}
