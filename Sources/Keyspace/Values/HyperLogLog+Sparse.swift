/// The sparse registers: runs, each in one or two bytes. `00nnnnnn` is n+1 zeros, `01nnnnnn nnnnnnnn` the same for up to
/// 16384, `1vvvvvnn` is n+1 registers of value v+1.
extension HyperLogLog {
    /// A run of equal registers.
    struct Run {
        /// 0 for zeros.
        let value: UInt8
        let length: Int
        /// Its bytes: two for many zeros.
        let size: Int

        var isLongZeros: Bool { size == 2 }
        var isShortZeros: Bool { size == 1 && value == 0 }
    }

    private static let longestValueRun = 4
    private static let longestShortZeros = 64
    private static let greatestSparseValue: UInt8 = 32

    /// The run whose bytes begin there.
    func run(at place: Int) -> Run {
        let byte = bytes[place]
        if byte & 0x80 != 0 {
            return Run(value: (byte >> 2 & 0x1F) + 1, length: Int(byte & 3) + 1, size: 1)
        }
        guard byte & 0x40 != 0 else { return Run(value: 0, length: Int(byte) + 1, size: 1) }
        let low = place + 1 < bytes.count ? Int(bytes[place + 1]) : 0
        return Run(value: 0, length: (Int(byte & 0x3F) << 8 | low) + 1, size: 2)
    }

    /// Calls `visit` with the runs that are not of zeros; false where they are not as many registers as there are.
    func forEachRun(_ visit: (_ first: Int, _ length: Int, _ value: UInt8) -> Void) -> Bool {
        var place = Self.headerSize
        var first = 0
        while place < bytes.count {
            let run = run(at: place)
            if run.value > 0 {
                guard first + run.length <= Self.registerCount else { break }
                visit(first, run.length, run.value)
            }
            first += run.length
            place += run.size
        }
        return first == Self.registerCount
    }

    static func longZeros(_ length: Int) -> [UInt8] {
        [0x40 | UInt8((length - 1) >> 8), UInt8((length - 1) & 0xFF)]
    }

    private static func zeros(_ length: Int) -> [UInt8] {
        length > longestShortZeros ? longZeros(length) : [UInt8(length - 1)]
    }

    private static func values(_ value: UInt8, _ length: Int) -> UInt8 {
        0x80 | (value - 1) << 2 | UInt8(length - 1)
    }

    /// Raises a register (`hllSparseSet`): its run is split in up to three, and runs next to it of the same value become
    /// one. What has no place in sparse registers makes them dense.
    mutating func raiseSparse(_ register: Int, to count: UInt8, limit: Int) -> Addition {
        guard count <= Self.greatestSparseValue else { return raiseDensely(register, to: count) }
        guard let (place, previous, first) = place(of: register) else { return .corrupt }
        let run = run(at: place)
        guard run.value < count else { return .unchanged }
        if run.length == 1, !run.isLongZeros {
            bytes[place] = Self.values(count, 1)
        } else {
            let parts = Self.split(run, at: register - first, count)
            let growth = parts.count - run.size
            if growth > 0, bytes.count + growth > limit {
                return raiseDensely(register, to: count)
            }
            bytes.replaceSubrange(place..<min(place + run.size, bytes.count), with: parts)
        }
        joinRuns(from: previous ?? Self.headerSize)
        invalidateCache()
        return .changed
    }

    private mutating func raiseDensely(_ register: Int, to count: UInt8) -> Addition {
        guard makeDense() else { return .corrupt }
        return raiseDense(register, to: count) ? .changed : .unchanged
    }

    /// Where the run of a register is, and the one before it, and its first register.
    private func place(of register: Int) -> (place: Int, previous: Int?, first: Int)? {
        var place = Self.headerSize
        var previous: Int?
        var first = 0
        while place < bytes.count {
            let run = run(at: place)
            if register < first + run.length { return (place, previous, first) }
            previous = place
            place += run.size
            first += run.length
        }
        return nil
    }

    /// The bytes of a run one of whose registers has another value now.
    private static func split(_ run: Run, at index: Int, _ count: UInt8) -> [UInt8] {
        let part = { (length: Int) -> [UInt8] in
            if length == 0 { return [] }
            return run.value == 0 ? zeros(length) : [values(run.value, length)]
        }
        return part(index) + [values(count, 1)] + part(run.length - index - 1)
    }

    /// Makes one of runs of the same value, as far as one has place for it, among the five from there on.
    private mutating func joinRuns(from start: Int) {
        var place = start
        var left = 5
        while place < bytes.count, left > 0 {
            left -= 1
            let run = run(at: place)
            if run.value > 0, place + 1 < bytes.count {
                let next = self.run(at: place + 1)
                if next.value == run.value, run.length + next.length <= Self.longestValueRun {
                    bytes[place + 1] = Self.values(run.value, run.length + next.length)
                    bytes.remove(at: place)
                    continue
                }
            }
            place += run.size
        }
    }
}
