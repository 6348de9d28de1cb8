import Lab

extension Replay {
    /// Reads a file whose ports begin at 7000, for a lab whose first port is another.
    package init(_ text: String, file: String, firstPort: Int = 7000) throws(LessonError) {
        let ports = PortShift(first: firstPort)
        var reader = ReplayReader(
            file: file, replay: Replay(start: StartState(plan: ClusterPlan(port: firstPort))))
        try reader.read(SourceLine.lines(of: ports(text)))
        self = reader.replay
    }
}

/// Takes a replay in line by line.
private struct ReplayReader {
    let file: String
    var replay: Replay
    private var settings: [SourceLine] = []
    private var hasEnd = false

    init(file: String, replay: Replay) {
        self.file = file
        self.replay = replay
    }

    mutating func read(_ lines: [SourceLine]) throws(LessonError) {
        let version = lines.first?.text.dropFirst(Replay.title.count).trimmed
        guard let first = lines.first, first.text.hasPrefix(Replay.title), let version,
            let number = Int(version)
        else { throw mistake(1, "a replay begins with '\(Replay.title)\(Replay.version)'") }
        guard number <= Replay.version else {
            throw mistake(
                1, "this is version \(number) of a replay; this clusterlab reads \(Replay.version)")
        }
        for line in lines.dropFirst() where !line.text.trimmed.isEmpty {
            guard line.text.first != "#" else { continue }
            try read(line)
        }
        try LessonParser(file: file).readStart(settings, into: &replay.start)
        if !hasEnd { replay.end = replay.lines.last?.time ?? .zero }
    }

    private mutating func read(_ line: SourceLine) throws(LessonError) {
        let words = line.text.split(separator: " ", maxSplits: 1).map(String.init)
        if words[0].first?.isNumber == true { return try readTyped(line, words) }
        guard replay.lines.isEmpty, !hasEnd else {
            throw mistake(
                line.number,
                "a line begins with its time, such as '\(replay.end.asSeconds) 7000> PING'")
        }
        if words[0] == "backend", words.count == 2 {
            replay.backend = words[1].trimmed
        } else {
            settings.append(line)
        }
    }

    private mutating func readTyped(_ line: SourceLine, _ words: [String]) throws(LessonError) {
        guard let time = Duration(seconds: words[0]) else {
            throw mistake(line.number, "'\(words[0])' is no time in seconds, such as 1.250")
        }
        guard time >= replay.end else {
            throw mistake(
                line.number, "\(words[0]) is before the line above, \(replay.end.asSeconds)")
        }
        guard !hasEnd else { throw mistake(line.number, "nothing comes behind 'end'") }
        replay.end = time
        let rest = words.count == 2 ? words[1].trimmed : ""
        if rest == "end" { return hasEnd = true }
        guard let end = rest.firstIndex(of: ">"),
            let (node, follows) = Self.prompt(rest[..<end])
        else {
            throw mistake(
                line.number, "behind the time belongs a prompt, such as '7000>' or '7000 -c>'")
        }
        let text = rest[rest.index(after: end)...].trimmed
        guard !text.isEmpty else { throw mistake(line.number, "nothing is typed here") }
        var typed = Replay.Line(time: time, node: node, followsRedirects: follows, text: text)
        typed.number = line.number
        replay.lines.append(typed)
    }

    private static func prompt(_ text: Substring) -> (NodeAddress, Bool)? {
        let words = text.split(separator: " ")
        guard let name = words.first, words.count == 1 || (words.count == 2 && words[1] == "-c")
        else { return nil }
        let parts = name.split(separator: ":")
        guard let port = parts.last.flatMap({ Int($0) }), (1...65535).contains(port),
            parts.count <= 2
        else { return nil }
        let host = parts.count == 2 ? String(parts[0]) : "127.0.0.1"
        return (NodeAddress(host: host, port: port), words.count == 2)
    }

    private func mistake(_ line: Int, _ message: String) -> LessonError {
        LessonError(file: file, line: line, message: message)
    }
}
