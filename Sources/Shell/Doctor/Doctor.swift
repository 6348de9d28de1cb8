import Lab

/// Looks over the machine: what of it the lab and the course need, and what to type where it is missing.
package struct Doctor {
    let machine: Machine
    let terminal: Terminal
    /// The lab's client ports.
    let ports: [Int]

    /// One thing that was looked at.
    struct Finding: Equatable {
        var state: State
        var name: String
        /// What there is.
        var value: String
        /// What needs it.
        var use: String
        /// What to type where it is not as it should be.
        var advice: String?
    }

    /// How a thing is.
    enum State: String {
        case good = "ok"
        /// Not there, and the lab does without.
        case absent = "--"
        /// The lab does not work as it should.
        case bad = "!!"
    }

    /// `ports` are those of the lab's nodes; their bus ports are 10000 above.
    package init(machine: Machine, terminal: Terminal, ports: [Int]) {
        self.machine = machine
        self.terminal = terminal
        self.ports = ports
    }

    /// Everything in the order in which it is shown.
    func findings() -> [Finding] {
        portFindings() + [terminalFinding(), localeFinding(), colourFinding(), stateFinding()]
            + toolFindings()
    }

    /// Writes what was found; false when something that the lab needs is not so.
    package func report() -> Bool {
        let findings = findings()
        for finding in findings {
            let head = "\(finding.state.rawValue)  \(finding.name)"
            let gap = String(repeating: " ", count: max(1, 20 - head.count))
            write("\(finding.value)", first: head + gap, rest: String(repeating: " ", count: 20))
            write(finding.use, first: "      for ", rest: "          ")
            if let advice = finding.advice, finding.state != .good {
                write(advice, first: "      type ", rest: "           ")
            }
        }
        let bad = findings.filter { $0.state == .bad }.map(\.name)
        terminal.writeLine(
            bad.isEmpty
                ? "The lab has what it needs."
                : "Not as it should be: \(bad.joined(separator: ", ")).")
        return bad.isEmpty
    }

    private func write(_ text: String, first: String, rest: String) {
        for line in Explanation.wrapped(text, width: terminal.width, first: first, rest: rest) {
            terminal.writeLine(line)
        }
    }

    // MARK: - Ports

    private func portFindings() -> [Finding] {
        let buses = ports.map { $0 + 10_000 }
        let owners = PortOwners(of: Set(ports + buses), on: machine)
        return [
            finding("ports", ports, owners, use: "the lab's nodes, which listen there for clients"),
            finding("bus ports", buses, owners, use: "gossip: each node's port plus 10000"),
        ]
    }

    private func finding(
        _ name: String, _ ports: [Int], _ owners: PortOwners, use: String
    ) -> Finding {
        let range =
            ports.count > 1 ? "\(ports.first ?? 0) to \(ports.last ?? 0)" : "\(ports.first ?? 0)"
        let taken = ports.compactMap { port in owners[port].map { (port, $0) } }
        let foreign = taken.filter { $0.1.process != machine.process }
        guard let first = foreign.first else {
            return Finding(
                state: .good, name: name,
                value: range
                    + (taken.isEmpty ? ": free" : ": \(taken.count) of them open, by this lab"),
                use: use)
        }
        return Finding(
            state: .bad, name: name, value: "\(range): taken: \(Self.list(foreign))", use: use,
            advice: Self.advice(about: first.1))
    }

    /// Neighbours with one owner together: `7000 to 7002 by redis-server, process 9`.
    private static func list(_ taken: [(port: Int, owner: PortOwners.Owner)]) -> String {
        var runs: [(first: Int, last: Int, owner: PortOwners.Owner)] = []
        for (port, owner) in taken {
            if let run = runs.last, run.owner == owner, run.last + 1 == port {
                runs[runs.count - 1].last = port
            } else {
                runs.append((port, port, owner))
            }
        }
        let texts = runs.prefix(6).map { run in
            (run.first == run.last ? "\(run.first)" : "\(run.first) to \(run.last)")
                + " by \(run.owner.description)"
        }
        return texts.joined(separator: "; ") + (runs.count > 6 ? "; and others" : "")
    }

    private static func advice(about owner: PortOwners.Owner) -> String {
        if owner.name?.hasPrefix("Control") == true {
            return
                "clusterlab --port 7100 (macOS: AirPlay Receiver listens at 7000; System Settings, "
                + "General, AirDrop & Handoff turns it off)"
        }
        guard let process = owner.process else { return "clusterlab --port 7100, for other ports" }
        return "clusterlab --port 7100, for other ports; or kill \(process), if it may end"
    }

    // MARK: - Terminal and folders

    private func terminalFinding() -> Finding {
        let type = machine.variable("TERM")
        let size =
            machine.screen().map { "\($0.columns)x\($0.rows)" } ?? "no size, so not a terminal"
        let isNarrow = machine.screen().map { $0.columns < 80 || $0.rows < 24 } ?? false
        let isPlain = type == nil || type == "dumb"
        return Finding(
            state: isPlain || isNarrow ? .absent : .good, name: "terminal",
            value: "\(type ?? "TERM is not set"), \(size)",
            use: "line editing, history and completion; a window of 80x24 or more",
            advice: isPlain ? "export TERM=xterm-256color" : nil)
    }

    private func localeFinding() -> Finding {
        let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(machine.variable).first
        let isUTF8 = name.map { $0.lowercased().replacing("-", with: "").contains("utf8") } ?? false
        let isPlain = name == nil || name == "C" || name == "POSIX"
        return Finding(
            state: isUTF8 ? .good : .absent, name: "locale",
            value: (name ?? "not set") + (isPlain ? "; the lab takes UTF-8" : ""),
            use: "letters beyond ASCII while a line is edited",
            advice: "export LC_ALL=C.UTF-8")
    }

    private func colourFinding() -> Finding {
        let reason =
            machine.variable("NO_COLOR") != nil
            ? "NO_COLOR is set" : "not a terminal, TERM is dumb, or --no-color"
        return Finding(
            state: terminal.hasColour ? .good : .absent, name: "colour",
            value: terminal.hasColour ? "yes" : "no: \(reason)",
            use: "looks alone: nothing is said by colour",
            advice: machine.variable("NO_COLOR") != nil ? "unset NO_COLOR" : nil)
    }

    private func stateFinding() -> Finding {
        let use = "the history of lines and the progress in lessons"
        guard let folder = machine.stateFolder else {
            return Finding(
                state: .bad, name: "state folder",
                value: "none: HOME and XDG_STATE_HOME are not set",
                use: use, advice: "export XDG_STATE_HOME=/tmp/state")
        }
        let problem = machine.problemWriting("\(folder)/doctor")
        return Finding(
            state: problem == nil ? .good : .bad, name: "state folder",
            value: problem ?? "\(folder), writable", use: use,
            advice: "export XDG_STATE_HOME=/tmp/state, or make it writable")
    }
}
