package import RESP

/// How replies are printed.
package struct ReplyFormat: Sendable {
    package enum Style: Sendable {
        /// For the eye: `(integer) 1`.
        case standard
        case raw
        case csv
        case json
        case quotedJSON
    }

    package var style = Style.standard
    /// Between the elements of one reply, in the raw style.
    package var elementDelimiter = [UInt8(ascii: "\n")]
    /// After each reply, in the raw style.
    package var replyDelimiter = [UInt8(ascii: "\n")]

    package init() {}

    /// What is printed for a reply, its end included. A verbatim one is printed as it is, whatever the style.
    package func text(of reply: RESPValue, isVerbatim: Bool = false) throws(CLIExit) -> [UInt8] {
        // hiredis knows the type, redis-cli 7.0 does not.
        if reply.holdsBigNumber { throw .refused("Unknown reply type: 13") }
        if isVerbatim { return reply.rawText(delimiter: elementDelimiter) }
        let newline = [UInt8(ascii: "\n")]
        return switch style {
        case .standard: Array(reply.terminalText.utf8)
        case .raw: reply.rawText(delimiter: elementDelimiter) + replyDelimiter
        case .csv: Array(reply.csvText.utf8) + newline
        case .json: reply.jsonText(.asTheyAre) + newline
        case .quotedJSON: reply.jsonText(.quoted) + newline
        }
    }

    /// What is printed for out-of-band data: invalidated keys are named in a line of their own.
    func text(ofPush push: RESPValue) throws(CLIExit) -> [UInt8] {
        guard style == .standard, case .push(let parts) = push, parts.count == 2,
            case .bulkString(let kind) = parts[0], kind.starts(with: "invalidate".utf8),
            case .array(let keys) = parts[1]
        else { return try text(of: push) }
        let names = keys.map { "'\($0.text ?? "")'" }
        return Array("-> invalidate: \(names.joined(separator: ", "))\n".utf8)
    }
}

extension RESPValue {
    fileprivate var holdsBigNumber: Bool {
        if case .bigNumber = self { return true }
        return elements?.contains(where: \.holdsBigNumber) ?? false
    }
}
