import CLI
import Lab
import Lessons
import RESP

// What programs printed: redis-server that does not start, redis-cli --cluster that gives up.
extension Explainer {
    /// Explains what is in the output of a program that the learner ran.
    func explain(output: String, of command: String) -> Explanation {
        var text = Explanation()
        if let reason = rejectedLine(output) { text = reason }
        sayUnfinishedCreate(output, &text)
        sayRules(output, of: command, &text)
        sayRefusedConnection(output, &text)
        sayDowngrade(by: command, &text)
        if text.isEmpty, let matter = errorCase(output, of: command) { return explain(matter) }
        if text.isEmpty { sayException(output, &text) }
        if text.isEmpty { sayNothingKnown(output, command, &text) }
        return text
    }

    /// What is known of single lines; what is so for several of them is said once.
    private func sayRules(_ output: String, of program: String, _ text: inout Explanation) {
        let place = program.split(whereSeparator: \.isWhitespace).lazy.map(String.init)
            .first { $0.contains(":") && NodeAddress(typed: $0) != nil }
        let rules = OutputRule.rules(for: output)
        for (index, (rule, line)) in rules.enumerated() {
            text.quote(line)
            if rules.dropFirst(index + 1).first?.rule.reason == rule.reason { continue }
            text.say(ports(rule.reason))
            for (command, purpose) in rule.advice {
                let typed = command.replacing("HOST:PORT", with: place ?? "\(view.current)")
                text.next(ports(typed), purpose)
            }
        }
    }

    /// Examples name a node at hand.
    private func ports(_ text: String) -> String {
        UsagePorts.shown(text, for: view.opinions.map(\.address))
    }

    private func sayNothingKnown(_ output: String, _ command: String, _ text: inout Explanation) {
        text.say("The last line ran a program: \(HistoryFile.masked(command))")
        let lines = output.split(whereSeparator: \.isNewline)
        guard let last = lines.last else { return text.say("It printed no error that the lab knows.") }
        text.say("The last that the lab has seen of what it printed:")
        text.quote(String(last.prefix(200)))
        text.say("Nothing in its output is an error that the lab knows.")
    }

    // MARK: - redis.conf

    /// `*** FATAL CONFIG FILE ERROR`: the line, and what is wrong with it.
    private func rejectedLine(_ output: String) -> Explanation? {
        guard output.contains("FATAL CONFIG FILE ERROR") else { return nil }
        let lines = output.split(whereSeparator: \.isNewline).map(String.init)
        var text = Explanation()
        let place = lines.first { $0.contains("at line ") }?.split(separator: " ").last ?? "?"
        let quoted = lines.first { $0.hasPrefix(">>> ") }?.dropFirst(4).trimmingQuotes ?? ""
        let reason = lines.drop { !$0.hasPrefix(">>> ") }.dropFirst().first ?? ""
        text.say(
            "redis-server read its redis.conf up to line \(place) and did not start. That line is:")
        text.quote(quoted)
        if !reason.isEmpty { text.say("It says: \(reason)") }
        let directive = quoted.split(separator: " ").first.map(String.init) ?? ""
        if let comment = quoted.firstRange(of: " #") {
            text.say(
                "A comment needs a line of its own: behind a directive, # and all words after it are taken "
                    + "for more values.")
            let bare = String(quoted[..<comment.lowerBound]).trimmingBlanks
            text.next(bare, "line \(place), without the comment")
        } else if reason.contains("Unbalanced quotes") {
            text.say("A quote is opened and not closed, or something stands right behind its end.")
        } else if reason.contains("Bad directive") {
            text.say(
                "redis-server 7.0 knows no \(directive), or it wants another number of values.")
        } else if reason.contains("argument must be 'yes' or 'no'") {
            text.say(
                "\(directive) takes yes or no, in small letters or capitals, and nothing else.")
        }
        text.say("Only the first bad line is told: after it is mended the next one may be.")
        return text
    }

    // MARK: - redis-cli --cluster create

