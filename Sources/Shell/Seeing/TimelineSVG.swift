import Lab

/// A space-time diagram of a timeline: a column for each node, time going down, an arrow for who told whom.
///
/// Time is not to scale, for what matters happens within milliseconds after seconds of silence: every event has a
/// row, and longer silences are written between the rows.
struct TimelineSVG {
    private let events: [LabEvent]
    private let nodes: [NodeAddress]
    private let names: NodeNames
    private let addresses: [LabEvent.NodeName: NodeAddress]

    private static let row = 22
    private static let top = 64
    private static let margin = 96
    private static let column = 150
    /// Longer silences get a row of their own.
    private static let silence = Duration.seconds(1)
    /// What happens within it is in one row where it happens at different nodes.
    private static let instant = Duration.milliseconds(1)
    /// A message that is looked for is no older.
    private static let flight = Duration.seconds(2)

    init(
        _ events: [LabEvent], nodes: [NodeAddress], names: NodeNames,
        addresses: [LabEvent.NodeName: NodeAddress]
    ) {
        self.events = events.sorted { $0.time < $1.time }
        self.nodes = Set(nodes + events.map(\.node)).sorted()
        self.names = names
        self.addresses = addresses
    }

    /// The document.
    var text: String {
        let rows = rows
        let bottom = Self.top + ((rows.last?.row ?? 0) + 1) * Self.row
        let width = max(Self.margin + nodes.count * Self.column + 20, 700)
        let height = bottom + 30 + Self.legend.count * 18
        let parts =
            [
                Self.element("title", [:], "What happened in the cluster"), Self.tip,
                Self.element("rect", ["width": "100%", "height": "100%", "fill": "white"]),
                Self.label("seconds since", x: 8, y: 24, ["font-size": "11"]),
                Self.label("the start", x: 8, y: 38, ["font-size": "11"]),
            ] + nodes.map { lifeline(of: $0, to: bottom) } + silences(rows)
            + rows.compactMap { arrow(to: $0, among: rows) } + rows.map(mark) + times(rows)
            + Self.legend.enumerated().map { index, line in
                Self.label(line, x: 8, y: bottom + 30 + index * 18)
            }
        let root: KeyValuePairs = [
            "xmlns": "http://www.w3.org/2000/svg", "width": "\(width)", "height": "\(height)",
            "viewBox": "0 0 \(width) \(height)", "font-family": "sans-serif", "font-size": "12",
        ]
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + Self.element("svg", root, raw: "\n" + parts.joined(separator: "\n") + "\n") + "\n"
    }

    private static let legend = [
        "Time goes down, one row an event, not to scale. An arrow: the one told the other, or its state did.",
        "S suspects (PFAIL)   R hears a master's report   F FAIL   B back again   - + cluster_state fail, ok",
        "E election   V vote   N no vote   P promoted   D becomes a replica   M manual failover   "
            + "O owner of slots or epoch   H handshake, address, forgotten",
    ]

    // MARK: - Rows

    /// An event and the row that it is drawn in.
    private struct Placed {
        var event: LabEvent
        var row: Int
    }

    /// Each event goes below those before it, unless it happens at the same instant elsewhere.
    private var rows: [Placed] {
        var placed: [Placed] = []
        for event in events {
            guard let last = placed.last else {
                placed.append(Placed(event: event, row: 0))
                continue
            }
            let inRow = placed.suffix(while: { $0.row == last.row })
            let isFree = !inRow.contains { other in
                other.event.node == event.node || concerns(other.event, event)
            }
            let isSoon = event.time - (inRow.first ?? last).event.time < Self.instant
            let step = event.time - last.event.time > Self.silence ? 2 : isFree && isSoon ? 0 : 1
            placed.append(Placed(event: event, row: last.row + step))
        }
        return placed
    }

    /// Whether one has told the other: the arrow between them needs its slope.
    private func concerns(_ first: LabEvent, _ second: LabEvent) -> Bool {
        second.kind.teller.flatMap { addresses[$0] } == first.node
    }

    private func y(_ row: Int) -> Int { Self.top + row * Self.row }

    private func x(_ node: NodeAddress) -> Int? {
        nodes.firstIndex(of: node).map { Self.margin + $0 * Self.column + Self.column / 4 }
    }

    // MARK: - Drawing

    private func lifeline(of node: NodeAddress, to bottom: Int) -> String {
        let x = x(node) ?? 0
        return Self.label(
            names.name(of: node), x: x, y: 28, ["text-anchor": "middle", "font-weight": "bold"])
            + Self.line((x, 40), (x, bottom), ["stroke": "#bbb"])
    }

    private func silences(_ rows: [Placed]) -> [String] {
        zip(rows, rows.dropFirst()).compactMap { before, after in
            guard after.row - before.row > 1 else { return nil }
            let pause = after.event.time - before.event.time
            let y = y(before.row + 1)
            return Self.label(
                "+\(pause.inSeconds) s", x: 8, y: y + 4, ["font-style": "italic"])
                + Self.line(
                    (Self.margin, y), (Self.margin + nodes.count * Self.column, y),
                    ["stroke": "#ccc", "stroke-dasharray": "2 4"])
        }
    }

