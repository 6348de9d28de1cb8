/// What a node asks of its driver. Actions are performed in their order: a file that is saved before a message is
/// sent is on the disk when the message leaves.
package enum Action: Hashable, Sendable {
    // MARK: Clients

    /// Close the client's connection once what its buffer holds has been sent.
    case close(ClientID)
    /// Close the client's connection at once, whether or not it takes its replies.
    case drop(ClientID)
    /// Hand the client's unconsumed input to `receive` again: it can go on.
    case resume(ClientID)
    /// The same for every client.
    case resumeAll
    /// Call `Node.complete` for the client, without an error: what it waits for has happened.
    case complete(ClientID)
    /// Send bytes to the client, after all that was written to its buffer before: the replication stream, or a
    /// reply that it waited for.
    case write(ClientID, [UInt8])

    // MARK: The cluster bus

    /// Make a connection to another node's bus port; `Event.linkUp` or `.linkDown` tells how it went.
    case connect(LinkID, host: String, port: Int)
    /// End a link. Nothing more is heard of it.
    case disconnect(LinkID)
    case send(LinkID, BusMessage)

    // MARK: Connections to the client port of another node

    /// Make a connection; `Event.streamUp` or `.streamDown` tells how it went.
    case open(StreamID, host: String, port: Int)
    case transmit(StreamID, [UInt8])
    /// End a stream. Nothing more is heard of it.
    case shut(StreamID)

    // MARK: The node's folder

    /// Write a snapshot, at once where it is for everybody in the foreground and on the side otherwise;
    /// `Event.snapshotWritten` or `.snapshotFailed` tells how it went. A new base of the append-only file comes with
    /// a file of its own for what is appended from now on.
    case dump(Snapshot)
    /// Forget the snapshot that is being written on the side. Nothing more is heard of it.
    case abandonDump
    /// Go on with the append-only file, or begin one with this base.
    case openAppendOnly(base: Snapshot)
    /// Write to the append-only file; with `isSynced` it is on the disk before anything is sent to anybody.
    case append([UInt8], isSynced: Bool)
    /// Bring what was written to the append-only file to the disk, on the side.
    case syncAppendOnly
    /// Bring it to the disk, and close the file.
    case closeAppendOnly

    // MARK: The rest

    case setTimer(TimerID, at: Instant)
    /// Write the text to one of the node's files, atomically, and call `Node.complete` for the client if one waits
    /// for it. With `isSynced` it survives a loss of power from then on, without it the end of the process only.
    case save(NodeFile, contents: String, isSynced: Bool = true, for: ClientID?)
    case log(LogLevel, String)
    /// Something worth telling: for the log, the timeline and `why`.
    case trace(NodeEvent)
    /// End the node: close its ports and connections.
    case shutDown
}

/// A file of a node, in its own folder.
package enum NodeFile: String, Hashable, Sendable {
    case clusterConfiguration
    case configuration
}

/// The levels of Redis' log and their marks.
package enum LogLevel: String, Hashable, Sendable {
    case debug = "."
    case verbose = "-"
    case notice = "*"
    case warning = "#"
}
