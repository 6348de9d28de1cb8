import Lab
package import Lessons

// What is done, as a list, a summary and a report.
extension LessonMode {
    /// What the learner has done of this course.
    package var report: ProgressReport { ProgressReport(of: course, progress) }

    /// Every lesson with its mark; `>` is where the learner is.
    func showLessons() {
        let parts = report.lessons
        let width = String(parts.count).count
        for part in parts {
            let place = runner?.lesson.id == part.id ? ">" : " "
            let gap = String(repeating: " ", count: width - "\(part.number)".count)
            let marker = "\(place) \(gap)\(part.number)  [\(part.state.mark)] "
            let text = "\(part.title) (\(part.minutes) minutes)\(part.tally)"
            for line in markdown.item(marker, text) { say(line) }
        }
        if parts.contains(where: { $0.state == .partial || $0.state == .skipped }) {
            say(ProgressReport.legend)
        }
        prose("Type `goto` and a number to open one.")
    }

    /// `lessons ASK`: where the course speaks of it.
    func findLessons(_ words: [String]) -> Outcome {
        let text = words.joined(separator: " ")
        let findings = course.search(text)
        guard !findings.isEmpty else {
            return refuse("No lesson speaks of '\(text)'. `lessons` lists them all.")
        }
        for finding in findings {
            for line in markdown.item("  \(finding.number)  ", finding.title + finding.places) {
                say(line)
            }
        }
        prose("`goto` and the two numbers opens a lesson at a step.")
        return .done
    }

    /// `progress`, `progress --report markdown|json [FILE] [--name NAME]`.
    func showProgress(_ arguments: [String]) -> Outcome {
        let request: ProgressRequest
        do throws(ProgressRequest.Mistake) {
            request = try ProgressRequest(arguments)
        } catch {
            return refuse(error.sentence)
        }
        var report = report
        report.learner = request.learner
        guard let form = request.form else {
            for line in report.lines { show(line) }
            prose(
                progress.path.map { "Kept in \($0)" }
                    ?? "Not kept: neither XDG_STATE_HOME nor HOME says where.")
            return .done
        }
        return write(form.text(of: report), to: request.file)
    }

    /// A line of the list, wrapped below its title.
    private func show(_ line: String) {
        guard let end = line.firstRange(of: "] ") else { return prose(line) }
        let marker = line[..<end.upperBound]
        guard marker.first == " " else { return say(line) }
        for line in markdown.item(String(marker), String(line[end.upperBound...])) { say(line) }
    }

    private func write(_ text: String, to file: String?) -> Outcome {
        guard let file else {
            terminal.write(text)
            return .done
        }
        do throws(LabError) {
            try TextFile.replace(file, with: text)
            say("Written: \(file)")
            return .done
        } catch {
            return refuse("\(error)")
        }
    }
}

/// What stands behind `progress`.
struct ProgressRequest: Equatable {
    /// Nil for the summary on the screen.
    var form: ProgressReport.Form?
    var learner: String?
    var file: String?

    /// A sentence about a word that has no place there.
    struct Mistake: Error, Equatable {
        var sentence: String
    }

    private static let usage = "progress --report markdown|json [FILE] [--name NAME]"

    init(_ words: [String]) throws(Mistake) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--report":
                // Markdown is what is meant by the option alone.
                let named = rest.first.flatMap { ProgressReport.Form(rawValue: $0) }
                if named != nil { rest.removeFirst() }
                form = named ?? .markdown
            case "--name":
                guard let name = rest.popFirst() else {
                    throw Mistake(sentence: "`--name` wants a name: `\(Self.usage)`")
                }
                learner = name
            default:
                guard !word.hasPrefix("-"), form != nil, file == nil else {
                    throw Mistake(
                        sentence: "`progress` stands alone, or `\(Self.usage)`; not '\(word)'.")
                }
                file = word
            }
        }
        if form == nil, learner != nil { form = .markdown }
    }
}

extension Course.Finding {
    /// `, step 2`, `, steps 2 and 4`.
    fileprivate var places: String {
        guard let last = steps.last else { return "" }
        guard steps.count > 1 else { return ", step \(last)" }
        return ", steps " + steps.dropLast().map(String.init).joined(separator: ", ") + " and \(last)"
    }
}
