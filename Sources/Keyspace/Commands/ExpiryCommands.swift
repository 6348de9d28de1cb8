import RESP

/// The commands that set, show and remove when a key expires (expire.c).
let expiryCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "expire", arity: -3, keys: .at(1, "RW", "update"), [.write, .fast], .generic,
        acl: .keyspace, since: "1.0.0", summary: "Sets after how many seconds a key expires.",
        syntax: "key seconds \(conditions)", run: setExpiry(.seconds, "expire")),
    CommandSpec(
        "pexpire", arity: -3, keys: .at(1, "RW", "update"), [.write, .fast], .generic,
        acl: .keyspace, since: "2.6.0", summary: "Sets after how many milliseconds a key expires.",
        syntax: "key milliseconds \(conditions)", run: setExpiry(.milliseconds, "pexpire")),
    CommandSpec(
        "expireat", arity: -3, keys: .at(1, "RW", "update"), [.write, .fast], .generic,
        acl: .keyspace, since: "1.2.0", summary: "Sets at which Unix time a key expires.",
        syntax: "key unix-time-seconds \(conditions)", run: setExpiry(.unixSeconds, "expireat")),
    CommandSpec(
        "pexpireat", arity: -3, keys: .at(1, "RW", "update"), [.write, .fast], .generic,
        acl: .keyspace, since: "2.6.0",
        summary: "Sets at which Unix time in milliseconds a key expires.",
        syntax: "key unix-time-milliseconds \(conditions)",
        run: setExpiry(.unixMilliseconds, "pexpireat")),
    CommandSpec(
        "ttl", arity: 2, keys: .at(1, "RO", "access"), [.readonly, .fast], .generic,
        acl: .keyspace, tips: ["nondeterministic_output"], since: "1.0.0",
        summary: "Returns how many seconds a key still has.", syntax: "key",
        run: answerExpiry { roundedSeconds(max(0, $0 &- $1)) }),
    CommandSpec(
        "pttl", arity: 2, keys: .at(1, "RO", "access"), [.readonly, .fast], .generic,
        acl: .keyspace, tips: ["nondeterministic_output"], since: "2.6.0",
        summary: "Returns how many milliseconds a key still has.", syntax: "key",
        run: answerExpiry { max(0, $0 &- $1) }),
    CommandSpec(
        "expiretime", arity: 2, keys: .at(1, "RO", "access"), [.readonly, .fast], .generic,
        acl: .keyspace, since: "7.0.0", summary: "Returns the Unix time at which a key expires.",
        syntax: "key", run: answerExpiry { expiry, _ in roundedSeconds(expiry) }),
    CommandSpec(
        "pexpiretime", arity: 2, keys: .at(1, "RO", "access"), [.readonly, .fast], .generic,
        acl: .keyspace, since: "7.0.0",
        summary: "Returns the Unix time in milliseconds at which a key expires.", syntax: "key",
        run: answerExpiry { expiry, _ in expiry }),
    CommandSpec(
        "persist", arity: 2, keys: .at(1, "RW", "update"), [.write, .fast], .generic,
        acl: .keyspace, since: "2.2.0", summary: "Makes a key stay for good.", syntax: "key",
        run: persist),
]

private let conditions = "[condition<NX|XX|GT|LT>@7.0.0]"

/// EXPIRE and its kind.
private func setExpiry(
    _ unit: ExpiryUnit, _ command: StaticString
) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let condition = try ExpiryCondition(arguments)
        let expiry = try unit.expiry(arguments[2], now: database.now, command: command)
        guard let reference = database.lookupForWrite(arguments[1]),
            condition.allows(expiry, after: database.expiry(of: reference))
        else { return reply.integer(0) }
        if database.isPast(expiry) {
            database.remove(arguments[1])
            database.notify(.generic, "del", arguments[1])
        } else {
            database.setExpiry(expiry, of: reference)
            database.afterReply { $0.notify(.generic, "expire", arguments[1]) }
        }
        reply.integer(1)
    }
}

extension ExpiryUnit {
    /// The Unix milliseconds of an expiry that may lie in the past (`expireGenericCommand`).
    fileprivate func expiry(
        _ text: Argument, now: Int64, command: StaticString
    ) throws(ReplyError) -> Int64 {
        guard let number = text.integer else { throw .notAnInteger }
        let (duration, overflow) = number.multipliedReportingOverflow(by: isSeconds ? 1000 : 1)
        let (expiry, isTooLate) = duration.addingReportingOverflow(isAbsolute ? 0 : now)
        guard !overflow, !isTooLate else { throw .invalidExpiry(command) }
        return expiry
    }
}

/// NX, XX, GT and LT of EXPIRE and its kind.
private struct ExpiryCondition {
    private var onlyIfNone = false
    private var onlyIfAny = false
    private var onlyIfLater = false
    private var onlyIfEarlier = false

    init(_ arguments: Arguments) throws(ReplyError) {
        guard arguments.count > 3 else { return }
        for index in 3..<arguments.count {
            let option = arguments[index]
            if option.isKeyword("NX") {
                onlyIfNone = true
            } else if option.isKeyword("XX") {
                onlyIfAny = true
            } else if option.isKeyword("GT") {
                onlyIfLater = true
            } else if option.isKeyword("LT") {
                onlyIfEarlier = true
            } else {
                throw ReplyError("ERR Unsupported option \(option.text)")
            }
        }
        if onlyIfNone, onlyIfAny || onlyIfLater || onlyIfEarlier {
            throw ReplyError(
                "ERR NX and XX, GT or LT options at the same time are not compatible")
        }
        if onlyIfLater, onlyIfEarlier {
            throw ReplyError("ERR GT and LT options at the same time are not compatible")
        }
    }

    /// Whether a key that expires at `current`, or never where that is nil, may get another expiry.
    func allows(_ expiry: Int64, after current: Int64?) -> Bool {
        guard let current else { return !onlyIfAny && !onlyIfLater }
        return !onlyIfNone && !(onlyIfLater && expiry <= current)
            && !(onlyIfEarlier && expiry >= current)
    }
}

private func roundedSeconds(_ milliseconds: Int64) -> Int64 {
    milliseconds / 1000 + (milliseconds % 1000 >= 500 ? 1 : 0)
}

/// TTL and its kind: -2 without a key, -1 without an expiry, else what `shown` makes of the expiry
/// and the time.
private func answerExpiry(
    _ shown: @escaping @Sendable (Int64, Int64) -> Int64
) -> CommandSpec<Database>.Handler {
    { database, arguments, reply in
        guard let reference = database.inspect(arguments[1]) else { return reply.integer(-2) }
        guard let expiry = database.expiry(of: reference) else { return reply.integer(-1) }
        reply.integer(shown(expiry, database.now))
    }
}

@Sendable private func persist(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.lookupForWrite(arguments[1]),
        database.expiry(of: reference) != nil
    else { return reply.integer(0) }
    database.setExpiry(nil, of: reference)
    database.notify(.generic, "persist", arguments[1])
    reply.integer(1)
}
