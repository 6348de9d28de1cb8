import Lab

/// A sentence about what is wrong with the words behind a screen's name.
struct ScreenFailure: Error, Equatable {
    var sentence: String
}

/// What `timeline` is asked for.
struct TimelineRequest: Equatable {
    /// Told by this node, or about it.
    var node: NodeAddress?
    /// The last ones only.
    var count: Int?
    /// Not older than this.
    var since: Duration?
    /// Where to write a diagram.
    var svg: String?

    static let usage =
        "timeline takes a node, a number of entries, since 30s, --svg FILE: timeline 7001 since 30s"

    /// - Parameter node: the node that a word means.
    init(_ words: [String], node: (String) -> NodeAddress?) throws(ScreenFailure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "since", "--since":
                guard let text = rest.popFirst(), let length = Duration(typed: text) else {
                    throw ScreenFailure(
                        sentence: "\(word) wants a time: \(word) 30s, \(word) 500ms, \(word) 2m")
                }
                since = length
            case "--svg":
                guard let path = rest.popFirst() else {
                    throw ScreenFailure(sentence: "--svg wants a file: timeline --svg failover.svg")
                }
                svg = path
            default:
                if let address = node(word) {
                    self.node = address
                } else if let number = Int(word), number > 0 {
                    count = number
                } else {
                    throw ScreenFailure(sentence: Self.usage)
                }
            }
        }
    }
}

extension Duration {
    /// `30s`, `500ms`, `2m`, or a number of seconds.
    init?(typed text: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("", 1)]
        for (unit, seconds) in units where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number >= 0, number <= 1e6 else {
                continue
            }
            self = .seconds(number * seconds)
            return
        }
        return nil
    }
}
