import CLI
import Lab
import Lessons

// The words that show the cluster: map, views, timeline, peek, log.
extension ShellSession {
    /// The words of this file, for completion and for `live`.
    static let seeingWords = ["map", "views", "timeline", "peek", "log", "live"]

    /// Follows one of the words.
    mutating func see(_ word: String, _ arguments: [[UInt8]]) {
        let texts = arguments.map { String(decoding: $0, as: UTF8.self) }
        do throws(ScreenFailure) {
            switch word {
            case "live": live(texts)
            case "timeline": try showTimeline(texts)
            case "log": try showLog(texts)
            case "peek":
                guard let key = arguments.first, arguments.count == 1 else {
                    throw ScreenFailure(sentence: "peek wants one key: peek user:1")
                }
                let screen = try PeekScreen(key, in: cluster, at: session.address)
                show(screen.lines(width: terminal.width))
            default:
                guard texts.isEmpty else {
                    throw ScreenFailure(sentence: "\(word) stands alone: it shows all nodes")
                }
                showCluster(word)
            }
        } catch {
            fail(Explanation.wrapped(error.sentence, width: terminal.width).joined(separator: "\n"))
        }
    }

    private func show(_ lines: [String]) {
        for line in lines { terminal.writeLine(line) }
    }

    private mutating func showCluster(_ word: String) {
        let sight = Sight(of: cluster, at: session.address)
        if word == "views" {
            let screen = ViewsScreen(
                sight: sight, width: terminal.width, hasColour: terminal.hasColour)
            return show(screen.lines)
        }
        let screen = MapScreen(
            sight: sight, width: terminal.width, hasColour: terminal.hasColour,
            callsBefore: callsBefore)
        show(screen.lines)
        callsBefore = sight.facts.mapValues(\.calls)
    }

    // MARK: - Timeline

    private mutating func showTimeline(_ words: [String]) throws(ScreenFailure) {
        guard let log = cluster.events else {
            throw ScreenFailure(
                sentence: "The lab did not start these nodes, so it does not hear what they do: "
                    + "real servers tell it in their logs only. Type views, or log NODE.")
        }
        let request = try TimelineRequest(words) { node(named: $0) }
        let found = events(of: log, request)
        let addresses = addresses(in: found, of: log)
        let names = NodeNames(
            Set(cluster.nodes + found.map(\.node)).sorted(), ids: addresses)
        guard let path = request.svg else { return show(entries(found, names, request)) }
        let diagram = TimelineSVG(
            found, nodes: cluster.nodes, names: names, addresses: addresses)
        do throws(LabError) {
            try TextFile.replace(path, with: diagram.text)
        } catch {
            throw ScreenFailure(sentence: error.description)
        }
        terminal.writeLine("\(found.count) events drawn in \(path): open it in a browser.")
    }

    private func entries(
        _ events: [LabEvent], _ names: NodeNames, _ request: TimelineRequest
    ) -> [String] {
        let timeline = Timeline(events, names: names, latest: request.count ?? Self.usualEntries)
        guard !timeline.entries.isEmpty else {
            return ["Nothing has happened that a node would tell of."]
        }
        return timeline.lines(width: terminal.width)
    }

    /// A number that is a screen's.
    private static let usualEntries = 20

    private func events(of log: EventLog, _ request: TimelineRequest) -> [LabEvent] {
        let start = request.since.map { cluster.time - $0 } ?? .zero
        return log.events.filter { event in
            guard event.time >= start else { return false }
            guard let node = request.node else { return true }
            return event.node == node
                || event.kind.mentioned.contains { log.address(of: $0) == node }
        }
    }

    /// The nodes that events mention. Those that the lab has not started are known by CLUSTER NODES.
    private func addresses(
        in events: [LabEvent], of log: EventLog
    ) -> [LabEvent.NodeName: NodeAddress] {
        let mentioned = Set(events.flatMap(\.kind.mentioned))
        var found = mentioned.reduce(into: [:]) { $0[$1] = log.address(of: $1) }
        guard found.count < mentioned.count else { return found }
        let view = LiveView(of: cluster, at: session.address)
        for node in view.opinions.flatMap(\.table) where node.hasAddress && found[node.id] == nil {
            found[node.id] = node.address
        }
        return found
    }

    // MARK: - Log

    private mutating func showLog(_ words: [String]) throws(ScreenFailure) {
        var (address, count) = (session.address, LogScreen.usual)
        for word in words {
            if let node = node(named: word) {
                address = node
            } else if let number = Int(word), number > 0 {
                count = number
            } else {
                throw ScreenFailure(
                    sentence: "log takes a node and a number of lines: log 7001, log 7001 50")
            }
        }
        show(try LogScreen(of: address, count: count, in: cluster).lines)
    }

    /// The lab's node of that port, or any node's address.
    private func node(named word: String) -> NodeAddress? {
        cluster.nodes.first { "\($0.port)" == word }
            ?? (word.contains(":") ? NodeAddress(typed: word) : nil)
    }
}
