package import RESP

/// The bytes of a key or a value. Up to 22 bytes lie in place, without memory of their own.
package struct ByteString: Hashable, Sendable {
    @usableFromInline enum Storage: Sendable {
        case small(SmallBytes)
        case large([UInt8])
    }

    /// The length and up to 22 bytes, in 23.
    @usableFromInline struct SmallBytes: Sendable {
        var low: UInt64 = 0
        var middle: UInt64 = 0
        var high: UInt32 = 0
        var top: UInt16 = 0
        var count: UInt8 = 0
    }

    /// The most bytes that need no memory of their own.
    package static let smallCapacity = 22

    @usableFromInline var storage: Storage

    package init() {
        storage = .small(SmallBytes())
    }

    @inline(__always)
    package init(_ argument: Argument) {
        self.init(argument.buffer)
    }

    @inline(__always)
    package init(_ buffer: UnsafeBufferPointer<UInt8>) {
        if buffer.count <= Self.smallCapacity {
            var small = SmallBytes()
            if let start = buffer.baseAddress {
                withUnsafeMutableBytes(of: &small) { bytes in
                    bytes.copyMemory(
                        from: UnsafeRawBufferPointer(start: start, count: buffer.count))
                }
            }
            small.count = UInt8(truncatingIfNeeded: buffer.count)
            storage = .small(small)
        } else {
            storage = .large(Array(buffer))
        }
    }

    package init(_ bytes: [UInt8]) {
        if bytes.count <= Self.smallCapacity {
            self = bytes.withUnsafeBufferPointer { ByteString($0) }
        } else {
            storage = .large(bytes)
        }
    }

    package init(_ text: String) {
        self.init(Array(text.utf8))
    }

    @inline(__always)
    package var count: Int {
        switch storage {
        case .small(let small): Int(small.count)
        case .large(let bytes): bytes.count
        }
    }

    /// A copy of the bytes.
    package var bytes: [UInt8] {
        switch storage {
        case .small: withBuffer { Array($0) }
        case .large(let bytes): bytes
        }
    }

    /// Lends the bytes.
    @inline(__always)
    package func withBuffer<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        switch storage {
        case .small(let small):
            withUnsafePointer(to: small) { pointer in
                pointer.withMemoryRebound(to: UInt8.self, capacity: Self.smallCapacity) {
                    body(UnsafeBufferPointer(start: $0, count: Int(small.count)))
                }
            }
        case .large(let bytes): bytes.withUnsafeBufferPointer { body($0) }
        }
    }

    /// Lends the bytes as an argument, for what is kept to be used as if a client had sent it.
    package func withArgument<Result>(_ body: (Argument) -> Result) -> Result {
        withBuffer { buffer in
            guard let start = buffer.baseAddress else {
                preconditionFailure("bytes without memory")
            }
            return body(Argument(start: start, count: buffer.count))
        }
    }

    /// Changes the bytes as an array, in place where they have memory of their own.
    package mutating func modify(_ body: (inout [UInt8]) -> Void) {
        var bytes = self.bytes
        // The array has one owner again, and is not copied when it changes.
        storage = .small(SmallBytes())
        body(&bytes)
        self = ByteString(bytes)
    }

    /// The number that Redis would keep in place of these bytes (`string2ll`); nil where they are
    /// none.
    package var integer: Int64? {
        guard count <= 20 else { return nil }
        return withBuffer { buffer in
            buffer.baseAddress.flatMap { Argument(start: $0, count: buffer.count).integer }
        }
    }

    @inline(__always)
    package static func == (left: ByteString, right: Argument) -> Bool {
        left.count == right.count
            && left.withBuffer { buffer in
                guard let start = buffer.baseAddress else { return true }
                return hasSameBytes(start, right.start, count: buffer.count)
            }
    }

    /// Whether two pieces of memory are the same, looked at by eight bytes.
    @inline(__always)
    private static func hasSameBytes(
        _ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, count: Int
    ) -> Bool {
        let (leftBytes, rightBytes) = (UnsafeRawPointer(left), UnsafeRawPointer(right))
        var index = 0
        while index + 8 <= count {
            let word = leftBytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard word == rightBytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) else {
                return false
            }
            index += 8
        }
        while index < count {
            guard left[index] == right[index] else { return false }
            index += 1
        }
        return true
    }

    package static func == (left: ByteString, right: ByteString) -> Bool {
        left.withBuffer { left in right.withBuffer { right in left.elementsEqual(right) } }
    }

    package func hash(into hasher: inout Hasher) {
        withBuffer { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension ByteString: CustomStringConvertible, ExpressibleByStringLiteral {
    package var description: String { withBuffer { String(decoding: $0, as: UTF8.self) } }

    package init(stringLiteral text: String) {
        self.init(text)
    }
}

extension ReplyBuffer {
    @inline(__always)
    package mutating func bulkString(_ bytes: ByteString) {
        switch bytes.storage {
        case .small(let small):
            withUnsafePointer(to: small) { pointer in
                pointer.withMemoryRebound(to: UInt8.self, capacity: ByteString.smallCapacity) {
                    bulkString($0, Int(small.count))
                }
            }
        case .large(let bytes): bulkString(bytes)
        }
    }
}
