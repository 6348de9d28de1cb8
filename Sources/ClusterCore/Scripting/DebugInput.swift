/// What a client that debugs a script sends: commands as arrays of bulk strings, read as Redis' debugger reads
/// them (`ldbReplParseCommand`). It forgives less than the server's own parser: no argument is empty, or longer
/// than a kilobyte.
struct DebugInput: Sendable {
    /// What has come and waits for the script to stop.
    private var unread: [UInt8] = []
    /// What was read of the next command. Whatever is behind a command is thrown away with it.
    private var buffer: [UInt8] = []

    /// What is found in the input.
    enum Found: Equatable, Sendable {
        case command([[UInt8]])
        /// The script ends by this error.
        case failure(Failure)
    }

    /// The errors that there are.
    enum Failure: String, Sendable {
        case malformed = "protocol error"
        case tooMuch = "max client buffer reached"
    }

    private enum Parsed {
        case command([[UInt8]])
        case malformed
        case incomplete
    }

    private static let readSize = 1024
    private static let maximumBuffer = 1 << 20
    private static let longest = 1024

    /// Takes in what has come.
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) { unread += bytes }

    /// The next command; nil until there is one.
    mutating func next() -> Found? {
        while true {
            switch parse() {
            case .command(let words):
                buffer = []
                return .command(words)
            case .malformed: return .failure(.malformed)
            case .incomplete: break
            }
            guard !unread.isEmpty else { return nil }
            buffer += unread.prefix(Self.readSize)
            unread.removeFirst(min(Self.readSize, unread.count))
            guard buffer.count <= Self.maximumBuffer else {
                buffer = []
                return .failure(.tooMuch)
            }
        }
    }

    private func parse() -> Parsed {
        guard !buffer.isEmpty else { return .incomplete }
        guard let start = buffer.firstIndex(of: UInt8(ascii: "*")) else { return .malformed }
        guard var place = lineEnd(from: start) else { return .incomplete }
        let count = number(start + 1..<place)
        guard count > 0, count <= Self.longest else { return .malformed }
        place += 2
        var words: [[UInt8]] = []
        while words.count < count {
            guard place < buffer.count else { return .incomplete }
            guard buffer[place] == UInt8(ascii: "$") else { return .malformed }
            guard let end = lineEnd(from: place) else { return .incomplete }
            let length = number(place + 1..<end)
            guard length > 0, length <= Self.longest else { return .malformed }
            let next = end + 2 + length
            guard next + 2 <= buffer.count else { return .incomplete }
            guard buffer[next] == 13, buffer[next + 1] == 10 else { return .malformed }
            words.append(Array(buffer[end + 2..<next]))
            place = next + 2
        }
        return .command(words)
    }

    private func lineEnd(from start: Int) -> Int? {
        buffer[start...].indices.dropLast().first { buffer[$0] == 13 && buffer[$0 + 1] == 10 }
    }

    /// The number that a text begins with; 0 where it begins with none, as C's `atoi` has it.
    private func number(_ range: Range<Int>) -> Int {
        let digits = buffer[range].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        return Int(String(decoding: digits, as: UTF8.self)) ?? 0
    }
}
