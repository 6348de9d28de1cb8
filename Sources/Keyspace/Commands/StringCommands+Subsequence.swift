import RESP

/// LCS, the longest common subsequence of two strings.
let subsequenceCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "lcs", arity: -3, keys: .range(1, 2, "RO", "access"), [.readonly], .string, since: "7.0.0",
        complexity: "O(N*M) where N and M are the lengths of the two strings",
        summary: "Finds the longest subsequence of bytes that two strings have in common.",
        syntax: "key1 key2 [LEN] [IDX] [MINMATCHLEN len:integer] [WITHMATCHLEN]",
        run: longestCommonSubsequence)
]

@Sendable private func longestCommonSubsequence(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let first = try operand(&database, arguments[1])
    let second = try operand(&database, arguments[2])
    let options = try SubsequenceOptions(arguments)
    let cells = (first.count + 1).multipliedReportingOverflow(by: second.count + 1)
    let (size, overflow) = cells.partialValue.multipliedReportingOverflow(
        by: MemoryLayout<UInt32>.size)
    guard !cells.overflow, !overflow, size <= database.maximumStringLength else {
        throw ReplyError(
            "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")
    }

    let table = SubsequenceTable(first, second)
    if options.wantsRanges {
        answerRanges(table, options, &reply)
    } else if options.wantsLength {
        reply.integer(table.length)
    } else {
        reply.bulkString(table.matches().reversed().map { first[$0.first] })
    }
}

private func operand(
    _ database: inout Database, _ key: Argument
) throws(ReplyError) -> [UInt8] {
    guard let reference = database.lookup(key) else { return [] }
    guard let bytes = database[reference].bytes else {
        throw ReplyError("ERR The specified keys must contain string values")
    }
    return bytes.bytes
}

private struct SubsequenceOptions {
    var wantsLength = false
    var wantsRanges = false
    var wantsRangeLengths = false
    var minimum = 0

    init(_ arguments: Arguments) throws(ReplyError) {
        var index = 3
        while index < arguments.count {
            let option = arguments[index]
            if option.isKeyword("IDX") {
                wantsRanges = true
            } else if option.isKeyword("LEN") {
                wantsLength = true
            } else if option.isKeyword("WITHMATCHLEN") {
                wantsRangeLengths = true
            } else if option.isKeyword("MINMATCHLEN"), index + 1 < arguments.count {
                index += 1
                guard let number = arguments[index].integer else { throw .notAnInteger }
                minimum = Int(number)
            } else {
                throw .syntax
            }
            index += 1
        }
        if wantsRanges, wantsLength {
            throw ReplyError(
                "ERR If you want both the length and indexes, please just use IDX.")
        }
    }
}

/// Answers with the runs of matching bytes, the last one first, as Redis does.
private func answerRanges(
    _ table: SubsequenceTable, _ options: SubsequenceOptions, _ reply: inout ReplyBuffer
) {
    let runs = table.runs().filter { $0.count >= options.minimum }
    reply.map(2)
    reply.bulkString("matches")
    reply.array(runs.count)
    for run in runs {
        reply.array(options.wantsRangeLengths ? 3 : 2)
        for start in [run.first, run.second] {
            reply.array(2)
            reply.integer(start)
            reply.integer(start + run.count - 1)
        }
        if options.wantsRangeLengths { reply.integer(run.count) }
    }
    reply.bulkString("len")
    reply.integer(table.length)
}

/// The lengths of the longest common subsequences of all pairs of prefixes, by dynamic programming.
private struct SubsequenceTable {
    private let first: [UInt8]
    private let second: [UInt8]
    private var lengths: [UInt32]

    /// Bytes that both strings have in a row, from an index of each on.
    struct Run {
        var first: Int
        var second: Int
        var count: Int
    }

    init(_ first: [UInt8], _ second: [UInt8]) {
        self.first = first
        self.second = second
        let width = second.count + 1
        lengths = Array(repeating: 0, count: (first.count + 1) * width)
        for row in 0..<first.count {
            for column in 0..<second.count {
                let place = (row + 1) * width + column + 1
                lengths[place] =
                    first[row] == second[column]
                    ? lengths[place - width - 1] + 1
                    : max(lengths[place - width], lengths[place - 1])
            }
        }
    }

    var length: Int { Int(lengths[lengths.count - 1]) }

    /// The matching bytes from the end to the start. Of two ways of the same length Redis takes the
    /// one that shortens the second string.
    func matches() -> [(first: Int, second: Int)] {
        var matches: [(first: Int, second: Int)] = []
        var row = first.count
        var column = second.count
        let width = column + 1
        while row > 0, column > 0 {
            if first[row - 1] == second[column - 1] {
                row -= 1
                column -= 1
                matches.append((row, column))
            } else if lengths[(row - 1) * width + column] > lengths[row * width + column - 1] {
                row -= 1
            } else {
                column -= 1
            }
        }
        return matches
    }

    /// The matches put together where both strings go on without a gap, the last run first.
    func runs() -> [Run] {
        var runs: [Run] = []
        for match in matches() {
            if let last = runs.last, last.first == match.first + 1, last.second == match.second + 1
            {
                runs[runs.count - 1] = Run(
                    first: match.first, second: match.second, count: last.count + 1)
            } else {
                runs.append(Run(first: match.first, second: match.second, count: 1))
            }
        }
        return runs
    }
}
