import Keyspace
import RESP

/// The stream commands that may wait for entries (t_stream.c, `xreadCommand`).
let blockingStreamCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "xread", arity: -4, keys: .streams(startFrom: 1, "RO", "access"),
        [.readonly, .blocking, .movableKeys], .stream, since: "5.0.0",
        complexity: "O(N) for each stream where N is the number of entries returned",
        summary: "Returns the entries of streams after those that the client has, or waits.",
        syntax: "[COUNT count] [BLOCK milliseconds] STREAMS streams(key... id...)",
        run: read(isGroup: false)),
    CommandSpec(
        "xreadgroup", arity: -7, keys: .streams(startFrom: 4, "RO", "access"),
        [.write, .blocking, .movableKeys], .stream, since: "5.0.0",
        complexity: "O(M) for each stream where M is the number of entries returned",
        summary: "Returns entries of streams to a consumer of a group, or waits for new ones.",
        syntax: "GROUP group_consumer(group consumer) [COUNT count] [BLOCK milliseconds] [NOACK] "
            + "STREAMS streams(key... id...)",
        run: read(isGroup: true)),
]

private func read(isGroup: Bool) -> CommandSpec<Node>.Handler {
    { node, arguments, reply throws(ReplyError) in
        let read = try StreamRead(
            arguments, isGroup: isGroup, isInScript: node.scripting.running != nil, &node.database)
        if node.database.serve(read, &reply) { return }
        guard let timeout = read.timeout, !node.isInTransaction else { return reply.nullArray() }
        node.block(node.wait(for: read.waiting, milliseconds: timeout))
    }
}

extension Node {
    /// The caller's wait for entries. Whoever reads for a group waits in vain once the stream is gone.
    fileprivate func wait(for read: StreamRead, milliseconds: Int64) -> KeyWait {
        var wait = KeyWait(
            client: clients[caller].id, keys: read.keys, kind: .stream,
            deadline: deadline(milliseconds: milliseconds)
        ) { node, key, reply throws(ReplyError) in
            try node.database.serveWaiting(read, from: key, &reply)
        }
        wait.isReadOnly = read.group == nil
        if read.group != nil {
            wait.errorWhenGone = ReplyError("UNBLOCKED the stream key no longer exists")
        }
        return wait
    }
}
