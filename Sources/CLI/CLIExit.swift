/// The end of the program, thrown from wherever redis-cli calls `exit`.
package struct CLIExit: Error, Hashable {
    package var status: Int32
    /// What is said on standard output before.
    package var output = ""
    /// What is said on standard error before.
    package var complaint = ""

    package init(status: Int32, output: String = "", complaint: String = "") {
        self.status = status
        self.output = output
        self.complaint = complaint
    }

    /// Ctrl-C, which ends redis-cli without a word.
    package static let interrupted = CLIExit(status: 1)

    /// Status 1, and a line on standard error that says why.
    static func refused(_ line: String) -> CLIExit {
        CLIExit(status: 1, complaint: line + "\n")
    }
}
