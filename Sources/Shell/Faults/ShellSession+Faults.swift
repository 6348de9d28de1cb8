import CLI
import Lab

// Faults of nodes and of the network.
extension ShellSession {
    /// Follows a word about a fault; false when it is none.
    mutating func runFaultWord(_ word: String, _ words: [String]) -> Bool {
        switch word {
        case "stop", "crash", "boot", "freeze", "thaw": changeNodes(word, words)
        case "partition", "lag", "drop": changeNetwork(word, words)
        case "heal": heal(words)
        case "faults": showFaults()
        default: return false
        }
        return true
    }

    /// Writes a sentence, wrapped between its words.
    func say(_ sentence: String) {
        for line in Explanation.wrapped(sentence, width: terminal.width) {
            terminal.writeLine(line)
        }
    }

    /// The lab's hand in the cluster; says so where there is none.
    mutating func withControl(_ body: (inout ShellSession, any LabControl) throws(LabError) -> Void) {
        guard let control = cluster.control else {
            return fail(LabAbility.processes.refusal.description)
        }
        do throws(LabError) {
            try body(&self, control)
        } catch {
            if case .interrupted = error { terminal.writeLine() } else { fail(error.description) }
            hasLineFailed = true
        }
    }

    /// A word that has done something to the cluster is what `why` is asked about then.
    mutating func noteWord(_ word: String, _ line: String) {
        guard Self.changingWords.contains(word) else { return }
        guard !session.isConnected, let trouble = session.trouble, case .refused = trouble else {
            return last = .word(line)
        }
        last = .failure(trouble, at: session.address, arguments: [])
    }

    // MARK: - Nodes

    private static let done = [
        "stop": "has ended in good order", "crash": "is gone, as after kill -9",
        "boot": "runs again", "freeze": "stands still, as after SIGSTOP", "thaw": "goes on",
    ]

    /// What `all` finds nobody for.
    private static let nobody = [
        "stop": "No node runs.", "crash": "No node runs.", "boot": "All nodes run.",
        "freeze": "No node runs.", "thaw": "Nothing is frozen.",
    ]

    private mutating func changeNodes(_ word: String, _ words: [String]) {
        var isPartlyDone = false
        withControl { shell, control throws(LabError) in
            guard !words.isEmpty else {
                throw .unsupported("\(word) wants a node: \(word) \(shell.session.address.port)")
            }
            let nodes = try shell.nodes(meantBy: words, for: word, control)
            guard !nodes.isEmpty else { throw .unsupported(Self.nobody[word] ?? "") }
            for node in nodes {
                switch word {
                case "stop": try control.stop(node)
                case "crash": try control.crash(node)
                case "boot": try control.boot(node)
                case "freeze": try control.freeze(node)
                default: try control.thaw(node)
                }
                shell.say("\(node.port) \(Self.done[word] ?? "")")
                shell.hasChanged(node)
                isPartlyDone = true
            }
            if nodes.contains(shell.session.address) { shell.tellWayOn() }
        }
        if isPartlyDone { isLineRefused = false }
    }

    /// A learner whose node has ended is told where to go.
    private func tellWayOn() {
        guard isLearners, cluster.control?.state(of: session.address) == .down,
            let next = cluster.firstToTalkTo, next != session.address,
            cluster.control?.state(of: next) == .running
        else { return }
        say("That was the node of your prompt: connect \(next.port) goes to one that runs.")
    }

    /// Whoever talked to that node talks to another process now, or to nobody.
    private mutating func hasChanged(_ node: NodeAddress) {
        addressed[node] = nil
        guard node == session.address else { return }
        if cluster.control?.state(of: node) == .down { session.disconnect() }
        connectQuietly()
    }

    /// `all` are those to which the word can be said now.
    private func nodes(
        meantBy words: [String], for word: String, _ control: any LabControl
    ) throws(LabError) -> [NodeAddress] {
        let wanted: NodeState =
            switch word {
            case "boot": .down
            case "thaw": .frozen
            default: .running
            }
        var nodes: [NodeAddress] = []
        for text in words {
            if text.lowercased() == "all" {
                nodes += cluster.nodes.filter { control.state(of: $0) == wanted }
            } else if let node = cluster.nodes.first(where: {
                "\($0.port)" == text || $0.description == text
            }) {
                nodes.append(node)
            } else {
                let ports = cluster.nodes.map { "\($0.port)" }.joined(separator: ", ")
                throw .unsupported("There is no node \(text): there are \(ports).")
            }
        }
        return nodes
    }

    // MARK: - The network

    private mutating func changeNetwork(_ word: String, _ words: [String]) {
        withControl { shell, control throws(LabError) in
            let line: NetworkLine
            do throws(NetworkLine.Mistake) {
                line = try NetworkLine(word, words, nodes: shell.cluster.nodes)
            } catch {
                throw .unsupported(error.sentence)
            }
            var faults = control.network
            for rule in line.rules { faults.add(rule) }
            try control.setNetwork(faults)
            shell.tellNetwork(line.sentence)
            shell.say("\(line.sentence) heal takes it back.")
        }
    }

    /// `heal` takes all faults of the network back, `heal 7000` those that a node has part in.
    private mutating func heal(_ words: [String]) {
        withControl { shell, control throws(LabError) in
            var faults = control.network
            guard !faults.isEmpty else {
                return shell.say("Nothing is wrong with the network.")
            }
            let named = try shell.nodes(meantBy: words, for: "heal", control).map(
                NetworkFaults.Party.node)
            faults.remove { rule in
                named.isEmpty || !rule.from.union(rule.to).isDisjoint(with: named)
            }
            try control.setNetwork(faults)
            shell.tellNetwork("healed")
            shell.say(
                faults.isEmpty
                    ? "The network is whole again." : "What is left: faults shows it.")
        }
    }

    private mutating func showFaults() {
        withControl { shell, control throws(LabError) in
            let down = shell.cluster.nodes.filter { control.state(of: $0) != .running }
            for node in down {
                shell.say("\(node.port) is \(control.state(of: node).rawValue)")
            }
            for rule in control.network.rules { shell.say(rule.line) }
            if down.isEmpty, control.network.isEmpty {
                shell.say("All nodes run, and nothing is wrong with the network.")
            }
            if control.speed != 1 {
                shell.say(
                    control.speed == 0
                        ? "Time stands still." : "Time passes at \(control.speed.shown) times its pace.")
            }
        }
    }

    private func tellNetwork(_ sentence: String) {
        cluster.events?.add(
            LabEvent(time: cluster.time, node: session.address, kind: .network(sentence)))
    }
}

extension Double {
    /// Without decimals where there are none.
    var shown: String { self == rounded() && abs(self) < 1e9 ? "\(Int(self))" : "\(self)" }
}
