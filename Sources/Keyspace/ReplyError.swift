/// An error that a client sees as its reply, code first, in Redis' own words.
package struct ReplyError: Error, Hashable, Sendable {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package static let syntax = ReplyError("ERR syntax error")
    package static let notAnInteger = ReplyError("ERR value is not an integer or out of range")
    package static let notAFloat = ReplyError("ERR value is not a valid float")
    package static let outOfRange = ReplyError("ERR index out of range")
    package static let overflow = ReplyError("ERR increment or decrement would overflow")
    package static let stringTooLong = ReplyError(
        "ERR string exceeds maximum allowed size (proto-max-bulk-len)")
    package static let sameObject = ReplyError("ERR source and destination objects are the same")
    package static let databaseOutOfRange = ReplyError("ERR DB index is out of range")
    package static let noSuchKey = ReplyError("ERR no such key")
    package static let wrongType = ReplyError(
        "WRONGTYPE Operation against a key holding the wrong kind of value")

    /// `name` as COMMAND has it; a subcommand's is `cluster|addslots`.
    package static func wrongNumberOfArguments(_ name: String) -> ReplyError {
        ReplyError("ERR wrong number of arguments for '\(name)' command")
    }

    /// For expiry times that are not positive or do not fit.
    package static func invalidExpiry(_ command: StaticString) -> ReplyError {
        ReplyError("ERR invalid expire time in '\(command)' command")
    }
}
