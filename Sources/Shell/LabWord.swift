import Lab

/// The lab's own words at the prompt, with what `help` says about them. None is a command of Redis.
struct LabWord {
    var usage: String
    var summary: String

    /// The word itself.
    var name: String { String(usage.prefix { $0 != " " }) }

    /// Whether `help` asks for it; a usage such as `next, back` has several words.
    func isMeant(by topic: String) -> Bool {
        usage.split(separator: ",").contains { text in
            let word = text.split(separator: " ").first ?? ""
            return word == topic
                || (topic.count > 1 && topic.hasPrefix("@") && word.hasPrefix(topic))
        }
    }

    /// What may follow a word of the lab that was typed, with a blank in front unless there is one; nil for nothing.
    static func hint(for line: String) -> String? {
        let typed = line.split(separator: " ", omittingEmptySubsequences: false)
        guard let first = typed.first, typed.dropFirst().allSatisfy(\.isEmpty),
            let word = (shell + hinted).first(where: { $0.name == first.lowercased() })
        else { return nil }
        let arguments = word.usage.dropFirst(word.name.count + 1)
        guard !arguments.isEmpty else { return nil }
        return typed.count > 1 ? String(arguments) : " \(arguments)"
    }

    /// Words that `help` lists together with others.
    private static let hinted = [
        LabWord(usage: "goto N", summary: "open a lesson"),
        LabWord(usage: "answer X", summary: "hand in a value"),
        LabWord(usage: "predict X", summary: "make a guess"),
        LabWord(usage: "start N [SEED]", summary: "begin an exercise"),
        LabWord(usage: "challenge N", summary: "what lesson N leads to"),
        LabWord(usage: "redis-server [FILE] [--DIRECTIVE VALUE ...]", summary: "start a node"),
        LabWord(usage: "docker COMMAND [OPTIONS]", summary: "containers that live in the lab"),
    ]

    static let names: [String] =
        ((shell + seeing + faults + time).flatMap(\.names) + LessonMode.words).sorted()

