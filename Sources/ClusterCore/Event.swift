/// What happens to a node, apart from the bytes of its clients, which `Node.receive` takes.
package enum Event: Hashable, Sendable {
    /// The connection of a client is gone.
    case clientGone(ClientID)
    case timer(TimerID)
}

/// A timer of a node. Each is set to one instant at a time; setting it again replaces it.
package enum TimerID: Hashable, Sendable {
    /// Ten times a second: expiry, the cluster's state, idle clients (`serverCron`, `clusterCron`).
    case cron
    /// The end of a DEBUG SLEEP.
    case wake
}

/// What a node asks of its driver.
package enum Action: Hashable, Sendable {
    /// Close the client's connection once what its buffer holds has been sent.
    case close(ClientID)
    /// Close the client's connection at once, whether or not it takes its replies.
    case drop(ClientID)
    /// Hand the client's unconsumed input to `receive` again: it can go on.
    case resume(ClientID)
    /// The same for every client.
    case resumeAll
    case setTimer(TimerID, at: Instant)
    /// Call `Node.complete` for the client, without an error: what it waits for has happened.
    case complete(ClientID)
    /// Write the text to one of the node's files, atomically, and call `Node.complete` for the client.
    case save(NodeFile, contents: String, for: ClientID)
    case log(LogLevel, String)
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
