import Lab

// Blocks of lines that were pasted at once.
extension ShellSession {
    /// Runs a line, and at its failure drops what is left of the block that it came in.
    mutating func runRead(_ line: String) {
        let place = lines.place
        hasLineFailed = false
        run(line)
        guard hasLineFailed, let place else { return }
        let left = lines.dropBlock()
        stopped(at: line, place, left: left)
    }

    private mutating func stopped(at line: String, _ place: PastedLines.Place, left: Int) {
        let text = "Stopped at line \(place.line) of \(place.count): \(HistoryFile.masked(line))"
        let rest =
            left == 0 ? "" : " \(left) command\(left == 1 ? "" : "s") below it did not run."
        for line in Explanation.wrapped(text, width: terminal.width, rest: "    ") {
            terminal.writeLine(line)
        }
        for line in Explanation.wrapped("Type why for the reason.\(rest)", width: terminal.width) {
            terminal.writeLine(line)
        }
        countFailure()
    }
}
