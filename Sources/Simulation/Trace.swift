package import ClusterCore

/// What happened when, as lines to read. Costs nothing while it is off.
package struct Trace: Sendable {
    package let isOn: Bool
    package private(set) var lines: [String] = []
    private var names: [(id: String, name: String)] = []

    init(isOn: Bool) {
        self.isOn = isOn
    }

    /// Lines say `n3` in place of a node's 40 digits.
    mutating func name(_ id: NodeID, _ name: String) {
        if isOn { names.append((id.description, name)) }
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

    private func named(_ line: String) -> String {
        var line = Substring(line)
        var result = ""
        while !line.isEmpty {
            if let name = names.first(where: { line.hasPrefix($0.id) }) {
                result += name.name
                line = line.dropFirst(NodeID.length)
            } else {
                result.append(line.removeFirst())
            }
        }
        return result
    }
}
