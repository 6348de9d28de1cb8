/// The replies for one client, encoded and waiting to be sent.
///
/// Commands write into it directly; there is no tree of replies in between. It speaks the client's
/// protocol: what RESP2 has no type for becomes the nearest that it has, as in Redis (networking.c,
/// `addReplyNull`, `addReplyMapLen` and their kind).
package struct ReplyBuffer: ~Copyable {
    /// 2 or 3, as agreed by HELLO.
    package var protocolVersion = 2

    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    /// Bytes written and not yet taken.
    package private(set) var count = 0

    /// Up to this size the memory is kept for the next replies.
    private static let keptCapacity = 256 * 1024

    package init(capacity: Int = 512) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit {
        base.deallocate()
    }

    /// The bytes to send.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Forgets what has been sent.
    package mutating func removeAll() {
        count = 0
        if capacity > Self.keptCapacity {
            base.deallocate()
            capacity = 512
            base = .allocate(capacity: capacity)
        }
    }

    /// Takes back what was written after the buffer had `length` bytes: a reply that turned out to be an error,
    /// or one that its client does not want to hear.
    package mutating func truncate(to length: Int) {
        precondition(length <= count, "cannot truncate \(count) bytes to \(length)")
        count = length
    }

    // MARK: - RESP types

    package mutating func ok() {
        raw("+OK\r\n")
    }

    package mutating func simpleString(_ text: StaticString) {
        reserve(text.utf8CodeUnitCount + 3)
        byte(UInt8(ascii: "+"))
        append(text.utf8Start, text.utf8CodeUnitCount)
        lineEnd()
    }

    package mutating func simpleString(_ text: String) {
        line(UInt8(ascii: "+"), text)
    }

    /// An error with its code first: `ERR syntax error`. Line ends in it become blanks, as in Redis.
    package mutating func error(_ text: String) {
        line(UInt8(ascii: "-"), text)
    }

    package mutating func integer(_ number: Int64) {
        header(UInt8(ascii: ":"), number)
    }

    package mutating func integer(_ number: Int) {
        header(UInt8(ascii: ":"), Int64(number))
    }

    package mutating func bulkString(_ start: UnsafePointer<UInt8>, _ length: Int) {
        reserve(length + 32)
        header(UInt8(ascii: "$"), Int64(length))
        append(start, length)
        lineEnd()
    }

    package mutating func bulkString(_ argument: Argument) {
        bulkString(argument.start, argument.count)
    }

    package mutating func bulkString(_ buffer: UnsafeBufferPointer<UInt8>) {
        guard let start = buffer.baseAddress else { return raw("$0\r\n\r\n") }
        bulkString(start, buffer.count)
    }

    package mutating func bulkString(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { bulkString($0) }
    }

    package mutating func bulkString(_ text: String) {
        var text = text
        text.withUTF8 { bulkString($0) }
    }

    /// A number as a bulk string, as GET answers for a counter.
    package mutating func bulkString(_ number: Int64) {
        withDecimal(of: number) { digits, length in bulkString(digits, length) }
    }

    /// The absent value: `$-1` or RESP3's `_`.
    package mutating func null() {
        if protocolVersion == 3 { raw("_\r\n") } else { raw("$-1\r\n") }
    }

    /// The absent array: `*-1` or RESP3's `_`.
    package mutating func nullArray() {
        if protocolVersion == 3 { raw("_\r\n") } else { raw("*-1\r\n") }
    }

    package mutating func array(_ count: Int) {
        header(UInt8(ascii: "*"), Int64(count))
    }

    /// A map of so many pairs; keys and values follow in turn. In RESP2 a flat array.
    package mutating func map(_ pairs: Int) {
        if protocolVersion == 3 {
            header(UInt8(ascii: "%"), Int64(pairs))
        } else {
            array(pairs * 2)
        }
    }

    package mutating func set(_ count: Int) {
        if protocolVersion == 3 { header(UInt8(ascii: "~"), Int64(count)) } else { array(count) }
    }

    package mutating func push(_ count: Int) {
        if protocolVersion == 3 { header(UInt8(ascii: ">"), Int64(count)) } else { array(count) }
    }

    package mutating func boolean(_ value: Bool) {
        if protocolVersion == 3 {
            raw(value ? "#t\r\n" : "#f\r\n")
        } else {
            integer(value ? 1 : 0)
        }
    }

    /// A double whose digits are already as Redis prints them.
    package mutating func double(_ digits: String) {
        if protocolVersion == 3 { line(UInt8(ascii: ","), digits) } else { bulkString(digits) }
    }

    /// The same for digits that lie somewhere.
    package mutating func double(_ digits: UnsafeBufferPointer<UInt8>) {
        guard protocolVersion == 3, let start = digits.baseAddress else {
            return bulkString(digits)
        }
        reserve(digits.count + 3)
        byte(UInt8(ascii: ","))
        append(start, digits.count)
        lineEnd()
    }

    /// Text with a format of three letters, `txt` or `mkd`; in RESP2 a bulk string.
    package mutating func verbatimString(_ text: String, format: StaticString = "txt") {
        guard protocolVersion == 3 else { return bulkString(text) }
        var text = text
        text.withUTF8 { bytes in
            reserve(bytes.count + 40)
            header(UInt8(ascii: "="), Int64(bytes.count + 4))
            append(format.utf8Start, 3)
            byte(UInt8(ascii: ":"))
            if let start = bytes.baseAddress { append(start, bytes.count) }
            lineEnd()
        }
    }

    /// Bytes that are RESP already.
    package mutating func raw(_ text: StaticString) {
        reserve(text.utf8CodeUnitCount)
        append(text.utf8Start, text.utf8CodeUnitCount)
    }

    /// The same for bytes that were encoded elsewhere.
    package mutating func raw(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { raw($0) }
    }

    /// The same for bytes that lie somewhere.
    package mutating func raw(_ bytes: UnsafeBufferPointer<UInt8>) {
        reserve(bytes.count)
        if let start = bytes.baseAddress { append(start, bytes.count) }
    }

    /// Puts bytes in front of what was written after the buffer had `length` bytes: what the client is told
    /// before the reply at hand.
    package mutating func insert(_ bytes: [UInt8], at length: Int) {
        precondition(length <= count, "cannot insert at \(length) of \(count) bytes")
        reserve(bytes.count)
        (base + length + bytes.count).update(from: base + length, count: count - length)
        bytes.withUnsafeBufferPointer { bytes in
            if let start = bytes.baseAddress {
                (base + length).update(from: start, count: bytes.count)
            }
        }
        count += bytes.count
    }

    // MARK: - Bytes

    private mutating func line(_ type: UInt8, _ text: String) {
        var text = text
        text.withUTF8 { bytes in
            reserve(bytes.count + 3)
            byte(type)
            for character in bytes {
                byte(character == 13 || character == 10 ? UInt8(ascii: " ") : character)
            }
            lineEnd()
        }
    }

    @inline(__always)
    private mutating func header(_ type: UInt8, _ number: Int64) {
        reserve(24)
        base[count] = type
        if number >= 0 && number < 10 {
            base[count + 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number)
            base[count + 2] = 13
            base[count + 3] = 10
            count += 4
            return
        }
        count += 1
        withDecimal(of: number) { digits, length in append(digits, length) }
        lineEnd()
    }

    @inline(__always)
    private mutating func byte(_ byte: UInt8) {
        base[count] = byte
        count += 1
    }

    @inline(__always)
    private mutating func lineEnd() {
        base[count] = 13
        base[count + 1] = 10
        count += 2
    }

    @inline(__always)
    private mutating func append(_ start: UnsafePointer<UInt8>, _ length: Int) {
        (base + count).update(from: start, count: length)
        count += length
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if count + more + 2 > capacity { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more + 2)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        memory.update(from: base, count: count)
        base.deallocate()
        base = memory
        capacity = larger
    }
}

/// Lends the decimal digits of a number.
@inline(__always)
package func withDecimal<Result>(
    of number: Int64, _ body: (UnsafePointer<UInt8>, Int) -> Result
) -> Result {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
        var index = 20
        var magnitude = number.magnitude
        repeat {
            index -= 1
            digits[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: magnitude % 10)
            magnitude /= 10
        } while magnitude > 0
        if number < 0 {
            index -= 1
            digits[index] = UInt8(ascii: "-")
        }
        guard let base = digits.baseAddress else { preconditionFailure("no room for digits") }
        return body(base + index, 20 - index)
    }
}
