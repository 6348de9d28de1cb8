import ArgumentParser

/// `--user` and `--pass`: who to be on a cluster that `--connect` leads to.
struct LoginOptions: ParsableArguments {
    @Option(help: "With --connect: the user to log in as.")
    var user: String?

    @Option(help: "With --connect: the password.")
    var pass: String?

    /// Whether neither is given.
    var isEmpty: Bool { user == nil && pass == nil }

    func validate() throws {
        guard user == nil || pass != nil else {
            throw ValidationError("--user wants --pass, too.")
        }
    }
}
