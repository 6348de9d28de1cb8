import Lab

// Lines that the lab types itself, and nodes that checks name: what can be known of them without a cluster.
extension LessonLinter {
    /// Slips in `fault` blocks and in the `do` lines of `cluster` blocks.
    static func strayLines(in course: Course) -> [LessonError] {
        let lessons = course.lessons.flatMap { lesson -> [LessonError] in
            let lines = lesson.start.typedLines + lesson.steps.flatMap(\.faults).map(\.line)
            return problems(
                of: lines, in: lesson.file, lesson.start, mayRun: lesson.needsPrograms)
        }
        return lessons
            + course.exercises.map(\.sample).flatMap { exercise in
                problems(
                    of: exercise.start.typedLines, in: exercise.file, exercise.start,
                    mayRun: exercise.needsPrograms)
            }
    }

    private static func problems(
        of lines: [LabLine], in file: String, _ start: StartState, mayRun: Bool
    ) -> [LessonError] {
        // Where servers are started by hand, nobody knows at which ports.
        let nodes = mayRun ? [] : start.nodes
        return lines.compactMap { line in
            PromptLine(line.text.written, nodes: nodes, mayRunPrograms: mayRun).problem.map {
                LessonError(file: file, line: line.line, message: $0)
            }
        }
    }

    /// Nodes in checks that the cluster has not.
    static func strayNodes(in course: Course) -> [LessonError] {
        let lessons = course.lessons.filter { !$0.needsPrograms }.flatMap { lesson in
            strayNodes(in: lesson.steps.flatMap(\.requirements), lesson.file, lesson.start)
        }
        let exercises =
            course.exercises.map(\.sample) + course.lessons.compactMap { course.challenge(of: $0) }
        return lessons
            + exercises.filter { !$0.needsPrograms }.flatMap { exercise in
                strayNodes(in: exercise.requirements, exercise.file, exercise.start)
            }
    }

    private static func strayNodes(
        in requirements: [Requirement], _ file: String, _ start: StartState
    ) -> [LessonError] {
        let nodes = start.nodes
        guard let first = nodes.first, let last = nodes.last else { return [] }
        return requirements.flatMap(\.namedPorts).filter { !nodes.contains($0.port) }.map { stray in
            LessonError(
                file: file, line: stray.line,
                message: "the cluster has no node \(stray.port), only \(first) to \(last)")
        }
    }
}

extension StartState {
    /// The ports of its nodes.
    fileprivate var nodes: [Int] { Array(plan.port..<plan.port + plan.nodeCount) }

    /// What the lab types when all is started.
    fileprivate var typedLines: [LabLine] {
        deeds.compactMap { if case .line(let line) = $0 { line } else { nil } }
    }
}

extension Requirement {
    /// Ports that its conditions name, with their lines.
    fileprivate var namedPorts: [(port: Int, line: Int)] {
        conditions.flatMap { timed in timed.condition.ports.map { ($0, timed.line) } }
            + (wrong + lost).flatMap { remark in remark.condition.ports.map { ($0, remark.line) } }
    }
}

extension Condition {
    fileprivate var ports: [Int] {
        switch self {
        case .compare(let left, _, let right), .near(let left, let right, _):
            left.ports + right.ports
        case .ran(let deed), .clientRan(let deed): deed.place?.ports ?? []
        case .event(let pattern, let earlier): pattern.ports + (earlier?.ports ?? [])
        case .not(let condition): condition.ports
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.ports)
        case .saw, .typed, .printed: []
        }
    }
}

extension EventPattern {
    fileprivate var ports: [Int] { (subject?.ports ?? []) + (teller?.ports ?? []) }
}

extension Expression {
    fileprivate var ports: [Int] {
        switch self {
        case .nodes(let selector), .command(let selector, _): selector.ports
        case .function(let selector, let function, let argument):
            (selector?.ports ?? []) + (function.takesNode ? [Int(argument)].compactMap(\.self) : [])
        case .aggregate(_, let inner), .pick(let inner, _), .atStart(let inner): inner.ports
        case .events(let pattern): pattern.ports
        case .elapsed(let from, let to): from.ports + to.ports
        case .literal, .answer, .named, .prediction, .here, .writer, .has: []
        }
    }
}

extension Expression.Function {
    /// Whether its argument is a node's port.
    var takesNode: Bool {
        [.id, .epoch, .role, .slots, .master, .replicas, .state].contains(self)
    }
}

extension Selector {
    fileprivate var ports: [Int] {
        switch self {
        case .port(let port), .replicasOf(let port), .masterOf(let port): [port]
        case .any, .all, .masters, .replicas, .here, .owner: []
        }
    }
}
