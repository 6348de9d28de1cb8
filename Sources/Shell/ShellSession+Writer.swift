import Lab

// The client that writes while the learner does something to the cluster.
extension ShellSession {
    /// `writer start 50 wait 1`, `writer stop`, `writer report`, and `writer` alone.
    mutating func followWriter(_ words: [String]) {
        if words.first == "start", let refusal = cluster.changeRefusal { return fail(refusal) }
        do throws(LabError) {
            try writer.follow(words) { writeWrapped($0) }
        } catch .interrupted {
            // Behind the ^C of the terminal.
            terminal.writeLine()
            hasLineFailed = true
        } catch {
            fail(error.description)
        }
    }
}
