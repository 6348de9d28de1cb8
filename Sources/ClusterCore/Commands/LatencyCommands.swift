import Keyspace
import RESP

/// LATENCY: what held the node up (latency.c).
let latencyCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "latency", arity: -2, [], .server, since: "2.8.13", complexity: "Depends on subcommand.",
        summary: "A container for commands about what held the node up.",
        subcommands: latencySubcommands
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    }
]

private let flags: CommandFlags = [.admin, .noScript, .loading, .stale]
private let special = [
    "nondeterministic_output", "request_policy:all_nodes", "response_policy:special",
]

private let latencySubcommands: [CommandSpec<Node>] = [
    CommandSpec(
        "latest", arity: 2, flags, .server, tips: special, since: "2.8.13",
        summary: "Returns the last time of every event."
    ) { node, _, reply throws(ReplyError) in
        reply.array(node.latency.events.count)
        for event in node.latency.events {
            reply.array(4)
            reply.bulkString(event.name)
            reply.integer(event.series.samples.last?.time ?? 0)
            reply.integer(event.series.samples.last?.latency ?? 0)
            reply.integer(event.series.longest)
        }
    },
    CommandSpec(
        "history", arity: 3, flags, .server, tips: special, since: "2.8.13",
        summary: "Returns all times of an event.", syntax: "event"
    ) { node, arguments, reply throws(ReplyError) in
        let samples = node.latency.series(of: arguments[2].text)?.samples ?? []
        reply.array(samples.count)
        for sample in samples {
            reply.array(2)
            reply.integer(sample.time)
            reply.integer(sample.latency)
        }
    },
    CommandSpec(
        "reset", arity: -2, flags, .server,
        tips: ["request_policy:all_nodes", "response_policy:all_succeeded"], since: "2.8.13",
        summary: "Forgets the times of events.", syntax: "[event...]"
    ) { node, arguments, reply throws(ReplyError) in
        guard arguments.count > 2 else { return reply.integer(node.latency.reset()) }
        var count = 0
        for index in 2..<arguments.count { count += node.latency.reset(arguments[index].text) }
        reply.integer(count)
    },
    CommandSpec(
        "graph", arity: 3, flags, .server, tips: special, since: "2.8.13",
        summary: "Draws the times of an event.", syntax: "event", run: draw),
    CommandSpec(
        "doctor", arity: 2, flags, .server, tips: special, since: "2.8.13",
        summary: "Returns a report on what held the node up."
    ) { node, _, reply throws(ReplyError) in
        reply.verbatimString(node.latencyReport)
    },
    CommandSpec(
        "histogram", arity: -2, flags, .server, tips: special, since: "7.0.0",
        complexity: "O(N) where N is the number of commands with latency information being "
            + "retrieved.",
        summary: "Returns how the times of commands are distributed.", syntax: "[command...]"
    ) { node, arguments, reply throws(ReplyError) in
        let commands = node.commandsWithTimes(arguments)
        reply.map(commands.count)
        for command in commands {
            reply.bulkString(node.commands.rows[command].fullName)
            reply.distribution(node.times.histograms[command] ?? LatencyHistogram())
        }
    },
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .server, since: "2.8.13",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("LATENCY", latencyHelp)
    },
]

extension Node {
    /// The commands that LATENCY HISTOGRAM is about, each with its subcommands, if there is something to say of them.
    fileprivate func commandsWithTimes(_ arguments: Arguments) -> [Int] {
        guard arguments.count > 2 else {
            return commands.rows.indices.filter { times.histograms[$0] != nil }
        }
        return (2..<arguments.count).flatMap { index -> [Int] in
            guard let command = commands.find(fullName: arguments[index].text) else { return [] }
            return ([command] + commands.rows[command].subcommands).filter {
                times.histograms[$0] != nil
            }
        }
    }
}

extension ReplyBuffer {
    fileprivate mutating func distribution(_ histogram: LatencyHistogram) {
        map(2)
        bulkString("calls")
        integer(histogram.total)
        bulkString("histogram_usec")
        let steps = histogram.cumulative
        map(steps.count)
        for step in steps {
            integer(step.microseconds)
            integer(step.count)
        }
    }
}

@Sendable private func draw(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let name = arguments[2].text
    guard let series = node.latency.series(of: name) else {
        throw ReplyError("ERR No samples available for event '\(name)'")
    }
    let now = node.unixMilliseconds / 1000
    let latencies = series.samples.map(\.latency)
    let heading =
        "\(name) - high \(latencies.max() ?? 0) ms, low \(latencies.min() ?? 0) ms "
        + "(all time high \(series.longest) ms)\n"
    let graph = Sparkline(series.samples.map { ($0.latency, age(now - $0.time)) })
    reply.verbatimString(heading + String(repeating: "-", count: 80) + "\n" + graph.text)
}

/// How long ago something was.
private func age(_ seconds: Int64) -> String {
    switch seconds {
    case ..<60: "\(seconds)s"
    case ..<3600: "\(seconds / 60)m"
    case ..<86_400: "\(seconds / 3600)h"
    default: "\(seconds / 86_400)d"
    }
}

extension Node {
    /// What LATENCY DOCTOR says.
    fileprivate var latencyReport: String {
        guard !latency.events.isEmpty else {
            guard configuration.latencyMonitorThreshold == 0 else {
                return "Dave, no latency spike was observed during the lifetime of this Redis "
                    + "instance, not in the slightest bit. I honestly think you ought to sit down "
                    + "calmly, take a stress pill, and think things over.\n"
            }
            return "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis "
                + "instance. You may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in "
                + "order to enable it. If we weren't in a deep space mission I'd suggest to take a "
                + "look at https://redis.io/topics/latency-monitor.\n"
        }
        var report =
            "Dave, I have observed latency spikes in this Redis instance. You don't mind talking "
            + "about it, do you Dave?\n\n"
        for (index, event) in latency.events.enumerated() {
            report += "\(index + 1). \(line(of: event))\n"
        }
        return report + "\nSLOWLOG GET shows which commands these were.\n"
    }

    private func line(of event: (name: String, series: LatencyMonitor.Series)) -> String {
        let figures = event.series.statistics(at: unixMilliseconds / 1000)
        let hundredths = Int64((figures.period * 100).rounded())
        let rest = hundredths % 100
        return "\(event.name): \(event.series.samples.count) latency spikes (average "
            + "\(figures.average)ms, mean deviation \(figures.deviation)ms, period "
            + "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) sec). Worst all time event "
            + "\(event.series.longest)ms."
    }
}

private let latencyHelp: [StaticString] = [
    "DOCTOR",
    "    Return a human readable latency analysis report.",
    "GRAPH <event>",
    "    Return an ASCII latency graph for the <event> class.",
    "HISTORY <event>",
    "    Return time-latency samples for the <event> class.",
    "LATEST",
    "    Return the latest latency samples for all events.",
    "RESET [<event> ...]",
    "    Reset latency data of one or more <event> classes.",
    "    (default: reset all data for all event classes)",
    "HISTOGRAM [COMMAND ...]",
    "    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
    "    If no commands are specified then all histograms are replied.",
]
