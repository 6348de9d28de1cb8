import Lab

// The report for programs. Its shape is written down in `Lessons.docc/Progress.md`.
extension ProgressReport {
    /// A member that is renamed, removed or means something else takes another number; new ones do not.
    package static let schemaVersion = 1

    /// The whole report; what is not known is left out.
    package var json: String {
        var members: [JSONValue.Member] = [
            .init("schema", .text("clusterlab progress report")),
            .init("version", .number(Self.schemaVersion)),
        ]
        if let learner { members.append(.init("learner", .text(learner))) }
        members += [
            .init("steps", Self.object(State.allCases.map { ($0.rawValue, count($0)) })),
            .init(
                "exercisesPassed", .number(exercises.count { $0.state == .done })),
            .init("lessons", .list(lessons.map(\.json))),
            .init("exercises", .list(exercises.map(\.json))),
            .init("others", .list(others.map(JSONValue.text))),
        ]
        return JSONValue.object(members).text + "\n"
    }

    fileprivate static func object(_ numbers: [(String, Int)]) -> JSONValue {
        .object(numbers.map { .init($0.0, .number($0.1)) })
    }
}

extension ProgressReport.LessonPart {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("number", .number(number)), .init("id", .text(id)),
            .init("title", .text(title)), .init("minutes", .number(minutes)),
            .init("state", .text(state.rawValue)),
            .init("steps", .list(steps.map(\.json))),
        ]
        if let challenge { members.append(.init("challenge", challenge.json)) }
        return .object(members)
    }
}

extension ProgressReport.StepPart {
    fileprivate var json: JSONValue {
        .object([
            .init("id", .text(id)), .init("title", .text(title)),
            .init("state", .text(state.rawValue)), .init("hintsRead", .number(hints)),
            .init("hints", .number(hintCount)),
        ])
    }
}

extension ProgressReport.ExercisePart {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("number", .number(number)), .init("id", .text(id)),
            .init("title", .text(title)), .init("state", .text(state.rawValue)),
            .init("points", .number(points)), .init("pass", .number(pass)),
            .init("begun", .number(record.begun)), .init("graded", .number(record.graded)),
        ]
        if let best = record.best {
            members.append(
                .init(
                    "best",
                    .object([
                        .init("score", .number(best.score)), .init("points", .number(best.points)),
                        .init("seconds", .number(best.seconds)),
                        .init("hints", .number(best.hints)),
                        .init("seed", .text("\(best.seed)")),
                    ])))
        }
        members.append(.init("seeds", .list(record.seeds.map { .text("\($0)") })))
        return .object(members)
    }
}
