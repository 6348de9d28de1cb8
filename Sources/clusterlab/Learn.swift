import ArgumentParser
import Lab
import Lessons

/// `clusterlab learn`, and the program without a word: the lessons.
struct Learn: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open the lab at a lesson, or where you were (the default).",
        discussion: """
            Standard input that is no terminal is run as a script; the exit code is 1 when a line of it \
            or a check failed.
            """)

    @Argument(help: "A lesson's number or id, as `lessons` lists them.")
    var lesson: String?

    @OptionGroup var options: ShellOptions

    func run() throws {
        try options.runShell(opening: lesson.map { .named($0) } ?? .whereLeft)
    }
}

/// `clusterlab practice`: exercises that are graded in points.
struct Practice: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open the lab at an exercise, or at their list.",
        discussion:
            "--seed chooses among the exercise's variations. In a script the exit code is 1 when `grade` did not pass."
    )

    @Argument(help: "An exercise's number or id, as `practice` lists them.")
    var exercise: String?

    @OptionGroup var options: ShellOptions

    func run() throws {
        try options.runShell(opening: .exercise(exercise))
    }
}

/// `clusterlab play`: the prompt without a lesson.
struct Play: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open a prompt on a cluster, without a lesson.",
        discussion:
            "Type redis commands as at redis-cli's prompt; `help` lists the lab's own words.")

    @Option(
        help: "Begin with the cluster of a file that `share` has written, and type its lines.",
        completion: .file())
    var replay: String?

    @Flag(help: "With --replay: without the pauses between its lines.")
    var fast = false

    @Option(
        help: ArgumentHelp(
            "Make a draft of a lesson from what is typed: an id, or DIR/Lessons/01-topic/01-name.md.",
            valueName: "name"))
    var record: String?

    @OptionGroup var options: ShellOptions

    func validate() throws {
        guard replay == nil || record == nil else {
            throw ValidationError("--record takes down what you type, and --replay types by itself.")
        }
        guard replay != nil || !fast else {
            throw ValidationError("--fast is for --replay.")
        }
    }

    func run() throws {
        if let record { return try options.runShell(opening: .recording(record)) }
        guard let replay else { return try options.runShell(opening: .none) }
        let text = try TextFile.read(replay)
        do {
            let found = try Replay(text, file: replay, firstPort: options.cluster.port)
            try options.runShell(opening: .replay(found, isFast: fast))
        } catch let error as LessonError {
            throw LabError.unsupported("\(error)")
        }
    }
}
