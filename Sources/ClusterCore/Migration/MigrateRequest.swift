import Keyspace
import RESP

/// What a MIGRATE asks for.
struct MigrateRequest: Sendable {
    let host: String
    /// 0 where the client gave no number, and -1 where it is none that a connection could have.
    let port: Int
    let database: Int64
    /// How long the target may be silent.
    let timeout: Duration
    private(set) var isCopy = false
    private(set) var isReplacing = false
    /// What AUTH is to be sent: a password, or a user and a password, or nothing.
    private(set) var login: [[UInt8]] = []
    /// Where the keys are among the arguments.
    private(set) var keys = 3..<4

    /// What Redis takes where the client's timeout is not positive.
    private static let usualTimeout: Int64 = 1000
    /// A longer one is cut to a day.
    private static let longestTimeout: Int64 = 86_400_000

    init(_ arguments: Arguments) throws(ReplyError) {
        var index = 6
        var options = MigrateOptions()
        while index < arguments.count {
            index = try options.take(arguments, at: index)
        }
        isCopy = options.isCopy
        isReplacing = options.isReplacing
        login = options.login
        keys = options.keys
        guard let timeout = arguments[5].integer, let database = arguments[4].integer else {
            throw .notAnInteger
        }
        self.timeout = .milliseconds(
            timeout > 0 ? min(timeout, Self.longestTimeout) : Self.usualTimeout)
        self.database = database
        host = arguments[1].text
        port = Self.port(arguments[2].text)
    }

    /// The port that Redis connects to: an int of C, of which five digits are looked at, and of these 16 bits.
    private static func port(_ text: String) -> Int {
        let digits = text.drop { $0 == "-" }.prefix { $0.isASCII && $0.isNumber }
        let whole = digits.isEmpty ? 0 : Int(digits) ?? Int.max
        let number = Int32(truncatingIfNeeded: text.hasPrefix("-") ? -whole : whole)
        guard number >= 0 else { return -1 }
        return (Int(String(number).prefix(5)) ?? 0) & 0xFFFF
    }
}

/// The options of a MIGRATE as they are read one after the other.
private struct MigrateOptions {
    var isCopy = false
    var isReplacing = false
    var login: [[UInt8]] = []
    var keys = 3..<4

    /// Reads the option at an index.
    /// - Returns: the index of the next one.
    mutating func take(_ arguments: Arguments, at index: Int) throws(ReplyError) -> Int {
        let option = arguments[index]
        let left = arguments.count - 1 - index
        if option.isKeyword("COPY") {
            isCopy = true
        } else if option.isKeyword("REPLACE") {
            isReplacing = true
        } else if option.isKeyword("AUTH"), left >= 1 {
            login = [arguments[index + 1].bytes]
            return index + 2
        } else if option.isKeyword("AUTH2"), left >= 2 {
            login = [arguments[index + 1].bytes, arguments[index + 2].bytes]
            return index + 3
        } else if option.isKeyword("KEYS") {
            guard arguments[3].count == 0 else {
                throw ReplyError(
                    "ERR When using MIGRATE KEYS option, the key argument must be set to the "
                        + "empty string")
            }
            keys = index + 1..<arguments.count
            return arguments.count
        } else {
            throw .syntax
        }
        return index + 1
    }
}
