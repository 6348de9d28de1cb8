package import Lab
import RESP

extension ClusterTopology {
    /// Opens a connection to a node, logged in.
    package typealias Connect = (NodeAddress) throws(LabError) -> any LabConnection

    /// Looks at a running cluster through its nodes, the first of which is named.
    package static func read(
        from first: NodeAddress, connect: Connect
    ) throws(LabError) -> ClusterTopology {
        let connection = try connect(first)
        defer { connection.close() }
        let reply = try connection.send("CLUSTER", "NODES")
        if case .error(let message) = reply { throw .unsupported("\(first): \(message)") }
        guard let text = reply.text else { throw .malformedReply(first) }
        let info = try connection.send("INFO", "server").text ?? ""
        var survey = Survey(text, askedAt: first)
        try survey.askSettings(connect)
        survey.noteForgetfulness()
        return ClusterTopology(
            nodes: survey.nodes, version: field("redis_version", of: info) ?? "7.0",
            remarks: survey.remarks)
    }

    private static func field(_ name: String, of info: String) -> String? {
        info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name):") }
            .map { String($0.dropFirst(name.count + 1)) }
    }
}

/// What is made of CLUSTER NODES.
private struct Survey {
    var nodes: [ClusterTopology.Node] = []
    var remarks: [String] = []

    /// One line that counts.
    private struct Line {
        let name: String
        let host: String
        let port: Int
        let busPort: Int
        let isReplica: Bool
        let master: String
        let slots: [ClosedRange<Int>]
    }

    init(_ text: String, askedAt first: NodeAddress) {
        let lines = text.split(separator: "\n").compactMap { take($0, askedAt: first) }
        let masters = lines.filter { !$0.isReplica }
            .sorted {
                ($0.slots.first?.lowerBound ?? .max, $0.port) < (
                    $1.slots.first?.lowerBound ?? .max, $1.port
                )
            }
        let places = Dictionary(
            uniqueKeysWithValues: masters.enumerated().map { ($1.name, $0) })
        let replicas = lines.filter { $0.isReplica && places[$0.master] != nil }
            .sorted { (places[$0.master] ?? 0, $0.port) < (places[$1.master] ?? 0, $1.port) }
        let arePortsUnique = Set(lines.map(\.port)).count == lines.count
        nodes = (masters + replicas).map { line in
            ClusterTopology.Node(
                name: arePortsUnique ? "redis-\(line.port)" : "redis-\(line.host)-\(line.port)",
                host: line.host, port: line.port, busPort: line.busPort,
                master: line.isReplica ? places[line.master] : nil, slots: line.slots)
        }
        let covered = masters.flatMap(\.slots).reduce(0) { $0 + $1.count }
        if covered < 16_384 {
            remarks.append("\(16_384 - covered) slots have no owner, and get none.")
        }
    }

    /// `<id> <host:port@bus> <flags> <master> … <slots>`.
    private mutating func take(_ text: Substring, askedAt first: NodeAddress) -> Line? {
        let fields = text.split(separator: " ").map(String.init)
        guard fields.count >= 8 else { return nil }
        let flags = fields[2].split(separator: ",").map(String.init)
        let place = fields[1].prefix { $0 != "," }
        guard let at = place.lastIndex(of: "@"), let colon = place[..<at].lastIndex(of: ":"),
            let port = Int(place[place.index(after: colon)..<at]),
            let busPort = Int(place[place.index(after: at)...])
        else { return nil }
        guard !flags.contains(where: ["fail", "fail?", "noaddr", "handshake"].contains) else {
            remarks.append("\(place[..<at]) is \(fields[2]) and is left out.")
            return nil
        }
        let host = String(place[..<colon])
        var slots: [ClosedRange<Int>] = []
        for word in fields.dropFirst(8) {
            if word.hasPrefix("[") {
                remarks.append("Slot \(word) is on its way; it goes to the owner that it has now.")
                continue
            }
            let ends = word.split(separator: "-").compactMap { Int($0) }
            if let low = ends.first, let high = ends.last, low <= high { slots.append(low...high) }
        }
        // A node that nobody has met does not know its address.
        return Line(
            name: fields[0], host: host.isEmpty ? first.host : host, port: port, busPort: busPort,
            isReplica: flags.contains("slave"), master: fields[3], slots: slots)
    }

    /// Asks every node what it is set to.
    mutating func askSettings(_ connect: ClusterTopology.Connect) throws(LabError) {
        var hasPassword = false
        for index in nodes.indices {
            let address = NodeAddress(host: nodes[index].host, port: nodes[index].port)
            let connection = try connect(address)
            defer { connection.close() }
            let words = ["CONFIG", "GET"] + Setting.defaults.map(\.name) + Setting.secrets
            let reply = try connection.send(words.map { Array($0.utf8) })
            guard let pairs = reply.elements else {
                remarks.append(
                    "\(address) refuses CONFIG GET, and so gets Redis' own parameters.")
                continue
            }
            let found = Dictionary(
                stride(from: 0, to: pairs.count - 1, by: 2).compactMap { place in
                    pairs[place].text.map { ($0, pairs[place + 1].text ?? "") }
                }, uniquingKeysWith: { $1 })
            nodes[index].settings = Setting.defaults.compactMap { setting in
                found[setting.name].flatMap {
                    $0 == setting.value ? nil : Setting(name: setting.name, value: $0)
                }
            }
            hasPassword =
                hasPassword || Setting.secrets.contains { found[$0]?.isEmpty == false }
        }
        guard hasPassword else { return }
        remarks.append(
            "The nodes have passwords. They are in no file: set requirepass and masterauth in each .conf, and "
                + "REDISCLI_AUTH for build.sh.")
    }

    /// What is right for an hour with the lab may not be right for servers.
    mutating func noteForgetfulness() {
        let forgetful = nodes.filter { node in
            node.settings.contains(Setting(name: "save", value: "")) && !node.isAppendOnly
        }
        guard let first = forgetful.first else { return }
        let others = forgetful.count > 1 ? " and \(forgetful.count - 1) others keep" : " keeps"
        remarks.append(
            "\(first.name)\(others) nothing on a disk: after a restart new keys are gone. Take `save \"\"` out of "
                + "the .conf, or add `appendonly yes`, where that is not wanted.")
    }

    private typealias Setting = ClusterTopology.Setting
}