    /// All words of a usage such as `next, back`.
    private var names: [String] {
        usage.split(separator: ",").compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    static let faults: [LabWord] = [
        LabWord(usage: "stop 7000, crash 7000", summary: "end a node as SIGTERM does, or kill -9"),
        LabWord(usage: "boot 7000", summary: "start it again with what its folder has"),
        LabWord(usage: "freeze 7000, thaw 7000", summary: "SIGSTOP and SIGCONT; all means all"),
        LabWord(
            usage: "partition 7000 client | rest",
            summary: "separate the sides; partition 7000 -> 7001 is one way"),
        LabWord(
            usage: "lag 7000 7001 300ms [bus]",
            summary: "delay a link: bus, replication or commands; drop 7000 7001 5% loses packets"),
        LabWord(usage: "drop 7000 7001 5%", summary: "lose packets, which TCP sends again"),
        LabWord(usage: "heal [7000], faults", summary: "make the network whole; what is wrong now"),
    ]

    static let time: [LabWord] = [
        LabWord(usage: "speed 10, pause", summary: "time passes faster, or stands still"),
        LabWord(usage: "advance 5s", summary: "let so much of the cluster's time pass, fast"),
        LabWord(
            usage: "until fail(7000) [within 30s]",
            summary: "wait: fail, pfail, master, replica of a port; ok, down, synced"),
        LabWord(usage: "undo, rewind [N | 10s]", summary: "make the cluster what it was before a line"),
        LabWord(
            usage: "keep NAME, load NAME",
            summary: "remember the cluster as it is, until the lab ends; go back there"),
    ]

    static let shell: [LabWord] = [
        LabWord(
            usage: "help [COMMAND | @GROUP]",
            summary: "this, or what the server says about a command"),
        LabWord(usage: "nodes", summary: "the cluster's nodes, as the current node sees them"),
        LabWord(usage: "connect PORT | HOST:PORT", summary: "make another node the current one"),
        LabWord(
            usage: "redis-cli [OPTIONS] [CMD ...]",
            summary: "move there, or run one command there"),
        LabWord(
            usage: "why [KEY | SLOT | NODE]",
            summary: "the reason for the last reply; all about a key, a slot, a node"),
        LabWord(
            usage: LabWriter.usage,
            summary: "write all the time (key KEY, wait R); then tell which acknowledged writes are lost"),
        LabWord(
            usage: LabWriter.readerUsage,
            summary: "read all the time (key KEY); then tell what was answered, by whom and how fast"),
        LabWord(
            usage: "doctor",
            summary: "what this machine has: ports, terminal, Python, Docker, Redis"),
        LabWord(
            usage: "share [FILE]",
            summary: "what was typed on this cluster and when, for others to replay; without secrets"),
        LabWord(
            usage: "replay FILE [--fast]",
            summary: "begin the cluster of a shared file and type its lines; so does load FILE"),
        LabWord(usage: "clear", summary: "clear the screen"),
        LabWord(usage: "exit", summary: "leave; so do quit and Ctrl-D"),
        LabWord(usage: "quit", summary: "leave"),
    ]

    /// What shows the cluster.
    static let seeing: [LabWord] = [
        LabWord(usage: "map", summary: "the slots by owner, and how all nodes are"),
        LabWord(usage: "views", summary: "what each node thinks of each, and who disagrees"),
        LabWord(
            usage: "timeline [NODE] [N] [since 30s]",
            summary: "what happened: suspicions, votes, promotions; --svg FILE draws it"),
        LabWord(
            usage: "peek KEY", summary: "a key's slot, owner and value, and its replicas' copies"),
        LabWord(usage: "log [NODE] [N]", summary: "the last lines of a node's log"),
        LabWord(
            usage: "live WORD … [every 0.5]",
            summary: "any of these or a Redis command, drawn anew until a key is pressed"),
    ]

    /// What may stand in front of a Redis command.
    static let selectors: [LabWord] = [
        LabWord(
            usage: "@7001 ROLE", summary: "ask a node by its port, address or id, and stay here"),
        LabWord(usage: "@all DBSIZE", summary: "ask every node; numbers that add up are added up"),
        LabWord(usage: "@masters …, @replicas …", summary: "those only"),
        LabWord(
            usage: "@owner(user:1) TTL user:1", summary: "ask the node that owns the key's slot"),
    ]

    static let lessons: [LabWord] = [
        LabWord(
            usage: "lessons [TEXT]",
            summary: "all lessons, or those that speak of it; goto N [STEP] opens one"),
        LabWord(
            usage: "lessons record NAME",
            summary: "make a draft of a lesson from what you type, until lessons record stop"),
        LabWord(usage: "next, back", summary: "the next step, the step before"),
        LabWord(usage: "step, status", summary: "the step's text, what of it holds already"),
        LabWord(
            usage: "hint, solution", summary: "help, a little more each time; the whole answer"),
        LabWord(usage: "check", summary: "look at the step again"),
        LabWord(usage: "answer X, predict X", summary: "hand in a value, make a guess"),
        LabWord(usage: "skip, restart", summary: "leave the step open; begin the lesson anew"),
        LabWord(
            usage: "progress [--report json]",
            summary: "what is done, partial, skipped; a report for a teacher"),
    ]

    static let practice: [LabWord] = [
        LabWord(usage: "practice", summary: "all exercises with your best scores"),
        LabWord(usage: "start N [SEED]", summary: "begin an exercise"),
        LabWord(usage: "grade", summary: "the score so far, and what is lacking"),
        LabWord(usage: "again, restart", summary: "another variation; the same one once more"),
        LabWord(usage: "solution run", summary: "the worked answer, typed by the lab"),
        LabWord(usage: "challenge N", summary: "what lesson N leads to, without its steps"),
    ]
}