    /// From the teller: from what it did that made it tell, where that is in the timeline.
    private func arrow(to placed: Placed, among rows: [Placed]) -> String? {
        guard let name = placed.event.kind.teller, let source = addresses[name],
            source != placed.event.node, let from = x(source), let to = x(placed.event.node)
        else { return nil }
        let cause = rows.last { other in
            other.event.node == source && other.row <= placed.row
                && placed.event.time - other.event.time < Self.flight
                && placed.event.kind.isCaused(by: other.event.kind)
        }
        let start = cause.map { y($0.row) } ?? y(placed.row) - Self.row / 2
        let end = to > from ? to - 10 : to + 10
        return Self.line(
            (from, start), (end, y(placed.row)), ["stroke": "#555", "marker-end": "url(#tip)"])
    }

    private func mark(_ placed: Placed) -> String {
        let (x, y) = (x(placed.event.node) ?? 0, y(placed.row))
        let sign = placed.event.kind.sign
        let sentence = placed.event.kind.sentence(names.name)
        let whole =
            "\(placed.event.time.inSeconds) \(names.name(of: placed.event.node)) \(sentence)"
        let circle: KeyValuePairs = [
            "cx": "\(x)", "cy": "\(y)", "r": "8", "fill": Self.colour(of: sign), "stroke": "#333",
        ]
        // White around the letters parts them from arrows that cross them.
        let words: KeyValuePairs = [
            "font-size": "10", "stroke": "white", "stroke-width": "3", "paint-order": "stroke",
        ]
        return Self.element(
            "g", [:],
            raw: Self.element("title", [:], whole) + Self.element("circle", circle)
                + Self.label(
                    String(sign), x: x, y: y + 4, ["text-anchor": "middle", "font-size": "11"])
                + Self.label(placed.event.kind.label(names.name), x: x + 12, y: y + 4, words))
    }

    private func times(_ rows: [Placed]) -> [String] {
        var lines: [String] = []
        var shown: Int?
        for placed in rows where placed.row != shown {
            shown = placed.row
            lines.append(Self.label(placed.event.time.inSeconds, x: 8, y: y(placed.row) + 4))
        }
        return lines
    }

    // MARK: - XML

    /// The head of an arrow.
    private static let tip = element(
        "defs", [:],
        raw: element(
            "marker",
            [
                "id": "tip", "viewBox": "0 0 8 8", "refX": "8", "refY": "4", "markerWidth": "8",
                "markerHeight": "8", "orient": "auto",
            ], raw: element("path", ["d": "M0 0L8 4L0 8z", "fill": "#555"])))

    private static func line(
        _ from: (x: Int, y: Int), _ to: (x: Int, y: Int),
        _ attributes: KeyValuePairs<String, String>
    ) -> String {
        let places = [
            ("x1", "\(from.x)"), ("y1", "\(from.y)"), ("x2", "\(to.x)"), ("y2", "\(to.y)"),
        ]
        return element("line", places + attributes.map { ($0.key, $0.value) }, raw: "")
    }

    private static func label(
        _ text: String, x: Int, y: Int, _ attributes: KeyValuePairs<String, String> = [:]
    ) -> String {
        let places = [("x", "\(x)"), ("y", "\(y)")]
        return element("text", places + attributes.map { ($0.key, $0.value) }, raw: escaped(text))
    }

    private static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String>, _ text: String = ""
    ) -> String {
        element(name, attributes, raw: escaped(text))
    }

    private static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String>, raw content: String
    ) -> String {
        element(name, attributes.map { ($0.key, $0.value) }, raw: content)
    }

    private static func element(
        _ name: String, _ attributes: [(String, String)], raw content: String
    ) -> String {
        let opening = attributes.reduce("<" + name) { text, attribute in
            text + " \(attribute.0)=\"\(escaped(attribute.1))\""
        }
        return content.isEmpty ? opening + "/>" : opening + ">" + content + "</\(name)>"
    }

    /// Light, so that the letter on it can be read.
    private static func colour(of sign: Character) -> String {
        switch sign {
        case "S", "R": "#ffe08a"
        case "F", "-": "#ffb3a7"
        case "E", "V", "M": "#bcd8ff"
        case "P", "+", "B": "#b9e6b3"
        default: "#e4e4e4"
        }
    }

    /// As XML has it; control characters, which it may not hold, become question marks.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case _ where scalar.value < 32: escaped += "?"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Array {
    /// The elements at the end that are so.
    fileprivate func suffix(while isSo: (Element) -> Bool) -> ArraySlice<Element> {
        let start = lastIndex { !isSo($0) }.map { $0 + 1 } ?? startIndex
        return self[start...]
    }
}
