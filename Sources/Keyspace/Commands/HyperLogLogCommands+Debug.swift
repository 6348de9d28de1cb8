import RESP

/// The commands for those who look into HyperLogLogs.
let hyperLogLogDebugCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "pfdebug", arity: 3, keys: .at(2, "RW", "access"), [.write, .denyOOM, .admin, .system],
        .hyperloglog, since: "2.8.9", complexity: "N/A",
        summary: "Shows what a HyperLogLog is made of.", syntax: "subcommand key", run: debug),
    CommandSpec(
        "pfselftest", arity: 1, [.admin, .system], .hyperloglog, acl: .hyperloglog,
        since: "2.8.9", complexity: "N/A",
        summary: "Tries whether HyperLogLogs count as they should.", run: testThemselves),
]

@Sendable private func debug(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.lookupForWrite(arguments[2]) else {
        throw ReplyError("ERR The specified key does not exist")
    }
    let held = try database[reference].requireHyperLogLog()
    let subcommand = arguments[1]
    if subcommand.isKeyword("GETREG") {
        _ = try makeDense(&database, reference)
        let dense = try database[reference].requireHyperLogLog()
        reply.array(HyperLogLog.registerCount)
        for register in 0..<HyperLogLog.registerCount {
            reply.integer(Int(dense[dense: register]))
        }
    } else if subcommand.isKeyword("DECODE") {
        guard held.encoding == .sparse else { throw ReplyError("ERR HLL encoding is not sparse") }
        reply.bulkString(held.runsText)
    } else if subcommand.isKeyword("ENCODING") {
        switch held.encoding {
        case .dense: reply.simpleString("dense" as StaticString)
        case .sparse: reply.simpleString("sparse" as StaticString)
        }
    } else if subcommand.isKeyword("TODENSE") {
        let hasChanged = try makeDense(&database, reference)
        reply.integer(hasChanged ? 1 : 0)
    } else {
        throw ReplyError("ERR Unknown PFDEBUG subcommand '\(subcommand.text)'")
    }
}

/// Makes the registers dense, and says whether they were not.
private func makeDense(
    _ database: inout Database, _ reference: Database.Reference
) throws(ReplyError) -> Bool {
    var (isWhole, wasSparse) = (true, false)
    database[reference].modifyHyperLogLog { held in
        wasSparse = held.encoding == .sparse
        isWhole = held.makeDense()
    }
    guard isWhole else { throw .corruptHyperLogLog }
    if wasSparse { database.changes += 1 }
    return wasSparse
}

extension HyperLogLog {
    /// The runs of sparse registers as PFDEBUG DECODE shows them.
    fileprivate var runsText: String {
        var words: [String] = []
        var place = Self.headerSize
        while place < bytes.count {
            let run = run(at: place)
            if run.value > 0 {
                words.append("v:\(run.value),\(run.length)")
            } else {
                words.append("\(run.isLongZeros ? "Z" : "z"):\(run.length)")
            }
            place += run.size
        }
        return words.joined(separator: " ")
    }
}

@Sendable private func testThemselves(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var test = HyperLogLogTest(random: SplitMix64(seed: database.random.next()))
    try test.compareRegisters()
    try test.compareEstimates(limit: database.encodingLimits.hyperLogLogSparseBytes)
    reply.ok()
}

/// What PFSELFTEST tries: that dense registers keep what is stored in them, and that both encodings count alike and
/// about right.
private struct HyperLogLogTest {
    var random: SplitMix64
    private var dense = HyperLogLog()

    init(random: SplitMix64) {
        self.random = random
        let isWhole = dense.makeDense()
        precondition(isWhole, "an empty HyperLogLog has other registers than it should")
    }

    mutating func compareRegisters() throws(ReplyError) {
        var expected = Array(repeating: UInt8(0), count: HyperLogLog.registerCount)
        for _ in 0..<1000 {
            for register in expected.indices {
                expected[register] =
                    UInt8(truncatingIfNeeded: random.next()) & HyperLogLog.greatestRegister
                dense[dense: register] = expected[register]
            }
            for register in expected.indices
            where dense[dense: register] != expected[register] {
                throw ReplyError(
                    "ERR TESTFAILED Register \(register) should be \(expected[register]) but is "
                        + "\(dense[dense: register])")
            }
        }
    }

    mutating func compareEstimates(limit: Int) throws(ReplyError) {
        var held = HyperLogLog()
        for register in 0..<HyperLogLog.registerCount { dense[dense: register] = 0 }
        let seed = random.next()
        var checkpoint: UInt64 = 1
        for number: UInt64 in 1...10_000_000 {
            var element = number ^ seed
            withUnsafeBytes(of: &element) { bytes in
                let bytes = bytes.bindMemory(to: UInt8.self)
                _ = dense.add(bytes, limit: limit)
                _ = held.add(bytes, limit: limit)
            }
            guard number == checkpoint else { continue }
            try check(held, count: number, limit: limit)
            checkpoint *= 10
        }
    }

    private func check(_ held: HyperLogLog, count: UInt64, limit: Int) throws(ReplyError) {
        if count < limit / 2, held.encoding != .sparse {
            throw ReplyError("ERR TESTFAILED sparse encoding not used")
        }
        guard let estimate = dense.estimate(), estimate == held.estimate() else {
            throw ReplyError("ERR TESTFAILED dense/sparse disagree")
        }
        let error = estimate > count ? estimate - count : count - estimate
        // Six times the standard error of so many registers.
        let bound = count == 10 ? 1 : UInt64((1.04 / 128 * 6 * Double(count)).rounded(.up))
        guard error <= bound else {
            throw ReplyError("ERR TESTFAILED Too big error. card:\(count) abserr:\(error)")
        }
    }
}
