package import Lab

// What parts of the course take of a cluster beside commands, read off the lines that are typed in them.
extension LabAbility {
    /// What a line takes.
    static func needed(by line: String) -> Set<LabAbility> {
        let words = line.split { $0.isWhitespace || $0 == "(" || $0 == ";" }
        var needs: Set<LabAbility> = words.contains("docker") ? [.containers] : []
        switch words.first {
        case "partition", "lag", "drop": needs.insert(.networkFaults)
        case "pause": needs.insert(.speed)
        case "speed" where words.count > 1 && Double(words[1]) == 0: needs.insert(.speed)
        case "undo", "rewind", "keep", "load": needs.insert(.snapshots)
        case "stop", "crash", "boot", "freeze", "thaw": needs.insert(.processes)
        default: break
        }
        return needs
    }

    /// Whether a line only makes a wait shorter or a look longer: where time is everybody's, who types can do without.
    static func isConvenience(_ words: [String]) -> Bool {
        words.first == "pause" || words.first == "speed" && words.count == 2
    }
}

extension Transcript {
    /// Who types does not need the time to stand still, and so this is not among it.
    var needs: Set<LabAbility> {
        entries.reduce(into: Set<LabAbility>()) {
            $0.formUnion(LabAbility.needed(by: $1.input.written))
        }.subtracting([.speed])
    }
}

extension StartState {
    /// What it takes to bring it about.
    package var needs: Set<LabAbility> {
        deeds.reduce(into: []) { needs, deed in
            if case .line(let line) = deed {
                needs.formUnion(LabAbility.needed(by: line.text.written))
            }
        }
    }
}

extension Solution.Step {
    var needs: Set<LabAbility> { transcripts.reduce(into: []) { $0.formUnion($1.needs) } }
}

extension Exercise {
    /// What its start and its solution take.
    package var needs: Set<LabAbility> { start.needs.union(solution?.needs ?? []) }
}

extension Course {
    /// What a step takes: its faults and its solution, and those of the steps before, on which it builds.
    package func needs(of lesson: Lesson, step: Int) -> Set<LabAbility> {
        (0...step).reduce(into: []) { $0.formUnion(ownNeeds(of: lesson, step: $1)) }
    }

    private func ownNeeds(of lesson: Lesson, step: Int) -> Set<LabAbility> {
        let faults = lesson.steps[step].faults.reduce(into: Set<LabAbility>()) {
            $0.formUnion(LabAbility.needed(by: $1.line.text.written))
        }
        return faults.union(solution(of: lesson, step: step)?.needs ?? [])
    }

    /// What a lesson takes that none of its steps can do without.
    package func needs(of lesson: Lesson) -> Set<LabAbility> {
        lesson.start.needs.union(lesson.steps.isEmpty ? [] : needs(of: lesson, step: 0))
    }
}

extension Set<LabAbility> {
    /// `faults of the network and a way back`.
    package var list: String { sorted().map(\.name).joined(separator: " and ") }
}