    /// A create that ended, or waits, without a cluster.
    private func sayUnfinishedCreate(_ output: String, _ text: inout Explanation) {
        let isAsked = output.contains("(type 'yes' to accept)")
        if isAsked, !output.contains("Nodes configuration updated") {
            text.say(
                "redis-cli asked whether to do it and takes only the whole word yes. With y, Enter or anything "
                    + "else it ends without a word, with exit code 0, and nothing has been done.")
            text.next("… --cluster-yes", "behind the command: do not ask")
        }
        guard output.contains("Waiting for the cluster to join"),
            !output.contains("All 16384 slots covered"),
            !output.contains("Performing Cluster Check")
        else { return }
        text.say(
            "redis-cli gave the slots out and told the first node to meet the others; now it waits until all "
                + "know each other. For that each node itself has to reach the others, at the addresses that "
                + "were typed and at their bus ports, 10000 above. In containers 127.0.0.1 is the container "
                + "itself, and there nobody else listens.")
        for opinion in view.opinions.prefix(6) {
            text.quote("\(opinion.address)  knows \(opinion.table.count) node(s)")
        }
        text.next("@all CLUSTER INFO", "cluster_known_nodes of each")
        text.next("@all CLUSTER RESET HARD", "undo the half attempt")
        sayPublishedPorts(&text)
    }

    /// Nodes in containers listen at another port than the one by which they are reached from here.
    private func sayPublishedPorts(_ text: inout Explanation) {
        let published = view.opinions.filter { opinion in
            let port = view.info("server", of: opinion.address)["tcp_port"].flatMap { Int($0) }
            return opinion.silence == nil && port != nil && port != opinion.address.port
        }
        guard !published.isEmpty else { return }
        let ports = published.prefix(6).map { "\($0.address.port)" }.joined(separator: ", ")
        text.say(
            "These nodes are in containers: ports \(ports) of this machine lead to them, and they themselves know "
                + "nothing of that. Let redis-cli run inside, with the containers' own addresses; or give the "
                + "containers the machine's network; or let the nodes announce an address and port that all "
                + "reach, with the bus port published, too.")
        text.next(
            "docker inspect -f '{{.NetworkSettings.IPAddress}}' NAME", "a container's own address")
        text.next(
            "docker exec -it NAME redis-cli --cluster create 172.17.0.2:6379 …", "from inside")
        let port = published[0].address.port
        text.next("docker run --network host … --port \(port)", "no network of its own")
        let bus = port + 10_000
        text.next(
            "docker run -p \(port):\(port) -p \(bus):\(bus) … --port \(port) --cluster-announce-ip ADDRESS",
            "an address of this machine that the containers reach, and not 127.0.0.1")
    }

    /// redis-cli's `Could not connect to Redis at 127.0.0.1:7000: Connection refused`, and redis-py's
    /// `Error 111 connecting to 127.0.0.1:7000. Connection refused.`
    private func sayRefusedConnection(_ output: String, _ text: inout Explanation) {
        let pattern =
            #/(?:Could not connect to Redis at |Error -?\d+ connecting to )(\S+?:\d+)[:.]?(?: (.*))?/#
        // The last one is what ended the program: Python tells first what came before.
        guard
            let found = output.split(whereSeparator: \.isNewline).compactMap({
                $0.firstMatch(of: pattern)
            }).last, let address = NodeAddress(typed: found.1)
        else { return }
        let reason = found.2.map { $0.hasSuffix(".") ? String($0.dropLast()) : String($0) } ?? ""
        let isPython = found.0.hasPrefix("Error")
        text.append(
            explain(
                .refused(address, reason: reason.isEmpty ? "no connection" : reason), at: address,
                []))
        guard isPython else { return }
        text.say(
            "redis-py tries a few times and then raises ConnectionError: during a failover a program has to "
                + "catch that and go on a little later.")
    }

    // MARK: - Python

