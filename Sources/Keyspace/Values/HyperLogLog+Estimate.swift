/// How many different elements were added, by how many registers have which value: Otmar Ertl's estimator, without
/// corrections (arXiv 1702.01284).
extension HyperLogLog {
    private static let hashBits = 50
    private static let infiniteAlpha = 0.721347520444481703680

    /// The estimate; nil where the registers are corrupt.
    func estimate() -> UInt64? {
        var counts = Array(repeating: 0, count: 64)
        switch encoding {
        case .dense:
            for register in 0..<Self.registerCount { counts[Int(self[dense: register])] += 1 }
        case .sparse:
            var place = Self.headerSize
            var total = 0
            while place < bytes.count {
                let run = run(at: place)
                counts[Int(run.value)] += run.length
                total += run.length
                place += run.size
            }
            guard total == Self.registerCount else { return nil }
        }
        return Self.estimate(counts)
    }

    /// The estimate of registers that lie one in a byte.
    static func estimate(ofRegisters registers: [UInt8]) -> UInt64 {
        var counts = Array(repeating: 0, count: 64)
        for register in registers { counts[Int(register)] += 1 }
        return estimate(counts)
    }

    private static func estimate(_ counts: [Int]) -> UInt64 {
        let m = Double(registerCount)
        var z = m * tau((m - Double(counts[hashBits + 1])) / m)
        for value in (1...hashBits).reversed() {
            z += Double(counts[value])
            z *= 0.5
        }
        z += m * sigma(Double(counts[0]) / m)
        let estimate = (infiniteAlpha * m * m / z).rounded(.toNearestOrAwayFromZero)
        // Registers that no hash can have filled.
        guard estimate < 0x1p63 else { return 1 << 63 }
        return UInt64(estimate)
    }

    private static func sigma(_ x: Double) -> Double {
        guard x != 1 else { return .infinity }
        var (x, y, z, previous) = (x, 1.0, x, Double.nan)
        while z != previous {
            x *= x
            previous = z
            z += x * y
            y += y
        }
        return z
    }

    private static func tau(_ x: Double) -> Double {
        guard x != 0, x != 1 else { return 0 }
        var (x, y, z, previous) = (x, 1.0, 1 - x, Double.nan)
        while z != previous {
            x = x.squareRoot()
            previous = z
            y *= 0.5
            z -= (1 - x) * (1 - x) * y
        }
        return z / 3
    }
}
