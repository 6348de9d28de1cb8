package import Lab

/// What was typed at a prompt and when, on a cluster that others can start, too: a text that people read and edit.
package struct Replay: Sendable, Hashable {
    /// The cluster, and what was in it before the first line.
    package var start: StartState
    /// Where it was typed, as `--backend` has it; nil where nobody said.
    package var backend: String?
    package var lines: [Line] = []
    /// The cluster's time at which it ends.
    package var end = Duration.zero

    /// One line.
    package struct Line: Sendable, Hashable {
        /// The cluster's time at which it was typed.
        package var time: Duration
        /// The node of the prompt.
        package var node: NodeAddress
        /// Whether the prompt follows redirects.
        package var followsRedirects: Bool
        package var text: String
        /// Why it is not typed again; nil where it is.
        package var omission: String?
        /// Its line in the file.
        package var number = 0

        package init(
            time: Duration, node: NodeAddress, followsRedirects: Bool, text: String,
            omission: String? = nil
        ) {
            self.time = time
            self.node = node
            self.followsRedirects = followsRedirects
            self.text = text
            self.omission = omission
        }
    }

    package init(start: StartState, backend: String? = nil) {
        self.start = start
        self.backend = backend
    }

    static let title = "clusterlab replay "
    static let version = 1

    /// Whether a text says of itself that it is one.
    package static func isReplay(_ text: String) -> Bool { text.hasPrefix(title) }
}

// MARK: - Writing

extension Replay {
    /// As a file; its ports begin at 7000.
    package var text: String {
        let ports = PortShift(from: start.plan.port, to: 7000)
        var lines = [Self.title + "\(Self.version)"]
        lines += [
            "# What was typed at a prompt of clusterlab.",
            "# `clusterlab play --replay FILE` types it again.",
            "# A line has the cluster's time in seconds, the node of the prompt, and what was",
            "# typed there; -c follows redirects. The ports begin at 7000, wherever the lab's",
            "# do. Change what you like.",
        ]
        if let backend { lines.append("backend \(backend)") }
        lines += start.lines.map { ports($0) }
        lines.append("")
        lines += self.lines.map { ports($0.written) }
        lines.append("\(end.asSeconds) end")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Replay.Line {
    fileprivate var written: String {
        guard omission == nil else { return "# \(time.asSeconds) \(text) (\(omission ?? ""))" }
        let host = node.host == "127.0.0.1" ? "" : "\(node.host):"
        return "\(time.asSeconds) \(host)\(node.port)\(followsRedirects ? " -c" : "")> \(text)"
    }
}

extension StartState {
    /// The lines of a `cluster` block that bring it about.
    package var lines: [String] {
        var lines = ["masters \(plan.masters)", "replicas \(plan.replicas)"]
        if plan.spares > 0 { lines.append("spares \(plan.spares)") }
        if plan.isEmpty { lines.append("empty") }
        lines.append("timeout \(Int(plan.nodeTimeout / .milliseconds(1)))")
        lines.append("seed \(plan.seed)")
        lines += fills.map { "fill \($0.prefix) \($0.count)" }
        return lines
            + deeds.map { deed in
                switch deed {
                case .command(let port, let line):
                    "run \(port.map { "\($0)" } ?? "all") \(line.text.written)"
                case .line(let line): "do \(line.text.written)"
                }
            }
    }
}

extension Duration {
    /// `1.250`, with as many digits more as there are.
    package var asSeconds: String {
        let (seconds, attoseconds) = components
        var digits = String(String(1_000_000_000 + attoseconds / 1_000_000_000).dropFirst())
        while digits.count > 3, digits.hasSuffix("0") { digits.removeLast() }
        return "\(seconds).\(digits)"
    }

    /// From `1.25`; nil for anything else.
    package init?(seconds text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = UInt32(parts[0]) else { return nil }
        let digits = parts.count == 2 ? String(parts[1]) : "0"
        guard (1...9).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let fraction = Int(digits + String(repeating: "0", count: 9 - digits.count))
        else { return nil }
        self = .seconds(Int(whole)) + .nanoseconds(fraction)
    }
}
