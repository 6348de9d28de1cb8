// Finding where the course speaks of something.
extension Course {
    /// Where a text occurs in a lesson.
    package struct Finding: Sendable, Hashable {
        /// The lesson's number in the course, from 1, and its title.
        package var number: Int
        package var title: String
        /// The steps that speak of it, by their numbers from 1; none when only the title, the introduction or the recap
        /// does.
        package var steps: [Int]
    }

    /// Lessons in whose titles or texts the words occur one behind the other, in capitals or not.
    package func search(_ words: String) -> [Finding] {
        let wanted = words.lowercased()
        return lessons.enumerated().compactMap { index, lesson in
            let steps = lesson.steps.indices.filter { lesson.steps[$0].mentions(wanted) }
            guard !steps.isEmpty || lesson.mentionsAround(wanted) else { return nil }
            return Finding(number: index + 1, title: lesson.title, steps: steps.map { $0 + 1 })
        }
    }
}

extension Lesson {
    /// Whether the text is in what stands around the steps.
    fileprivate func mentionsAround(_ wanted: String) -> Bool {
        id.contains(wanted) || title.lowercased().contains(wanted)
            || (introduction + recap).contains { $0.mentions(wanted) }
    }
}

extension Lesson.Block {
    fileprivate func mentions(_ wanted: String) -> Bool {
        switch self {
        case .prose(let text): text.written.mentions(wanted)
        case .transcript(let transcript): transcript.text.written.mentions(wanted)
        }
    }
}

extension Step {
    fileprivate func mentions(_ wanted: String) -> Bool {
        title.mentions(wanted) || body.contains { $0.mentions(wanted) }
            || requirements.contains { $0.label.mentions(wanted) }
            || why?.written.mentions(wanted) ?? false
    }
}

extension String {
    /// Lines are wrapped anywhere, so their ends count as blanks.
    fileprivate func mentions(_ wanted: String) -> Bool {
        lowercased().replacing("\n", with: " ").contains(wanted)
    }
}
