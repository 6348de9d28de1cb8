/// One thing that a step asks for, with its own tick in `status`.
package struct Requirement: Sendable {
    /// What is asked for, in the learner's words.
    package var label: String
    /// All must hold.
    package var conditions: [Timed]
    /// Known wrong attempts and states on the way, each with its sentence; the first that holds is said.
    package var wrong: [Remark]
    /// States from which the step cannot be finished any more.
    package var lost: [Remark]
    /// Said with live values when the step is done.
    package var proven: Template?
    /// Says what is lacking while the requirement is open and no wrong attempt is recognised.
    package var lacks: Template?
    package var line: Int
    /// What it is worth in an exercise.
    package var points = 0
    /// It holds from the start and counts only together with another one.
    package var isKept = false
    /// It is enough that it has held once.
    package var isOnce = false

    /// A condition, and how long it may take to come true by itself.
    package struct Timed: Sendable {
        package var condition: Condition
        package var patience: Duration?
        package var line = 0
    }

    /// A sentence for when a condition holds.
    package struct Remark: Sendable {
        package var condition: Condition
        package var sentence: Template
        package var line: Int
        /// The way to the end may lead through it: the sentence leads on.
        package var isHalfway = false
    }
}

/// Something that holds or does not, of the live cluster or of what the learner did in this step.
package indirect enum Condition: Sendable, Hashable {
    case compare(Expression, Comparison, Expression)
    /// The learner ran a command of this shape.
    case ran(Deed)
    /// A reply of this class reached the learner.
    case saw(ReplyClass)
    /// A line that is no command of Redis was typed: a word of the lab, or a program.
    case typed([String])
    /// A program or a word of the lab printed this.
    case printed(String)
    /// Another client than the lab sent such a command.
    case clientRan(Deed)
    /// It happened in the cluster since the step began.
    case event(EventPattern, after: EventPattern?)
    /// Two numbers are close to each other.
    case near(Expression, Expression, Tolerance)
    case not(Condition)
    case all([Condition])
    case any([Condition])

    /// How two values are compared.
    package enum Comparison: String, Sendable, CaseIterable {
        case equal = "="
        case different = "!="
        case less = "<"
        case atMost = "<="
        case more = ">"
        case atLeast = ">="
        case matches
        case contains
    }
}

/// `ran GET user:* at @replicas giving MOVED`.
package struct Deed: Sendable, Hashable {
    /// Words of the command; `*` stands for any run of characters, a last `...` for any further
    /// words.
    package var pattern: [String]
    /// Which node gave the reply; nil for any.
    package var place: Selector?
    package var reply: ReplyClass?
    /// A command of this shape must have been typed before in this step; nil for no such wish.
    package var earlier: [String]?
    /// For `EXEC`: commands of these shapes were all queued in the transaction that it ended.
    package var queued: [[String]] = []
}

/// What kind of reply it was.
package enum ReplyClass: Sendable, Hashable {
    case error
    case value
    case null
    /// A transaction has taken the command in: its reply comes with EXEC.
    case queued
    /// The session followed MOVED or ASK.
    case redirect
    /// An error's first word.
    case code(String)
    /// An error of that text, in which `*` stands for any run of characters.
    case message(String)
}

/// A value to compare: written down, handed in by the learner, or asked from the cluster.
package indirect enum Expression: Sendable, Hashable {
    case literal(String)
    case answer
    /// A value that was handed in under a name: `answer total 7`.
    case named(String)
    case prediction
    /// The learner's current node.
    case here
    case nodes(Selector)
    case command(Selector, [String])
    /// Without a node the first that answers is asked, and keys are counted on all masters.
    case function(Selector?, Function, String)
    case aggregate(Aggregate, Expression)
    /// A field of `name:value` lines, or an element by its number.
    case pick(Expression, String)
    /// What the writer found out.
    case writer(WriterFinding)
    /// The same when the step began.
    case atStart(Expression)
    /// How many events there were.
    case events(EventPattern)
    /// Milliseconds from one event to the next of another shape.
    case elapsed(from: EventPattern, to: EventPattern)
    /// `yes` or `no`: whether the machine has it.
    case has(String)

    /// Numbers of writes, and a time.
    package enum WriterFinding: String, Sendable, CaseIterable {
        case acknowledged, refused, unconfirmed, unknown
        /// Acknowledged, and gone: the keys are read back for it.
        case lost
        /// Their keys.
        case lostKeys = "lost-keys"
        /// The longest time in which the slots of one master took no write, in milliseconds.
        case outage
        /// What half of the acknowledged writes took at most, in milliseconds.
        case latency
    }

    /// Several values made into one number.
    package enum Aggregate: String, Sendable, CaseIterable { case sum, min, max, count, distinct }

    /// What the check language computes from replies, as the asked node sees it.
    package enum Function: String, Sendable, CaseIterable {
        /// The hash slot of a key.
        case slot
        /// The master that owns a key's slot, or a slot by its number.
        case owner
        case ownerOfSlot = "owner-of-slot"
        /// Of a node, named by its port.
        case id, epoch, role, slots, master, replicas
        /// How many keys fit a pattern; the most of them in one slot; the number of their slots.
        case keys, together, spread
        /// How many slots have an owner, and how many nodes are known.
        case served, known
        /// How many different views of slots and roles the members of the cluster have.
        case views
        /// The difference between the masters with most and with fewest slots; the number of
        /// different config epochs of masters.
        case imbalance, epochs
        /// How many of the asked node's own slots are being moved, how many replicas it has.
        case open, copies
        /// How many keys the asked master holds in slots of others.
        case foreign
        /// The number behind the first colon of a name.
        case number
        /// How the process of a node is.
        case state
    }
}

