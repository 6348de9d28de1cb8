import Keyspace
import RESP

/// The subcommands of CLIENT about copies that clients keep of keys.
let clientTrackingCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "tracking", arity: -3, [.noScript, .loading, .stale], .connection, acl: .connection,
        since: "6.0.0", complexity: "O(1). Some options may introduce additional complexity.",
        summary: "Lets the connection hear when keys change that it has read.",
        syntax: """
            status<ON|OFF> [REDIRECT client-id] [PREFIX... prefix] [BCAST] [OPTIN] [OPTOUT] \
            [NOLOOP]
            """, run: track),
    CommandSpec(
        "caching", arity: 3, [.noScript, .loading, .stale], .connection, acl: .connection,
        since: "6.0.0",
        summary: "Says whether the keys of the next command are tracked.", syntax: "mode<YES|NO>",
        run: chooseCaching),
    CommandSpec(
        "getredir", arity: 2, [.noScript, .loading, .stale], .connection, acl: .connection,
        since: "6.0.0",
        summary: "Returns the connection that hears of changed keys in place of this one."
    ) { node, _, reply throws(ReplyError) in
        reply.integer(node.redirection(of: node.clients[node.caller].id))
    },
    CommandSpec(
        "trackinginfo", arity: 2, [.noScript, .loading, .stale], .connection, acl: .connection,
        since: "6.2.0", summary: "Returns what is tracked for the connection.", run: answerTracking
    ),
]

extension Node {
    /// What CLIENT GETREDIR answers: 0 where the client is told itself, -1 where it tracks nothing.
    func redirection(of client: ClientID) -> Int64 {
        guard let follower = tracking[client] else { return -1 }
        return follower.redirection?.number ?? 0
    }
}

/// What CLIENT TRACKING says.
private struct TrackingRequest {
    var options = TrackingTable.Options()
    var redirection: ClientID?
    var prefixes: [ByteString] = []

    init(_ arguments: Arguments, _ clients: ClientList) throws(ReplyError) {
        var index = 3
        while index < arguments.count {
            let option = arguments[index]
            let hasMore = index + 1 < arguments.count
            if option.isKeyword("REDIRECT"), hasMore {
                index += 1
                try redirect(to: arguments[index], clients)
            } else if option.isKeyword("BCAST") {
                options.isBroadcast = true
            } else if option.isKeyword("OPTIN") {
                options.isOptIn = true
            } else if option.isKeyword("OPTOUT") {
                options.isOptOut = true
            } else if option.isKeyword("NOLOOP") {
                options.isNoLoop = true
            } else if option.isKeyword("PREFIX"), hasMore {
                index += 1
                prefixes.append(ByteString(arguments[index]))
            } else {
                throw .syntax
            }
            index += 1
        }
    }

    private mutating func redirect(
        to number: Argument, _ clients: ClientList
    ) throws(ReplyError) {
        guard redirection == nil else {
            throw ReplyError("ERR A client can only redirect to a single other client")
        }
        guard let number = number.integer else { throw .notAnInteger }
        guard let client = clients.find(number: number) else {
            throw ReplyError("ERR The client ID you want redirect to does not exist")
        }
        redirection = client
    }

    /// Whether the options go together, and with what the client has asked for before.
    /// - Returns: an error that stops nothing (see `checkPrefixes`).
    func check(after earlier: TrackingTable.Follower?) throws(ReplyError) -> ReplyError? {
        if !options.isBroadcast, !prefixes.isEmpty {
            throw ReplyError("ERR PREFIX option requires BCAST mode to be enabled")
        }
        if let earlier, earlier.options.isBroadcast != options.isBroadcast {
            throw Self.switched("BCAST mode on/off")
        }
        if options.isBroadcast, options.isOptIn || options.isOptOut {
            throw ReplyError("ERR OPTIN and OPTOUT are not compatible with BCAST")
        }
        if options.isOptIn, options.isOptOut {
            throw ReplyError("ERR You can't specify both OPTIN mode and OPTOUT mode")
        }
        if let earlier = earlier?.options,
            options.isOptIn && earlier.isOptOut || options.isOptOut && earlier.isOptIn
        {
            throw Self.switched("OPTIN/OPTOUT mode")
        }
        return options.isBroadcast ? try checkPrefixes(against: earlier?.prefixes ?? []) : nil
    }

