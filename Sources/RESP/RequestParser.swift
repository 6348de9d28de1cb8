/// Finds the commands in a client's input, in place: multibulk requests and inline commands.
///
/// The rules, limits and error texts are those of Redis' `processMultibulkBuffer` and
/// `processInlineBuffer` (networking.c). A command that is not complete is resumed, not parsed again,
/// once more bytes are there; its start must then still be the start of the buffer.
package struct RequestParser: ~Copyable {
    package enum Outcome {
        /// A command; it used so many bytes of the buffer. `count` of 0 is an empty request, to be passed over.
        case command(length: Int, count: Int)
        case needMore
        case failure(ProtocolError)
    }

    /// Most arguments that a command may announce, as in Redis 7.0; memory is taken as they arrive.
    package static let maximumArguments = Int(Int32.max)
    /// Longest line that announces a count, and longest inline command (PROTO_INLINE_MAX_SIZE).
    package static let maximumLine = 64 * 1024

    /// proto-max-bulk-len.
    package var maximumBulk = 512 * 1024 * 1024
    /// Before AUTH where a password is required, Redis takes 10 arguments of 16 KB at most.
    package var isUnauthenticated = false

    private var ranges: UnsafeMutablePointer<ArgumentRange>
    private var capacity = 16
    private var found = 0
    /// Arguments announced and not yet found.
    private var remaining = 0
    /// Where to go on, from the command's start; 0 where a command begins.
    private var position = 0
    /// The length that was announced for the next argument, or -1.
    private var bulkLength = -1
    /// The arguments of an inline command: unquoted, they are not as they came.
    private var inlineCopy: UnsafeMutablePointer<UInt8>?

    package init() {
        ranges = .allocate(capacity: capacity)
    }

    deinit {
        ranges.deallocate()
        inlineCopy?.deallocate()
    }

    /// The arguments of the command that `parse` has just found at `start`.
    @inline(__always)
    package func arguments(at start: UnsafePointer<UInt8>, count: Int) -> Arguments {
        Arguments(
            base: inlineCopy.map { UnsafePointer($0) } ?? start, ranges: UnsafePointer(ranges),
            count: count)
    }

    /// Looks for one whole command at the buffer's start.
    package mutating func parse(_ start: UnsafePointer<UInt8>, count: Int) -> Outcome {
        if position == 0 {
            inlineCopy?.deallocate()
            inlineCopy = nil
            found = 0
            guard count > 0 else { return .needMore }
            guard start[0] == UInt8(ascii: "*") else { return parseInline(start, count: count) }
            switch line(start, from: 1, count: count) {
            case .number(let number, let next):
                guard let number, number <= Int64(Self.maximumArguments) else {
                    return .failure(.invalidMultibulkLength)
                }
                if isUnauthenticated, number > 10 {
                    return .failure(.unauthenticatedMultibulkLength)
                }
                if number <= 0 { return .command(length: next, count: 0) }
                remaining = Int(number)
                bulkLength = -1
                position = next
                reserve(min(remaining, 1024))
            case .needMore: return .needMore
            case .tooLong: return .failure(.tooBigCount)
            }
        }
        return parseArguments(start, count: count)
    }

    @inline(__always)
    private mutating func parseArguments(_ start: UnsafePointer<UInt8>, count: Int) -> Outcome {
        while remaining > 0 {
            if bulkLength < 0 {
                guard position < count else { return .needMore }
                guard start[position] == UInt8(ascii: "$") else {
                    return .failure(.expectedDollar(start[position]))
                }
                switch line(start, from: position + 1, count: count) {
                case .number(let number, let next):
                    guard let number, number >= 0, number <= Int64(maximumBulk) else {
                        return .failure(.invalidBulkLength)
                    }
                    if isUnauthenticated, number > 16384 {
                        return .failure(.unauthenticatedBulkLength)
                    }
                    bulkLength = Int(number)
                    position = next
                case .needMore: return .needMore
                case .tooLong: return .failure(.tooBigBulkCount)
                }
            }
            let end = position + bulkLength + 2
            guard end <= count else { return .needMore }
            guard end <= Int(UInt32.max) else { return .failure(.invalidBulkLength) }
            if found == capacity { reserve(capacity * 2) }
            ranges[found] = ArgumentRange(offset: UInt32(position), count: UInt32(bulkLength))
            found += 1
            position = end
            bulkLength = -1
            remaining -= 1
        }
        let length = position
        position = 0
        return .command(length: length, count: found)
    }

    private enum Line {
        /// nil where the line holds no number.
        case number(Int64?, next: Int)
        case needMore
        case tooLong
    }

    /// Reads the number on the line that begins at `index`, and steps over its CRLF.
    @inline(__always)
    private func line(_ start: UnsafePointer<UInt8>, from index: Int, count: Int) -> Line {
        // The common case, a positive number of few digits, without searching for the line's end first.
        var cursor = index
        var number: Int64 = 0
        while cursor < count, cursor - index < 10 {
            let digit = start[cursor] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            number = number &* 10 &+ Int64(digit)
            cursor += 1
        }
        if cursor > index, cursor + 1 < count, start[cursor] == 13,
            start[index] != UInt8(ascii: "0") || cursor == index + 1
        {
            return .number(number, next: cursor + 2)
        }
        return unusualLine(start, from: index, count: count)
    }

    @inline(never)
    private func unusualLine(_ start: UnsafePointer<UInt8>, from index: Int, count: Int) -> Line {
        var end = index
        while end < count, start[end] != 13 { end += 1 }
        guard end < count else { return count - index > Self.maximumLine ? .tooLong : .needMore }
        guard end + 1 < count else { return .needMore }
        return .number(Argument(start: start + index, count: end - index).integer, next: end + 2)
    }

    private mutating func parseInline(_ start: UnsafePointer<UInt8>, count: Int) -> Outcome {
        var end = 0
        while end < count, start[end] != 10 { end += 1 }
        guard end < count else {
            return count > Self.maximumLine ? .failure(.tooBigInline) : .needMore
        }
        let length = end + 1
        if end > 0, start[end - 1] == 13 { end -= 1 }
        let line = Array(UnsafeBufferPointer(start: start, count: end))
        guard let arguments = splitArguments(line) else { return .failure(.unbalancedQuotes) }
        reserve(arguments.count)
        let bytes = UnsafeMutablePointer<UInt8>.allocate(
            capacity: max(1, arguments.reduce(0) { $0 + $1.count }))
        var offset = 0
        for (index, argument) in arguments.enumerated() {
            ranges[index] = ArgumentRange(offset: UInt32(offset), count: UInt32(argument.count))
            for byte in argument {
                bytes[offset] = byte
                offset += 1
            }
        }
        inlineCopy = bytes
        found = arguments.count
        return .command(length: length, count: found)
    }

    private mutating func reserve(_ wanted: Int) {
        guard wanted > capacity else { return }
        let larger = UnsafeMutablePointer<ArgumentRange>.allocate(capacity: wanted)
        larger.update(from: ranges, count: found)
        ranges.deallocate()
        ranges = larger
        capacity = wanted
    }
}

/// What is wrong with a client's input. Redis answers with the text and closes the connection.
package enum ProtocolError: Error, Hashable {
    case invalidMultibulkLength
    case unauthenticatedMultibulkLength
    case tooBigCount
    case tooBigBulkCount
    case invalidBulkLength
    case unauthenticatedBulkLength
    case expectedDollar(UInt8)
    case unbalancedQuotes
    case tooBigInline

    /// The text after `-ERR Protocol error: `.
    package var message: String {
        switch self {
        case .invalidMultibulkLength: "invalid multibulk length"
        case .unauthenticatedMultibulkLength: "unauthenticated multibulk length"
        case .tooBigCount: "too big mbulk count string"
        case .tooBigBulkCount: "too big bulk count string"
        case .invalidBulkLength: "invalid bulk length"
        case .unauthenticatedBulkLength: "unauthenticated bulk length"
        case .expectedDollar(let byte):
            "expected '$', got '\(byte == 13 || byte == 10 ? " " : String(UnicodeScalar(byte)))'"
        case .unbalancedQuotes: "unbalanced quotes in request"
        case .tooBigInline: "too big inline request"
        }
    }
}