/// Which nodes are asked.
package enum Selector: Sendable, Hashable {
    /// The first that answers.
    case any
    case all, masters, replicas, here
    case port(Int)
    case owner(String)
    case replicasOf(Int)
    case masterOf(Int)
}

/// Text with live values in it: `${owner(user:1)}`.
package struct Template: Sendable, Hashable {
    /// As the author wrote it.
    package var written: String
    package var parts: [Part]

    /// Words as they are, or a value to ask for.
    package enum Part: Sendable, Hashable {
        case text(String)
        case value(Expression)
    }
}

extension Requirement {
    /// Whether `answer` decides it.
    package var asksForAnswer: Bool { conditions.contains { $0.condition.asksForAnswer } }
}

extension Requirement {
    /// Whether what was handed in may decide it: `answer total 7` decides those that ask for `answer(total)` only,
    /// where the step has such.
    package func isAbout(_ words: [String], in step: Step) -> Bool {
        guard words.count > 1, let name = words.first,
            step.requirements.contains(where: { $0.asksFor(name) })
        else { return true }
        return asksFor(name)
    }

    /// The names under which it wants its value; empty where a value without a name will do.
    package var answerNames: [String] { conditions.flatMap { $0.condition.answerNames } }

    private func asksFor(_ name: String) -> Bool {
        conditions.contains { $0.condition.names(name) }
    }
}

extension Condition {
    /// Whether a value that was handed in under the name decides it.
    fileprivate func names(_ name: String) -> Bool { answerNames.contains(name) }

    /// The names of all that has to be handed in.
    var answerNames: [String] {
        switch self {
        case .compare(let left, _, let right), .near(let left, let right, _):
            left.answerNames + right.answerNames
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.answerNames)
        case .not(let condition): condition.answerNames
        case .ran, .saw, .typed, .printed, .clientRan, .event: []
        }
    }

    /// What in it the learner may do, each by itself: without what has to come before.
    var deeds: [Condition] {
        switch self {
        case .saw, .typed, .printed: return [self]
        case .ran(var deed):
            (deed.earlier, deed.queued) = (nil, [])
            return [.ran(deed)]
        case .all(let conditions), .any(let conditions): return conditions.flatMap(\.deeds)
        case .not, .compare, .near, .clientRan, .event: return []
        }
    }

    /// Whether it asks for nothing but what the learner has done.
    var isOnlyDeeds: Bool {
        switch self {
        case .saw, .typed, .printed, .ran: true
        case .all(let conditions), .any(let conditions): conditions.allSatisfy(\.isOnlyDeeds)
        case .not(let condition): condition.isOnlyDeeds
        case .compare, .near, .clientRan, .event: false
        }
    }

    fileprivate var asksForAnswer: Bool {
        switch self {
        case .compare(let left, _, let right): left.dependsOnAnswer || right.dependsOnAnswer
        case .all(let conditions), .any(let conditions): conditions.contains(where: \.asksForAnswer)
        case .not(let condition): condition.asksForAnswer
        case .near(let left, let right, _): left.dependsOnAnswer || right.dependsOnAnswer
        case .ran, .saw, .typed, .printed, .clientRan, .event: false
        }
    }
}

extension Expression {
    /// The names of what has to be handed in before it can be known.
    var answerNames: [String] {
        switch self {
        case .named(let name): [name]
        case .aggregate(_, let inner), .pick(let inner, _), .atStart(let inner): inner.answerNames
        case .literal(let text): text.answerNames
        case .command(_, let words): words.flatMap(\.answerNames)
        case .function(_, _, let argument): argument.answerNames
        case .answer, .prediction, .here, .nodes, .writer, .events, .elapsed, .has: []
        }
    }

    /// Whether it cannot be known before something is handed in.
    var dependsOnAnswer: Bool {
        switch self {
        case .answer, .named: true
        case .aggregate(_, let inner), .pick(let inner, _), .atStart(let inner):
            inner.dependsOnAnswer
        case .literal(let text): text.mentionsAnswer
        case .command(_, let words): words.contains(where: \.mentionsAnswer)
        case .function(_, _, let argument): argument.mentionsAnswer
        case .prediction, .here, .nodes, .writer, .events, .elapsed, .has: false
        }
    }
}

extension String {
    fileprivate var mentionsAnswer: Bool { firstRange(of: CheckEvaluator.answerMark) != nil }

    /// `total` of `$answer(total)`.
    fileprivate var answerNames: [String] {
        matches(of: #/\$answer\(([^)]*)\)/#).map { String($0.1) }
    }
}
