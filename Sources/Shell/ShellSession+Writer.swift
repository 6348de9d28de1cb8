import Lab

// The clients that write and read while the learner does something to the cluster.
extension ShellSession {
    /// `writer start 50 wait 1`, `writer stop`, `writer report`, and `writer` alone.
    mutating func followWriter(_ words: [String]) { follow(writer, words) }

    /// The same for the client that reads: `reader start 200 key deal:7`.
    mutating func followReader(_ words: [String]) {
        if let reader = writer.reader { follow(reader, words) }
    }

    private mutating func follow(_ client: LabWriter, _ words: [String]) {
        if words.first == "start", let refusal = cluster.changeRefusal { return fail(refusal) }
        do throws(LabError) {
            try client.follow(words) { writeWrapped($0) }
        } catch .interrupted {
            // Behind the ^C of the terminal.
            terminal.writeLine()
            hasLineFailed = true
        } catch {
            fail(error.description)
        }
    }
}
