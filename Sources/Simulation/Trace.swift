package import ClusterCore

/// What happened when, as lines to read. Costs nothing while it is off.
package struct Trace: Sendable {
    package let isOn: Bool
    package private(set) var lines: [String] = []
    private var names: [String: String] = [:]

    init(isOn: Bool) {
        self.isOn = isOn
    }

    /// Lines say `n3` in place of a node's 40 digits.
    mutating func name(_ id: NodeID, _ name: String) {
        if isOn { names[id.description] = name }
    }

    mutating func log(_ level: LogLevel, _ line: String, _ host: Int, _ time: Instant) {
        guard isOn, level == .notice || level == .warning else { return }
        let text = named(line)
        note("n\(host) \(level.rawValue) \(text)", time)
    }

    mutating func fault(_ fault: Fault, _ time: Instant) {
        guard isOn else { return }
        note("!! \(fault)", time)
    }

    mutating func note(_ text: @autoclosure () -> String, _ time: Instant) {
        guard isOn else { return }
        lines.append("\(Self.stamp(time)) \(text())")
    }

    /// Seconds with three decimals.
    package static func stamp(_ time: Instant) -> String {
        let milliseconds = time.milliseconds
        let fraction = String(milliseconds % 1000)
        let seconds = String(milliseconds / 1000)
        return String(repeating: " ", count: max(0, 5 - seconds.count)) + seconds + "."
            + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    /// The line with names for nodes' digits.
    private func named(_ line: String) -> String {
        let bytes = Array(line.utf8)
        var result: [UInt8] = []
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, Self.isDigit(bytes[end]) { end += 1 }
            let digits = String(decoding: bytes[start..<end], as: UTF8.self)
            if end - start == NodeID.length, let name = names[digits] {
                result += name.utf8
            } else {
                result += bytes[start..<end]
            }
            if end < bytes.count { result.append(bytes[end]) }
            start = end + 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Hexadecimal, in lower case.
    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")
    }
}