    private static func switched(_ what: String) -> ReplyError {
        ReplyError(
            "ERR You can't switch \(what) before disabling tracking for this client, and then "
                + "re-enabling it with a different mode.")
    }

    /// No prefix may be one of another: the client would be told twice.
    ///
    /// Redis takes the place of a prefix that overlaps with one after it for yes or no: all but the first get an
    /// error, and are tracked all the same, and the client gets a second reply.
    private func checkPrefixes(against earlier: [ByteString]) throws(ReplyError) -> ReplyError? {
        for (index, prefix) in prefixes.enumerated() {
            if let other = earlier.first(where: { $0.overlaps(prefix) }) {
                throw Self.overlap(prefix, "an existing", other)
            }
            if let other = prefixes[(index + 1)...].first(where: { $0.overlaps(prefix) }) {
                let error = Self.overlap(prefix, "another provided", other)
                guard index > 0 else { throw error }
                return error
            }
        }
        return nil
    }

    private static func overlap(
        _ prefix: ByteString, _ which: String, _ other: ByteString
    ) -> ReplyError {
        ReplyError(
            "ERR Prefix '\(prefix)' overlaps with \(which) prefix '\(other)'. Prefixes for a "
                + "single client must not overlap.")
    }
}

extension ByteString {
    /// Whether one of the two begins with the other.
    fileprivate func overlaps(_ other: ByteString) -> Bool {
        withBuffer { bytes in
            other.withBuffer { other in
                zip(bytes, other).allSatisfy { $0 == $1 }
            }
        }
    }
}

@Sendable private func track(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let request = try TrackingRequest(arguments, node.clients)
    let client = node.clients[node.caller].id
    if arguments[2].isKeyword("ON") {
        if let error = try request.check(after: node.tracking[client]) {
            node.count(error)
            reply.error(error.message)
        }
        node.track(
            request.options, redirection: request.redirection, prefixes: request.prefixes)
    } else if arguments[2].isKeyword("OFF") {
        node.stopTracking(by: client)
    } else {
        throw .syntax
    }
    reply.ok()
}

@Sendable private func chooseCaching(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let client = node.clients[node.caller].id
    guard let follower = node.tracking[client] else {
        throw ReplyError(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN "
                + "or OPTOUT mode enabled")
    }
    if arguments[2].isKeyword("YES") {
        guard follower.options.isOptIn else {
            throw ReplyError(
                "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.")
        }
    } else if arguments[2].isKeyword("NO") {
        guard follower.options.isOptOut else {
            throw ReplyError(
                "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.")
        }
    } else {
        throw .syntax
    }
    node.tracking.chooseCaching(true, by: client)
    reply.ok()
}

@Sendable private func answerTracking(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let client = node.clients[node.caller].id
    let follower = node.tracking[client]
    let flags = follower.map(\.flagNames) ?? ["off"]
    reply.map(3)
    reply.bulkString("flags")
    reply.set(flags.count)
    for flag in flags { reply.bulkString(flag) }
    reply.bulkString("redirect")
    reply.integer(node.redirection(of: client))
    reply.bulkString("prefixes")
    let prefixes = follower?.prefixes ?? []
    reply.array(prefixes.count)
    for prefix in prefixes { reply.bulkString(prefix) }
}

extension TrackingTable.Follower {
    /// The options as CLIENT TRACKINGINFO names them.
    fileprivate var flagNames: [String] {
        var names = ["on"]
        if options.isBroadcast { names.append("bcast") }
        if options.isOptIn { names.append("optin") }
        if options.isOptIn, isCachingChosen { names.append("caching-yes") }
        if options.isOptOut { names.append("optout") }
        if options.isOptOut, isCachingChosen { names.append("caching-no") }
        if options.isNoLoop { names.append("noloop") }
        if isRedirectionBroken { names.append("broken_redirect") }
        return names
    }
}