    /// pip tells on standard output, which is not seen here, that redis-py-cluster puts an old redis-py in place.
    private func sayDowngrade(by command: String, _ text: inout Explanation) {
        guard command.contains(#/pip3? install\b.*\bredis-py-cluster\b/#) else { return }
        text.say(
            "redis-py-cluster is the former package for clusters, and wants redis-py 3: pip has put 3.5.3 in the "
                + "place of a newer one, which knows no redis.cluster.")
        text.next("pip uninstall -y redis-py-cluster", "away with it")
        text.next("pip install --upgrade redis", "redis-py, which knows clusters by itself")
    }

    /// Where a program ended that nothing else is known of.
    private func sayException(_ output: String, _ text: inout Explanation) {
        let lines = output.split(whereSeparator: \.isNewline)
        guard lines.contains(where: { $0.hasPrefix("Traceback (most recent call last)") }),
            let last = lines.last
        else { return }
        text.say("Python ended with an exception:")
        text.quote(String(last.prefix(200)))
        let place = #/File "([^"]+)", line (\d+)/#
        let places = lines.compactMap { $0.firstMatch(of: place) }
        if let own = places.last(where: {
            !$0.1.contains("site-packages") && !$0.1.contains("/lib/")
        }) {
            text.say("The last line of your own on the way there is line \(own.2) of \(own.1).")
        }
    }

    // MARK: - Errors of Redis in the output of redis-cli

    /// The first error reply in the output, and the command that it answers as far as it is known.
    private func errorCase(_ output: String, of command: String) -> ErrorCase? {
        let lines = output.split(whereSeparator: \.isNewline).map { line in
            line.hasPrefix("(error) ") ? line.dropFirst(8) : line
        }
        guard let line = lines.first(where: Self.isError) else { return pythonError(in: lines) }
        var arguments = splitArguments(command.utf8) ?? []
        var address = view.current
        if arguments.first == Array("redis-cli".utf8),
            let options = try? CLIOptions.parse(Array(arguments.dropFirst()), on: .unconnected)
        {
            address = NodeAddress(host: options.host, port: options.port)
            arguments = options.command
        }
        return ErrorCase(
            message: String(line), address: address, arguments: arguments, view: view,
            commands: commands)
    }

    /// redis-py makes an exception of an error reply, by its code, and leaves the code away.
    private func pythonError(in lines: [Substring]) -> ErrorCase? {
        let codes = [
            "ClusterDownError": "CLUSTERDOWN ", "MasterDownError": "MASTERDOWN ",
            "MovedError": "MOVED ",
            "AskError": "ASK ", "TryAgainError": "TRYAGAIN ", "ClusterCrossSlotError": "CROSSSLOT ",
            "ReadOnlyError": "READONLY ", "BusyLoadingError": "LOADING ",
            "NoPermissionError": "NOPERM ",
            "ExecAbortError": "EXECABORT ", "OutOfMemoryError": "OOM ",
            "NoScriptError": "NOSCRIPT ",
            "ResponseError": "", "AuthenticationError": "",
        ]
        let pattern = #/^redis\.exceptions\.(\w+): (.*)/#
        guard let found = lines.reversed().lazy.compactMap({ $0.firstMatch(of: pattern) }).first,
            let code = codes[String(found.1)]
        else { return nil }
        var message = code + found.2
        if found.1 == "AuthenticationError" {
            message = (found.2.contains("required") ? "NOAUTH " : "WRONGPASS ") + found.2
        } else if code.isEmpty, !Self.isError(found.2) {
            message = "ERR " + found.2
        }
        return ErrorCase(
            message: message, address: view.current, arguments: [], view: view, commands: commands)
    }

    /// An error begins with a word in capitals that is one of Redis' codes.
    private static func isError(_ line: Substring) -> Bool {
        let code = line.prefix { $0 != " " }
        return ["ERR", "MOVED", "ASK"].contains(code)
            || [
                "CROSSSLOT", "TRYAGAIN", "CLUSTERDOWN", "READONLY", "LOADING", "MASTERDOWN",
                "NOREPLICAS", "NOAUTH", "WRONGPASS", "NOPERM", "WRONGTYPE", "EXECABORT", "MISCONF",
                "DENIED", "OOM", "NOSCRIPT", "BUSY", "BUSYKEY",
            ].contains(code)
    }
}

extension StringProtocol {
    /// The text between `'…'`.
    fileprivate var trimmingQuotes: String {
        hasPrefix("'") && hasSuffix("'") && count > 1
            ? String(dropFirst().dropLast()) : String(self)
    }

    fileprivate var trimmingBlanks: String {
        var text = String(self)
        while text.last == " " { text.removeLast() }
        return text
    }
}
