import CLI
import Lab
import RESP

// Time and its return.
extension ShellSession {
    /// Follows a word about time; false when it is none.
    mutating func runTimeWord(_ word: String, _ words: [String]) -> Bool {
        switch word {
        case "speed": setSpeed(words)
        case "pause": setSpeed(["0"])
        case "advance": advance(words)
        case "until": awaitCondition(words)
        case "undo": undo()
        case "rewind": rewind(words)
        case "keep": keep(words)
        case "load": load(words)
        default: return false
        }
        return true
    }

    // MARK: - Going on

    private mutating func setSpeed(_ words: [String]) {
        withControl { shell, control throws(LabError) in
            guard let word = words.first else {
                return shell.say(Self.said(of: control.speed))
            }
            guard let speed = Double(word.lowercased().hasSuffix("x") ? String(word.dropLast()) : word),
                speed >= 0, speed.isFinite
            else { throw .unsupported("speed wants a number: speed 10, speed 0.5, speed 1") }
            try control.setSpeed(speed)
            shell.say(Self.said(of: speed))
        }
    }

    private static func said(of speed: Double) -> String {
        switch speed {
        case 0: "Time stands still: advance 5s lets some pass, speed 1 goes on. Commands are answered."
        case 1: "Time passes as everybody's does."
        default: "Time passes at \(speed.shown) times its pace."
        }
    }

    private mutating func advance(_ words: [String]) {
        withControl { shell, control throws(LabError) in
            guard let word = words.first, let duration = Duration(typed: word) else {
                throw .unsupported("advance wants a time: advance 5s, advance 300ms, advance 2m")
            }
            try control.advance(duration)
            shell.say(
                "\(duration.shown) have passed: the cluster is \(shell.cluster.time.shown) old.")
        }
    }

    /// Lets time pass until something is so; what has come of it is in the timeline.
    private mutating func awaitCondition(_ words: [String]) {
        var words = words
        var limit = Duration.seconds(60)
        if let place = words.firstIndex(of: "within"), place + 1 < words.count,
            let duration = Duration(typed: words[place + 1])
        {
            limit = duration
            words.removeSubrange(place...(place + 1))
        }
        guard let condition = AwaitedCondition(words.joined()) else {
            return fail("until wants to know what: \(ports(AwaitedCondition.usage)).")
        }
        do throws(LabError) {
            let start = cluster.time
            // Remembers from look to look who does not answer.
            let timed = TimedCluster.around(cluster)
            timed.expectSilenceOfFrozen()
            while !holds(condition, in: timed) {
                guard cluster.time - start < limit else {
                    fail("\(words.joined()) has not come within \(limit.shown).")
                    // It was waited for all the same.
                    return isLineRefused = false
                }
                guard !lines.takeInterrupt() else { throw .interrupted }
                if let control = cluster.control, control.speed == 0 {
                    try control.advance(Self.step)
                } else {
                    try cluster.pass(Self.step)
                }
            }
            say("\(words.joined()) after \((cluster.time - start).shown).")
        } catch {
            if case .interrupted = error { terminal.writeLine() } else { fail(error.description) }
            hasLineFailed = true
        }
    }

    private static let step = Duration.milliseconds(100)

    private func holds(_ condition: AwaitedCondition, in cluster: TimedCluster) -> Bool {
        let view = LiveView(of: cluster, at: session.address)
        return condition.holds(in: view) { node in
            view.ask(node, "ROLE")?.elements?.compactMap(\.text) ?? []
        }
    }

    // MARK: - Going back

    /// Remembers the cluster as it is before a line that may change it.
    mutating func noteMoment(before line: String, _ control: any LabControl) {
        guard let snapshot = try? control.snapshot() else { return }
        moments.add(snapshot, before: line, typed: recorder.lines.count)
    }

    /// Says so where nothing can be made what it was.
    private mutating func cannotGoBack() -> Bool {
        guard cluster.lacks.contains(.snapshots) else { return false }
        let missing: LabAbility = cluster.control == nil ? .processes : .snapshots
        fail(missing.refusal.description)
        return true
    }

    private mutating func undo() {
        guard !cannotGoBack() else { return }
        guard let moment = moments.takeLast() else {
            return fail("Nothing was changed yet that could be undone.")
        }
        restore(moment, "The cluster is as it was before: \(moment.line)")
    }

    /// `rewind` lists the moments, `rewind 3` goes before the line of that number, `rewind 10s` so far back.
    private mutating func rewind(_ words: [String]) {
        guard !cannotGoBack() else { return }
        guard let word = words.first else { return listMoments() }
        let number =
            Int(word) ?? Duration(typed: word).flatMap { moments.number(before: cluster.time - $0) }
        guard let number, let moment = moments.take(number: number) else {
            return fail("There is no such moment: rewind lists those that there are.")
        }
        restore(moment, "The cluster is as it was before: \(moment.line)")
    }

    private func listMoments() {
        guard !moments.past.isEmpty else {
            return say("No line has changed the cluster yet.")
        }
        say("rewind N makes the cluster what it was before line N:")
        for (index, moment) in moments.past.enumerated() {
            let age = (cluster.time - moment.snapshot.time).shown
            terminal.writeLine("  \(index + 1)  \(age) ago  \(moment.line)")
        }
    }

    private mutating func keep(_ words: [String]) {
        withControl { shell, control throws(LabError) in
            guard let name = words.first else {
                throw .unsupported(
                    shell.moments.names.isEmpty
                        ? "keep wants a name: keep before-failover"
                        : "Kept: \(shell.moments.names.joined(separator: ", ")). load NAME goes there.")
            }
            shell.moments.keep(
                try control.snapshot(), as: name, typed: shell.recorder.lines.count)
            shell.say("Kept as \(name), until the lab ends. load \(name) comes back here.")
        }
    }

    private mutating func load(_ words: [String]) {
        if let name = words.first, let moment = moments.kept[name] {
            return restore(moment, "The cluster is as it was at \(name).")
        }
        if let name = words.first, TextFile.exists(name) { return replay(words) }
        let names = moments.names.joined(separator: ", ")
        let kept = names.isEmpty ? "Nothing was kept: keep NAME does." : "Kept are: \(names)."
        fail(words.first.map { "\(kept) And there is no file \($0), as share writes them." } ?? kept)
    }

    private mutating func restore(_ moment: Moments.Moment, _ sentence: String) {
        withControl { shell, control throws(LabError) in
            try control.restore(moment.snapshot)
            shell.recorder.cut(to: moment.typed)
            shell.addressed = [:]
            shell.session.disconnect()
            shell.connectQuietly()
            shell.say(sentence)
        }
    }
}
