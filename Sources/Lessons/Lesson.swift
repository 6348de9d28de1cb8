package import Lab

/// One Markdown file of the course, parsed.
package struct Lesson: Sendable {
    /// The progress key. It never changes; the number in the file's name only orders.
    package var id: String
    package var title: String
    package var minutes: Int
    /// Lines are programs of the machine: it takes nodes with ports.
    package var needsPrograms = false
    /// Programs of the machine without which its solution cannot be typed: `redis-py`.
    package var tools: [String] = []
    /// The file's path inside the course, such as `01-setup/02-slots.md`.
    package var path: String
    /// What the file's errors are reported under, such as `Lessons/01-setup/02-slots.md`.
    package var file: String
    package var start: StartState
    /// Shown when the lesson opens.
    package var introduction: [Block]
    package var steps: [Step]
    /// The end-state task that stands for the whole lesson.
    package var challenge: Exercise?
    /// Shown when every step is behind: what to keep, what comes next.
    package var recap: [Block]

    /// What the reader sees: prose, or a transcript to read.
    package enum Block: Sendable, Hashable {
        /// Markdown, perhaps with live values.
        case prose(Template)
        case transcript(Transcript)
    }
}

/// One thing to do, and how the lab knows that it has been done.
package struct Step: Sendable {
    package var title: String
    package var line: Int
    package var body: [Lesson.Block]
    /// What the lab does when the step begins.
    package var faults: [Fault] = []
    package var prediction: Prediction?
    package var requirements: [Requirement]
    /// From a question to the exact line.
    package var hints: [Template]
    /// Shown when the step is done: why it happened.
    package var why: Template?

    /// A line that the lab types at its prompt.
    package struct Fault: Sendable, Hashable {
        package var line: LabLine
        /// The learner is not told.
        package var isHidden: Bool
    }

    /// Whether one of the lab's own lines waits for something.
    package var faultsTakeTime: Bool {
        faults.contains {
            $0.line.text.written.hasPrefix("until ") || $0.line.text.written.hasPrefix("advance ")
        }
    }

    /// The title as a progress key: `ask-the-cluster`.
    package var id: String {
        title.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
    }
}

/// A question asked before a surprise. It is never graded; the step's end comes back to it.
package struct Prediction: Sendable {
    package var question: Template
    package var truth: Expression
    package var line: Int
}

/// What a lesson finds when it begins.
package struct StartState: Sendable, Hashable {
    /// The port is the course's first one; the lab may move it.
    package var plan: ClusterPlan
    /// Keys `PREFIX1` to `PREFIXn`, written to the masters that own them.
    package var fills: [Fill] = []
    /// Whether there is nothing but the cluster of the plan.
    package var isPlain: Bool { fills.isEmpty && deeds.isEmpty && files.isEmpty }

    package init(plan: ClusterPlan) {
        self.plan = plan
    }

    /// What the lab does when the keys are there, in order.
    package var deeds: [Deed] = []
    /// Files for the learner's workspace.
    package var files: [File] = []

    /// `run 7000 DEL x`, `run all CONFIG SET …`, or `do crash 7000`.
    package enum Deed: Sendable, Hashable {
        /// A command for one node, or for all; live values are filled in.
        case command(port: Int?, LabLine)
        /// A line of the prompt.
        case line(LabLine)
    }

    /// A file and its text.
    package struct File: Sendable, Hashable {
        package var path: String
        package var text: String
    }

    /// `fill user: 300`.
    package struct Fill: Sendable, Hashable {
        package var prefix: String
        package var count: Int
    }
}

/// A line that the lab types or sends itself; live values are filled in.
package struct LabLine: Sendable, Hashable {
    package var text: Template
    package var line: Int
}

/// The worked answer of a lesson, in a file of the same path below `Solutions`.
package struct Solution: Sendable {
    package var file: String
    package var steps: [Step]

    /// How one step is done and why, and the attempts that must be refused.
    package struct Step: Sendable {
        package var title: String
        package var line: Int
        package var body: [Lesson.Block]
        package var wrong: [WrongAttempt]

        /// Whether one of the lines waits for something.
        package var takesTime: Bool {
            transcripts.contains { transcript in
                transcript.patience != nil
                    || transcript.entries.contains { $0.input.written.hasPrefix("until ") }
            }
        }

        /// The lines that do the step, in order.
        package var transcripts: [Transcript] {
            body.compactMap { if case .transcript(let transcript) = $0 { transcript } else { nil } }
        }
    }

    /// Lines that a learner might well type, and a part of the sentence that must answer them.
    package struct WrongAttempt: Sendable {
        package var transcript: Transcript
        package var sentence: String
        /// What else may come of it, on servers that do otherwise than Redis 7.0.
        package var exceptions: [Exception] = []
        package var line: Int

        /// What comes of it on certain servers: another sentence, or nil where the step is done then.
        package struct Exception: Hashable, Sendable {
            package var versions: [EngineVersion]
            package var sentence: String?

            package init(versions: [EngineVersion], sentence: String?) {
                self.versions = versions
                self.sentence = sentence
            }
        }
    }
}
