package import Lab

/// Commands that others than the lab send to the nodes: programs of the learner's. Each node is asked for them by
/// MONITOR, so that real servers tell them, too.
package final class ClientWatch {
    private let cluster: any LabCluster
    private var streams: [NodeAddress: any ByteStream] = [:]
    private var rests: [NodeAddress: [UInt8]] = [:]
    /// Answers to PING that are still to come.
    private var awaited: [NodeAddress: Int] = [:]
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
            (rests[node], awaited[node]) = ([], 0)
            _ = try stream.send(Array("MONITOR\r\n".utf8)[...])
            _ = try stream.wait(for: .readable, timeout: .seconds(1))
            return
        }
        try askForAll(stream, node)
    }

    /// What was told before the answer to a PING is all that there was until now. The PING itself is told behind its
    /// answer. A frozen node tells later.
    private func askForAll(
        _ stream: any ByteStream, _ node: NodeAddress
    ) throws(StreamFailure) {
        let isFrozen = cluster.control?.state(of: node) == .frozen
        if !isFrozen {
            _ = try stream.send(Array("PING\r\n".utf8)[...])
            awaited[node, default: 0] += 1
        }
        let patience = isFrozen ? Duration.zero : Self.patience
        while awaited[node, default: 0] > 0 || isFrozen {
            guard let bytes = try stream.receive(atMost: 1 << 16) else {
                if try stream.wait(for: .readable, timeout: patience).isEmpty { return }
                continue
            }
            guard !bytes.isEmpty else { throw StreamFailure(reason: "Server closed the connection") }
            take(bytes, from: node)
        }
    }

    private func take(_ bytes: [UInt8], from node: NodeAddress) {
        var lines = ((rests[node] ?? []) + bytes).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rests[node] = lines.popLast().map(Array.init) ?? []
        for line in lines {
            if line.elementsEqual("+PONG\r".utf8) {
                awaited[node, default: 0] -= 1
            } else {
                take(String(decoding: line, as: UTF8.self), from: node)
            }
        }
    }

    /// What a replica gets from its master, at whose port their connection ends, no client has sent there.
    private func isMaster(_ client: String) -> Bool {
        cluster.nodes.contains { $0.description == client }
    }

    /// A machine with much to do answers late; who never answers keeps each look waiting for so long.
    private static let patience = Duration.seconds(1)

    /// `+1700000000.123456 [0 127.0.0.1:54321] "SET" "user:1" "Alice"`; scripts' own commands say `lua`.
    private func take(_ line: String, from node: NodeAddress) {
        guard let open = line.firstIndex(of: "["), let close = line[open...].firstIndex(of: "]"),
            let client = line[open..<close].split(separator: " ").last.map(String.init),
            !cluster.isOwn(client: client), client != "lua", !isMaster(client),
            let words = try? Word.split(String(line[line.index(after: close)...]))
        else { return }
        seen.append(Command(node: node, words: words.map(\.text)))
        count += 1
        if seen.count > Self.limit { seen.removeFirst(Self.limit / 2) }
    }
}
