import RESP

/// BITOP, which combines strings bit by bit.
let bitOperationCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "bitop", arity: -4, keys: .at(2, "OW", "update").and(.range(3, -1, "RO", "access")),
        [.write, .denyOOM], .bitmap, since: "2.6.0", complexity: "O(N)",
        summary: "Combines the bits of strings and stores the result as a string.",
        syntax: "operation destkey#0 key#1...", run: combine)
]

/// How bits are combined.
private enum BitOperation {
    case and, or, xor, not

    init(_ name: Argument) throws(ReplyError) {
        if name.isKeyword("AND") {
            self = .and
        } else if name.isKeyword("OR") {
            self = .or
        } else if name.isKeyword("XOR") {
            self = .xor
        } else if name.isKeyword("NOT") {
            self = .not
        } else {
            throw .syntax
        }
    }

    /// The result, as long as the longest string; shorter ones have zeros behind them.
    func result(of strings: [ByteString]) -> [UInt8] {
        let length = strings.reduce(0) { max($0, $1.count) }
        guard let first = strings.first, length > 0 else { return [] }
        var result = first.bytes
        result += repeatElement(0, count: length - result.count)
        if self == .not {
            for index in 0..<length { result[index] = ~result[index] }
        }
        for string in strings.dropFirst() { combine(&result, with: string) }
        return result
    }

    private func combine(_ result: inout [UInt8], with string: ByteString) {
        result.withUnsafeMutableBufferPointer { result in
            string.withBuffer { bytes in
                switch self {
                case .and:
                    for index in 0..<bytes.count { result[index] &= bytes[index] }
                    for index in bytes.count..<result.count { result[index] = 0 }
                case .or: for index in 0..<bytes.count { result[index] |= bytes[index] }
                case .xor: for index in 0..<bytes.count { result[index] ^= bytes[index] }
                case .not: break
                }
            }
        }
    }
}

@Sendable private func combine(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let operation = try BitOperation(arguments[1])
    guard operation != .not || arguments.count == 4 else {
        throw ReplyError("ERR BITOP NOT must be called with a single source key.")
    }
    var strings: [ByteString] = []
    for index in 3..<arguments.count {
        guard let reference = database.lookup(arguments[index]) else {
            strings.append(ByteString())
            continue
        }
        guard let bytes = database[reference].bytes else { throw .wrongType }
        strings.append(bytes)
    }
    let result = operation.result(of: strings)
    if !result.isEmpty {
        database.set(arguments[2], to: .raw(ByteString(result)))
        database.notify(.string, "set", arguments[2])
    } else if database.remove(arguments[2]) != nil {
        database.notify(.generic, "del", arguments[2])
    }
    reply.integer(result.count)
}
