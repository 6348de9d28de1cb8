package import Lab

/// Commands that others than the lab send to the nodes: programs of the learner's. Each node is asked for them by
/// MONITOR, so that real servers tell them, too.
package final class ClientWatch {
    private let cluster: any LabCluster
    private var streams: [NodeAddress: any ByteStream] = [:]
    private var rests: [NodeAddress: [UInt8]] = [:]
    private var seen: [Command] = []
    private var count = 0

    /// A command of another client.
    package struct Command: Sendable {
        package var node: NodeAddress
        package var words: [String]
    }

    /// The oldest go first.
    private static let limit = 10_000

    init(_ cluster: any LabCluster) {
        self.cluster = cluster
        look()
    }

    deinit {
        for stream in streams.values { stream.close() }
    }

    /// How many there have been, those included that are kept no longer.
    package var total: Int {
        look()
        return count
    }

    /// Those that came after so many others, as far as they are kept.
    func commands(since start: Int) -> ArraySlice<Command> {
        look()
        return seen.suffix(max(0, count - start))
    }

    /// Takes in what the nodes have told. A node that was started since is asked from now on.
    private func look() {
        for node in cluster.nodes {
            do throws(StreamFailure) {
                try take(from: node)
            } catch {
                streams[node]?.close()
                streams[node] = nil
            }
        }
    }

    private func take(from node: NodeAddress) throws(StreamFailure) {
        guard let stream = streams[node] else {
            let stream = try cluster.openStream(to: .tcp(host: node.host, port: node.port))
            streams[node] = stream
            rests[node] = []
            _ = try stream.send(Array("MONITOR\r\n".utf8)[...])
            _ = try stream.wait(for: .readable, timeout: .seconds(1))
            return
        }
        try askForAll(stream, node)
        var lines = (rests[node] ?? []).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rests[node] = lines.popLast().map(Array.init) ?? []
        for line in lines { take(String(decoding: line, as: UTF8.self), from: node) }
    }

    /// What was told before the answer to a PING is all that there was until now. Behind the answer comes that the node
    /// was sent a PING.
    private func askForAll(
        _ stream: any ByteStream, _ node: NodeAddress
    ) throws(StreamFailure) {
        _ = try stream.send(Array("PING\r\n".utf8)[...])
        let known = rests[node]?.count ?? 0
        while rests[node]?.dropFirst(known).firstRange(of: "+PONG\r\n".utf8) == nil {
            guard let bytes = try stream.receive(atMost: 1 << 16) else {
                // A frozen node tells later.
                if try stream.wait(for: .readable, timeout: Self.patience).isEmpty { return }
                continue
            }
            guard !bytes.isEmpty else { throw StreamFailure(reason: "Server closed the connection") }
            rests[node, default: []] += bytes
        }
    }

    private static let patience = Duration.milliseconds(200)

    /// `+1700000000.123456 [0 127.0.0.1:54321] "SET" "user:1" "Alice"`; scripts' own commands say `lua`.
    private func take(_ line: String, from node: NodeAddress) {
        guard let open = line.firstIndex(of: "["), let close = line[open...].firstIndex(of: "]"),
            let client = line[open..<close].split(separator: " ").last.map(String.init),
            !cluster.isOwn(client: client), client != "lua",
            let words = try? Word.split(String(line[line.index(after: close)...]))
        else { return }
        seen.append(Command(node: node, words: words.map(\.text)))
        count += 1
        if seen.count > Self.limit { seen.removeFirst(Self.limit / 2) }
    }
}
