import Keyspace
import RESP
import Testing

/// Scores as clients write them and as they come back, by way of the commands.
struct ScoreTests {
    @Test(arguments: [
        ("0.1", "0.10000000000000001"), ("0.3", "0.29999999999999999"), ("1.5", "1.5"),
        ("-2.25", "-2.25"), ("100.125", "100.125"), ("0.001", "0.001"), ("0.0001", "0.0001"),
        ("0.00001", "1.0000000000000001e-05"), ("123456789.987654321", "123456789.98765433"),
        ("9007199254740993", "9007199254740992"), ("99999999999999999", "1e+17"),
        ("9999999999999999.5", "10000000000000000"), ("4503599627370495.5", "4503599627370495.5"),
        ("0.99999999999999999", "1"), ("9.9999999999999982", "9.9999999999999982"),
        ("1e16", "10000000000000000"), ("12345678901234567890", "1.2345678901234567e+19"),
        ("000000000000000000000.5", "0.5"), ("2.5e-5", "2.5000000000000001e-05"), ("5.", "5"),
        (".5", "0.5"), ("-0", "-0"), ("+7", "7"), ("0x1p-2", "0.25"), ("-inf", "-inf"),
        ("1.00000000000000000000000000000000001", "1"),
        ("0.000000000000000000000000001", "1e-27"), ("1e-6", "9.9999999999999995e-07"),
        ("1e-7", "9.9999999999999995e-08"), ("1.5E-10", "1.5e-10"),
        ("1e-5", "1.0000000000000001e-05"),
        ("1e-3", "0.001"), ("12.5e-20", "1.2500000000000001e-19"), ("1e-", "bad"), (".e-05", "bad"),
    ])
    func `a score is printed as redis-server prints it`(text: String, printed: String) {
        var runner = CommandRunner()
        runner.database.encodingLimits.sortedSetEntries = 0
        let reply = runner.run("ZADD z \(text) m")
        guard printed != "bad" else {
            return #expect(reply == "-ERR value is not a valid float")
        }
        #expect(runner.run("ZSCORE z m") == "$\(printed.utf8.count)\n\(printed)")
    }

    @Test func `seventeen digits are enough to get the same number back`() throws {
        var runner = CommandRunner()
        runner.database.encodingLimits.sortedSetEntries = 0
        var random = SplitMix64(seed: 12)
        for _ in 0..<20_000 {
            let bits = random.next()
            let number = Double(Int64(bitPattern: bits) >> 11) / Double(1 << random.next(below: 62))
            _ = runner.run("ZADD z \(number) m")
            let text = runner.run("ZSCORE z m").split(separator: "\n")[1]
            try #require(Double(text) == number, "\(number)")
            // The digits that were printed are read as exactly, in a listpack too.
            _ = runner.run("ZADD z \(text) m")
            try #require(runner.run("ZSCORE z m").hasSuffix("\n\(text)"), "\(number)")
        }
    }
}
